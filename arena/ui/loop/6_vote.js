// The vote loop: paint, choose, save, reveal, next.

const LOOK_UNDO_MS = 1000;
const FLOW_UNDO_MS = 3000;
const GHOST_CLICK_MS = 400;
const VOTES_BEFORE_FLOW = 10;

const now = {
  battle: null, // on the screen
  undoable: null, // id of the vote that can still be taken back
  marked: null, // id of the vote whose names are on the screen
  turn: 0, // counts pairs; what was started for an earlier one must not touch the screen
  strip: 0, // counts votes; only the newest speaks
  notice: "", // survives one change of pair
  votes: Number(memory.read("votes")) || 0,
  rhythm: memory.read("rhythm") ?? (Number(memory.read("votes")) >= VOTES_BEFORE_FLOW ? "flow" : "look"),
};

async function advance() {
  const turn = (now.turn += 1);
  now.battle = null;
  now.marked = null;
  setState("loading");
  let battle = null;
  try {
    battle = await insist(() => takeNext(saving.open), (refusal, seconds) => {
      if (turn !== now.turn) return;
      setState("retrying");
      sayWaiting(refusal, seconds, "loop.load");
    });
  } catch (refusal) {
    if (turn === now.turn) await loadingRefused(refusal);
    return;
  }
  if (battle && !battle.isReady) await battle.ready;
  if (turn !== now.turn) return;
  if (battle) show(battle, turn);
  else showDone();
}

function show(battle, turn) {
  now.battle = battle;
  setState(saving.heldUp ? "retrying" : "voting");
  paintBattle(battle);
  sayAtStart();
  if (turn > 1) {
    part("prompt").focus({ preventScroll: true });
    if (root.getBoundingClientRect().top < 0) root.scrollIntoView({ block: "start" });
  }
  requestAnimationFrame(() => painted(battle));
}

function painted(battle) {
  performance.mark("arena:painted");
  root.dispatchEvent(new CustomEvent("arena:painted", { bubbles: true, detail: { battle: battle.id } }));
  setTimeout(() => openFor(battle), GHOST_CLICK_MS);
  api.shown(battle.id).catch((refusal) => {
    const isGone = refusal.status === 404 || refusal.status === 410;
    if (isGone && battle === now.battle && root.dataset.state === "voting") voteRefused(refusal);
  });
}

function openFor(battle) {
  if (battle === now.battle && root.dataset.state === "voting") setOpen(true);
}

function sayAtStart() {
  if (now.battle.broken) say(t("loop.broken"), { tone: "bad" });
  else if (now.notice) say(now.notice);
  else if (now.rhythm === "look" || !part("said").textContent) say(t("loop.idle"));
  now.notice = "";
}

function choose(choice) {
  const battle = now.battle;
  if (!battle || root.dataset.state !== "voting") return;
  if (root.dataset.open !== "true") return say(t("loop.early"), { tone: "note" });
  if (battle.broken) return say(t("loop.broken"), { tone: "bad" });
  supply.decided.add(battle.id);
  markChoice(choice);
  const stored = save(() => api.vote(battle.id, choice), voteWaits);
  if (now.rhythm === "flow") castInFlow(battle, choice, stored);
  else castInLook(battle, choice, stored);
}

function skip(reason) {
  const battle = now.battle;
  if (!battle || root.dataset.state !== "voting") return;
  supply.decided.add(battle.id);
  now.strip += 1;
  now.undoable = null;
  const stored = save(() => api.skip(battle.id, reason), voteWaits);
  now.notice = t("loop.skipped");
  advance();
  stored.then(released, voteRefusedLater);
}

// Look: the pair stays and becomes its own reveal.
async function castInLook(battle, choice, stored) {
  const turn = now.turn;
  setState("saving");
  say(t("loop.saving"));
  let answer;
  try {
    answer = await stored;
  } catch (refusal) {
    if (turn === now.turn) voteRefused(refusal);
    else voteRefusedLater(refusal);
    return;
  }
  countVote();
  if (turn !== now.turn) return released();
  now.undoable = answer.receipt.vote;
  setState("saved");
  say(t("loop.saved"), { undo: true, tone: "good" });
  part("next").focus({ preventScroll: true });
  await pause(LOOK_UNDO_MS);
  const isCurrent = () => turn === now.turn && now.undoable === answer.receipt.vote;
  const makers = await namesFor(battle, answer, isCurrent);
  if (!makers || turn !== now.turn) return;
  now.marked = answer.receipt.vote;
  paintCards(makers);
  setState("revealed");
  say(sentence(choice, makers), { tone: "good" });
  if (makers.reference) await showLate(battle, makers.reference, () => turn === now.turn);
}

// Flow: the next pair comes at once; the strip tells about the last one.
async function castInFlow(battle, choice, stored) {
  const strip = (now.strip += 1);
  now.undoable = null;
  say(t("loop.saving"));
  advance();
  let answer;
  try {
    answer = await stored;
  } catch (refusal) {
    voteRefusedLater(refusal);
    return;
  }
  countVote();
  released();
  if (strip !== now.strip) return;
  now.undoable = answer.receipt.vote;
  say(t("loop.saved"), { undo: true, tone: "good" });
  await pause(FLOW_UNDO_MS);
  const isCurrent = () => strip === now.strip && now.undoable === answer.receipt.vote;
  const makers = await namesFor(battle, answer, isCurrent);
  if (makers && strip === now.strip) say(sentence(choice, makers), { tone: "good" });
}

// The names, asked for only now that undoing is over; null where there are none to show.
async function namesFor(battle, answer, isCurrent) {
  if (!isCurrent()) return null;
  if (answer.reveal_when === "never") {
    say(t("loop.names.never"), { undo: true });
    return null;
  }
  now.undoable = null;
  say(t("loop.names.asking"));
  try {
    return await api.reveal(battle.id);
  } catch (refusal) {
    const key = refusal.code === "not_revealed" ? "loop.names.batch" : "loop.names.lost";
    say(t(key));
    return null;
  }
}

function sentence(choice, makers) {
  const names = { a: makers.a.name, b: makers.b.name };
  return t("loop.sentence." + choice, names);
}

function countVote() {
  now.votes += 1;
  memory.write("votes", String(now.votes));
  part("promise").hidden = true;
  if (now.votes === VOTES_BEFORE_FLOW && memory.read("rhythm") === null) {
    setRhythm("flow");
    now.notice = t("loop.rhythm.now_flow");
  }
}

function setRhythm(rhythm) {
  now.rhythm = rhythm;
  for (const button of root.querySelectorAll("[data-rhythm]")) {
    button.setAttribute("aria-pressed", String(button.dataset.rhythm === rhythm));
  }
}
