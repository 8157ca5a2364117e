// What is on the screen. Nothing here decides anything.

const root = element.querySelector(".arena");
const part = (name, within = root) => within.querySelector('[data-part="' + name + '"]');
const sideNode = (side) => root.querySelector('[data-side="' + side + '"]');
const SIDES = ["a", "b"];

function t(key, values = {}) {
  const text = props.words[key];
  if (text === undefined) throw new Error("no words for " + key);
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function fillWords() {
  for (const node of root.querySelectorAll("[data-word]")) node.textContent = t(node.dataset.word);
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const node of root.querySelectorAll("[data-hint]")) node.title = t(node.dataset.hint);
}

function setState(state) {
  root.dataset.state = state;
  root.setAttribute("aria-busy", String(state === "loading" || state === "saving" || state === "retrying"));
  const after = state === "saved" || state === "revealed";
  part("choices").hidden = after || state === "exhausted";
  part("after").hidden = !after;
  part("marks").hidden = state !== "revealed";
  part("done").hidden = state !== "exhausted";
  part("stage").hidden = state === "exhausted";
  if (state !== "voting") setOpen(false);
}

// Buttons stay focusable while they are closed, so that a press too early gets an answer.
function setOpen(open) {
  root.dataset.open = String(open);
  for (const button of part("choices").querySelectorAll("button")) {
    button.setAttribute("aria-disabled", String(!open));
  }
}

// The strip speaks to the eye, the status line to a screen reader.
function say(text, { undo = false, retry = false, reload = false, tone = "plain" } = {}) {
  part("said").textContent = text;
  part("said").dataset.tone = tone;
  part("undo").hidden = !undo;
  part("retry").hidden = !retry;
  part("reload").hidden = !reload;
  part("status").textContent = text;
}

function paintBattle(battle) {
  const category = categoryOf(battle.category);
  part("question").textContent = battle.question;
  part("criteria").replaceChildren(...battle.rubric.map((line) => withText("li", line)));
  part("rubric").hidden = battle.rubric.length === 0;
  const asked = part("asked");
  asked.lang = battle.prompt.lang;
  asked.dir = battle.prompt.dir;
  asked.innerHTML = battle.prompt.html; // sanitised by the server
  for (const side of SIDES) {
    const node = sideNode(side);
    delete node.dataset.picked;
    part("box", node).replaceChildren(battle.nodes[side]);
    part("box", node).scrollTop = 0;
    const card = root.querySelector('[data-card="' + side + '"]');
    card.replaceChildren();
  }
  paintReference(battle);
  root.dataset.kind = battle.a.kind;
  part("badge").hidden = battle.category !== props.practice;
  part("from").textContent = !supply.category && category ? category.title : "";
  for (const button of root.querySelectorAll("[data-choice], [data-mark]")) button.removeAttribute("aria-pressed");
  fit();
}

const panes = () => [...root.querySelectorAll(".side")].filter((pane) => !pane.hidden);

// Fits both outputs and the buttons into the window, where that leaves enough of the outputs to read.
// On a narrow screen two short texts stand one above the other; long ones become two panes.
function fit() {
  const isNarrow = matchMedia("(max-width: 720px)").matches;
  root.dataset.fit = "stack";
  if (isNarrow) {
    root.style.removeProperty("--box");
    const heights = panes().map((pane) => part("box", pane).scrollHeight);
    const isLong = heights.reduce((sum, height) => sum + height, 0) > window.innerHeight * 0.6;
    if (root.dataset.kind === "text" && isLong) root.dataset.fit = "tabs";
    part("sides").scrollLeft = 0;
    markTab("a");
  } else {
    const box = part("box", sideNode("a"));
    const above = box.getBoundingClientRect().top + window.scrollY;
    const below = part("bar").offsetHeight + part("credit").offsetHeight + BELOW_BOX_PX;
    const room = window.innerHeight - above - below;
    root.style.setProperty("--box", Math.max(LEAST_BOX_PX, room) + "px");
  }
  for (const box of panes().map((pane) => part("box", pane))) {
    letFocus(box, box.scrollHeight > box.clientHeight + 1);
  }
  letFocus(part("sides"), root.dataset.fit === "tabs");
}

// Only what scrolls needs the focus.
function letFocus(node, scrolls) {
  if (scrolls) node.tabIndex = 0;
  else node.removeAttribute("tabindex");
}

const LEAST_BOX_PX = 260;
const BELOW_BOX_PX = 20;

function markTab(side) {
  for (const tab of root.querySelectorAll("[data-tab]")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.tab === side));
  }
}

// The pane that a swipe has brought to the middle.
function paneInView() {
  const middle = part("sides").getBoundingClientRect().left + part("sides").clientWidth / 2;
  const isInView = (pane) => pane.getBoundingClientRect().right > middle;
  return panes().find(isInView)?.dataset.side ?? "b";
}

function showTab(side) {
  const pane = sideNode(side);
  part("sides").scrollTo({ left: pane.offsetLeft - part("sides").offsetLeft });
  if (part("sides").getBoundingClientRect().top < 0) part("sides").scrollIntoView({ block: "start" });
  markTab(side);
}

function markChoice(choice) {
  for (const side of SIDES) {
    if (choice === side) sideNode(side).dataset.picked = "true";
    else delete sideNode(side).dataset.picked;
  }
  for (const button of part("choices").querySelectorAll("[data-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.choice === choice));
  }
}

function paintCards(makers) {
  for (const side of SIDES) {
    const maker = makers[side];
    const facts = [maker.family, maker.provider, maker.licence].filter(
      (fact) => fact && fact.toLowerCase() !== maker.name.toLowerCase(),
    );
    const card = root.querySelector('[data-card="' + side + '"]');
    card.replaceChildren(
      withText("span", side.toUpperCase(), "letter"),
      withText("strong", maker.name, "name"),
      withText("span", facts.join(" · "), "facts"),
      withText("span", maker.note ?? "", "note"),
    );
  }
}

function paintDone({ title, text, ways }) {
  part("done-title").textContent = title;
  part("done-text").textContent = text;
  part("ways").replaceChildren(
    ...ways.map(({ label, href, slug }) => {
      const link = withText("a", label, "way");
      link.href = href;
      if (slug !== undefined) link.dataset.go = slug;
      return link;
    }),
  );
}

function withText(tag, text, className) {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}
