// Buttons, keys, dialogs, the picker; then the start.

const known = { categories: [] };
const dialog = (name) => root.querySelector('[data-dialog="' + name + '"]');
const categoryOf = (slug) => known.categories.find((category) => category.slug === slug);
const linkTo = (slug) => (slug ? "/?category=" + encodeURIComponent(slug) : "/");

function act(button) {
  const { choice, act: name, rhythm, mark: asMark, reason, report: because, go: slug } = button.dataset;
  if (choice) return press(choice);
  if (rhythm) return chooseRhythm(rhythm);
  if (asMark) return mark(button);
  if (reason) return closeThen(button, () => skip(reason));
  if (because) return closeThen(button, () => report(reportSide(), because));
  if (slug !== undefined) return go(slug);
  if (button.dataset.tab) return showTab(button.dataset.tab);
  if (button.dataset.light) return light(button.dataset.light);
  if (button.dataset.reportSide) return press1of(button, "[data-report-side]");
  return actions[name]?.(button);
}

const actions = {
  help: () => dialog("help").showModal(),
  report: () => now.battle && dialog("report").showModal(),
  close: (button) => button.closest("dialog").close(),
  retry: () => retryNow(),
  reload: () => location.reload(),
  enlarge: (button) => enlarge(button.closest("[data-side]").dataset.side),
};

function press(choice) {
  if (choice === "undo") return undo();
  if (choice === "next") return next();
  if (choice === "skip") return askWhy();
  if (choice === "hold") return canHold() && hold(true);
  return choose(choice);
}

function next() {
  if (root.dataset.state === "saved" || root.dataset.state === "revealed") advance();
}

function askWhy() {
  if (root.dataset.state !== "voting") return;
  if (root.dataset.open !== "true") say(t("loop.early"), { tone: "note" });
  else dialog("skip").showModal();
}

function closeThen(button, then) {
  button.closest("dialog").close();
  then();
}

function press1of(button, group) {
  for (const other of button.parentElement.querySelectorAll(group)) {
    other.setAttribute("aria-pressed", String(other === button));
  }
}

const reportSide = () => dialog("report").querySelector('[data-report-side][aria-pressed="true"]').dataset.reportSide;

function chooseRhythm(rhythm) {
  setRhythm(rhythm);
  memory.write("rhythm", rhythm);
  say(t("loop.rhythm." + rhythm + ".hint"), { undo: Boolean(now.undoable) });
}

// Where the images stand that the lightbox shows.
const homes = new Map();

// All images at full size in one place; switching keeps the spot, so that differences flicker.
function enlarge(side) {
  const box = dialog("lightbox");
  hold(false);
  for (const one of [...SIDES, "reference"]) {
    const image = pictureOf(one);
    if (!image) continue;
    image.dataset.of = one;
    homes.set(image, image.parentElement);
    part("light").append(image);
  }
  light(side);
  box.showModal();
  part("light").focus();
}

const pictureOf = (name) =>
  name === "reference"
    ? root.querySelector('[data-side="reference"] img, .instead img')
    : sideNode(name).querySelector(".output:not(.instead) img");

function light(side) {
  for (const image of part("light").querySelectorAll("img")) image.hidden = image.dataset.of !== side;
  for (const button of root.querySelectorAll("[data-light]")) {
    button.setAttribute("aria-pressed", String(button.dataset.light === side));
  }
}

function putBack() {
  for (const [image, home] of homes) {
    image.hidden = false;
    home.append(image);
  }
  homes.clear();
}

const hasRoomForCriteria = () => now.votes < VOTES_BEFORE_FLOW && window.innerWidth > 720;

// The click comes before the change; the outputs get the room that the criteria leave.
function rememberRubric(event) {
  if (!event.target.closest("summary")) return;
  memory.write("rubric", part("rubric").open ? "shut" : "open");
  requestAnimationFrame(fit);
}

const KEYS = {
  ArrowLeft: "a",
  1: "a",
  ArrowRight: "b",
  2: "b",
  ArrowDown: "tie",
  0: "tie",
  x: "both_bad",
  s: "skip",
  u: "undo",
  n: "next",
  Enter: "next",
  r: "hold",
};
const KEY_HELP = [
  ["← 1", "loop.choice.a"],
  ["→ 2", "loop.choice.b"],
  ["↓ 0", "loop.choice.tie"],
  ["X", "loop.choice.both_bad"],
  ["S", "loop.choice.skip"],
  ["U", "loop.undo"],
  ["Enter N", "loop.next"],
  ["R", "loop.reference.hold"],
  ["?", "loop.help"],
];

function onKey(event) {
  if (!element.isConnected || root.offsetParent === null) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
  const opened = root.querySelector("dialog[open]");
  if (opened) return onDialogKey(event, opened);
  const target = event.target;
  if (target.closest("input, textarea, select, [contenteditable]")) return;
  if (memory.read("keys") === "off") return;
  if (event.key === "?") return actions.help();
  const choice = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!choice) return;
  // Arrows scroll the text that has the focus; Enter presses the button that has it.
  if (event.key.startsWith("Arrow") && target.closest(".box[tabindex], .sides[tabindex]")) return;
  if (event.key === "Enter" && target.closest("button, a, summary")) return;
  event.preventDefault();
  press(choice);
}

function onDialogKey(event, opened) {
  if (opened !== dialog("lightbox")) return;
  if (event.key === "1" || event.key === "a") light("a");
  if (event.key === "2" || event.key === "b") light("b");
  if (event.key.toLowerCase() === "r" && pictureOf("reference")) light("reference");
}

function go(slug) {
  history.replaceState(null, "", linkTo(slug));
  part("picker").value = slug;
  restock(slug || null);
  now.undoable = null;
  now.strip += 1;
  say("");
  return advance();
}

function fillPicker(categories) {
  known.categories = categories.filter((category) => category.status === "live");
  const options = known.categories.map((category) => {
    const key = category.slug === props.practice ? "loop.picker.practice" : "loop.picker.one";
    return new Option(t(key, category), category.slug);
  });
  part("picker").replaceChildren(new Option(t("loop.picker.all"), ""), ...options);
  part("picker").value = supply.category ?? "";
  if (now.battle) part("from").textContent = !supply.category ? (categoryOf(now.battle.category)?.title ?? "") : "";
}

function listen() {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button, [data-go]");
    if (!button) return;
    if (button.dataset.go !== undefined) event.preventDefault();
    act(button);
  });
  part("picker").addEventListener("change", (event) => go(event.target.value));
  part("keys-on").addEventListener("change", (event) => memory.write("keys", event.target.checked ? "on" : "off"));
  part("rubric").addEventListener("click", rememberRubric);
  dialog("lightbox").addEventListener("close", putBack);
  listenToHolding();
  part("sides").addEventListener("scroll", () => {
    if (root.dataset.fit === "tabs") markTab(paneInView());
  });
  document.addEventListener("keydown", onKey);
  window.addEventListener("resize", () => requestAnimationFrame(() => now.battle && fit()));
}

function start() {
  fillWords();
  for (const [keys, label] of KEY_HELP) part("keys").append(withText("dt", keys), withText("dd", t(label)));
  part("keys-on").checked = memory.read("keys") !== "off";
  part("promise").hidden = now.votes > 0;
  part("rubric").open = (memory.read("rubric") ?? (hasRoomForCriteria() ? "open" : "shut")) === "open";
  setRhythm(now.rhythm);
  listen();
  restock(new URLSearchParams(location.search).get("category") || null);
  insist(api.categories, () => {}).then(fillPicker);
  advance();
}

start();
