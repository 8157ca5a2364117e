// Votes and skips on their way: one at a time, in order, each repeated unchanged until it is answered.

const saving = { chain: Promise.resolve(), open: 0, heldUp: false };

// Resolves with the server's answer, or raises a Refusal that repeating cannot mend.
function save(send, onWait) {
  saving.open += 1;
  const sent = saving.chain.then(() =>
    insist(send, (refusal, seconds) => {
      saving.heldUp = true;
      onWait(refusal, seconds);
    }),
  );
  const done = sent.finally(() => {
    saving.open -= 1;
    saving.heldUp = false;
  });
  // The next in line waits for this one, however it ends; whoever called hears how it ended.
  saving.chain = done.catch(() => {});
  return done;
}

async function insist(send, onWait) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send();
    } catch (refusal) {
      if (!(refusal instanceof Refusal) || !refusal.isPassing) throw refusal;
      const wait = backoff(attempt, refusal);
      onWait(refusal, wait.seconds);
      await wait.over;
    }
  }
}

window.addEventListener("beforeunload", (event) => {
  if (saving.heldUp && element.isConnected) event.preventDefault();
});

// What this browser remembers. Without storage the arena works and forgets.
const memory = {
  read(key) {
    try {
      return localStorage.getItem("paragone." + key);
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem("paragone." + key, value);
    } catch {
      // Storage is blocked or full: the choice lasts as long as the page.
    }
  },
};
