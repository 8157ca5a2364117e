// After the vote: waiting, refusals, undo, marks, the end.

function sayWaiting(refusal, seconds, kind) {
  const why = refusal.status === 429 ? "limit" : refusal.status === 0 ? "offline" : "server";
  say(t(kind + "." + why, { seconds }), { retry: why !== "limit", tone: "bad" });
}

// A vote could not be stored yet: nothing new is accepted until it is.
function voteWaits(refusal, seconds) {
  if (root.dataset.state !== "exhausted") setState("retrying");
  sayWaiting(refusal, seconds, "loop.retry");
}

// The vote that held everything up is stored: the pair on the screen may be judged.
function released() {
  if (root.dataset.state !== "retrying" || saving.heldUp || !now.battle) return;
  if (supply.decided.has(now.battle.id)) return;
  setState("voting");
  setOpen(true);
  say(t("loop.idle"));
}

// The vote on the pair on the screen (or the pair itself) was refused for good.
function voteRefused(refusal) {
  if (refusal.status === 403) return showError(refusal);
  if (refusal.status === 404 || refusal.status === 410) restock(supply.category);
  if ([404, 409, 410].includes(refusal.status)) {
    now.notice = t("loop.refused." + refusal.status);
    return advance();
  }
  return showError(refusal);
}

// The vote on an earlier pair was refused for good: say so, stay here.
function voteRefusedLater(refusal) {
  if (refusal.status === 403) return showError(refusal);
  released();
  const key = [404, 409, 410].includes(refusal.status) ? refusal.status : "other";
  say(t("loop.refused.earlier." + key), { tone: "bad" });
}

function loadingRefused(refusal) {
  if (refusal.status === 404 && supply.category) {
    now.notice = t("loop.error.category");
    return go("");
  }
  return showError(refusal);
}

function showError(refusal) {
  setState("error");
  const text = refusal.code === "voter_required" ? t("loop.error.cookie") : t("loop.error.other", { message: refusal.message });
  say(text, { reload: true, tone: "bad" });
}

async function undo() {
  const vote = now.undoable;
  if (!vote) return;
  const isLook = root.dataset.state === "saved";
  now.undoable = null;
  now.strip += 1;
  say(t("loop.undo.asking"));
  try {
    await insist(() => api.undo(vote), (refusal, seconds) => sayWaiting(refusal, seconds, "loop.undo"));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    say(t("loop.undo.late"), { tone: "bad" });
    return;
  }
  now.notice = isLook ? t("loop.undo.done") : "";
  say(t("loop.undo.done"));
  if (isLook && root.dataset.state === "saved") advance();
}

async function mark(button) {
  if (!now.marked) return;
  try {
    await api.mark(now.marked, button.dataset.mark);
    button.setAttribute("aria-pressed", "true");
    say(t(button.dataset.mark === "misclick" ? "loop.mark.misclick.done" : "loop.mark.recognised.done"));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    say(t("loop.mark.failed"), { tone: "bad" });
  }
}

async function report(side, reason) {
  const battle = now.battle;
  if (!battle) return;
  try {
    await api.report(battle.id, side, reason);
    say(t("loop.report.done", { side: side.toUpperCase() }));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    say(t("loop.report.failed"), { tone: "bad" });
  }
}

function showDone() {
  setState("exhausted");
  const here = categoryOf(supply.category);
  const others = known.categories.filter((category) => category.slug !== supply.category);
  const ways = [];
  if (here) ways.push({ label: t("loop.done.board", here), href: "/leaderboard?category=" + encodeURIComponent(here.slug) });
  else ways.push({ label: t("loop.done.boards"), href: "/leaderboard" });
  if (here) {
    for (const category of others) {
      ways.push({ label: t("loop.done.category", category), href: linkTo(category.slug), slug: category.slug });
    }
  }
  ways.push({ label: t("loop.done.propose"), href: "/categories#propose" });
  paintDone({
    title: t(here ? "loop.done.here" : "loop.done.all"),
    text: t("loop.done.text"),
    ways,
  });
  part("status").textContent = t(here ? "loop.done.here" : "loop.done.all");
  part("done-title").focus({ preventScroll: true });
}
