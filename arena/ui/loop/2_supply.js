// Pairs ahead of the voter: fetched, their images decoded and their elements built before they are needed.

const AHEAD = 3;
const MOST_AT_ONCE = 5;
const IMAGE_RETRY_MS = 1000;
// The server gives a pair that was never shown back to the pool after 30 minutes.
const FRESH_MS = 25 * 60 * 1000;

const supply = {
  category: null,
  ready: [],
  known: new Set(),
  decided: new Set(),
  asking: null,
};

// Start anew for a category, or after the server let our pairs go. What was decided here stays known:
// the server still counts it as open until the vote has arrived.
function restock(category) {
  supply.category = category;
  supply.ready = [];
  supply.known = new Set();
  supply.asking = null;
}

// `open`: pairs that are open at the server and not in the queue (on the screen, or not saved yet).
function refill(open) {
  if (supply.asking) return supply.asking;
  const wanted = Math.min(MOST_AT_ONCE, AHEAD + open);
  const known = supply.known;
  const asking = api.battles(supply.category, wanted).then((answer) => {
    if (known !== supply.known) return;
    const fresh = answer.battles.filter(
      (battle) => !known.has(battle.id) && !supply.decided.has(battle.id),
    );
    for (const battle of fresh) {
      known.add(battle.id);
      supply.ready.push(prepare(battle));
    }
  });
  supply.asking = asking.finally(() => {
    if (known === supply.known) supply.asking = null;
  });
  return supply.asking;
}

// The next pair, or null when everything here is judged. Raises a Refusal.
async function takeNext(open) {
  const born = Date.now() - FRESH_MS;
  supply.ready = supply.ready.filter((battle) => battle.receivedAt > born);
  // Twice: the first may be an answer that was asked for before the last vote.
  for (let asked = 0; asked < 2 && !supply.ready.length; asked += 1) await refill(open);
  const battle = supply.ready.shift() ?? null;
  // What fails in the background fails again, and aloud, when the pair is needed.
  if (battle && supply.ready.length < AHEAD) refill(open + 1).catch(() => {});
  return battle;
}

function prepare(battle) {
  battle.receivedAt = Date.now();
  battle.nodes = {
    a: contentNode(battle.a, battle, "a"),
    b: contentNode(battle.b, battle, "b"),
    reference: referenceNodes(battle),
  };
  const images = picturesOf([battle.nodes.a, battle.nodes.b, ...battle.nodes.reference]);
  battle.broken = false;
  battle.ready = Promise.all(
    images.map((image) => decoded(image).catch(() => { battle.broken = true; })),
  );
  battle.isReady = images.length === 0;
  battle.ready.then(() => { battle.isReady = true; });
  return battle;
}

// A connection that failed for a moment gets a second chance.
async function decoded(image) {
  try {
    await image.decode();
  } catch {
    await pause(IMAGE_RETRY_MS);
    image.src = image.getAttribute("src");
    await image.decode();
  }
}

const picturesOf = (nodes) => nodes.flatMap((node) => [...node.querySelectorAll("img")]);

// `name`: a, b or reference.
function contentNode(content, battle, name) {
  if (content.kind === "image") return imageNode(content, name);
  const node = document.createElement("div");
  node.className = "output";
  node.lang = content.lang ?? battle.prompt.lang;
  node.dir = content.dir ?? battle.prompt.dir;
  node.innerHTML = content.html; // sanitised by the server, and the only kind of thing ever inserted so
  return node;
}

function imageNode(content, name) {
  const side = name.toUpperCase();
  const [alt, enlarge] =
    name === "reference"
      ? [t("loop.reference.alt"), t("loop.reference.enlarge")]
      : [t("loop.image.alt", { side }), t("loop.image.enlarge", { side })];
  const image = new Image(content.width, content.height);
  image.src = content.url;
  image.alt = alt;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "output picture";
  button.dataset.act = "enlarge";
  button.setAttribute("aria-label", enlarge);
  button.append(image);
  return button;
}
