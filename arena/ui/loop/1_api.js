// The JSON API, with refusals that say whether the same request may be sent again.

class Refusal extends Error {
  constructor(status, code, message, retryAfter) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  // Nobody knows whether it was stored, or it was not looked at: the same request is safe to repeat.
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const PATIENCE_MS = 15000;

async function request(method, path, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  // keepalive: a vote on its way arrives even if the page is left.
  const options = { method, signal: stop.signal, credentials: "same-origin", keepalive: true, headers: {} };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  try {
    const response = await fetch(props.api_base + path, options);
    const text = await response.text();
    if (!response.ok) throw refusalOf(response, text);
    return text ? JSON.parse(text) : null;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(0, "unreachable", String(error), null);
  } finally {
    clearTimeout(timer);
  }
}

function refusalOf(response, text) {
  let told = {};
  try {
    told = JSON.parse(text).error ?? {};
  } catch {
    // A proxy in front answered with its own page: the status is all there is.
  }
  const wait = Number(response.headers.get("Retry-After"));
  return new Refusal(response.status, told.code ?? "", told.message ?? "", wait > 0 ? wait : null);
}

const post = (path, body) => request("POST", path, body ?? {});

const api = {
  categories: () => request("GET", "/categories"),
  battles: (category, n) => post("/battles", { category, n }),
  shown: (battle) => post("/battles/" + battle + "/shown"),
  vote: (battle, choice) => post("/battles/" + battle + "/vote", { choice }),
  skip: (battle, reason) => post("/battles/" + battle + "/skip", { reason }),
  reveal: (battle) => post("/battles/" + battle + "/reveal"),
  undo: (vote) => post("/votes/" + vote + "/void"),
  mark: (vote, as) => post("/votes/" + vote + "/mark", { as }),
  report: (battle, side, reason) => post("/outputs/report", { battle, side, reason }),
};

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

// How long to wait before attempt `n` + 1. A return of the connection, or the voter, ends the wait early;
// the rate limit is waited for in full.
function backoff(n, refusal) {
  if (refusal.retryAfter) return { seconds: refusal.retryAfter, over: pause(refusal.retryAfter * 1000) };
  const ms = Math.min(30000, 1000 * 2 ** n);
  const woken = new Promise((wake) => sleepers.add(wake));
  return { seconds: Math.ceil(ms / 1000), over: Promise.race([pause(ms), woken]) };
}

const sleepers = new Set();

function retryNow() {
  for (const wake of sleepers) wake();
  sleepers.clear();
}

window.addEventListener("online", retryNow);
