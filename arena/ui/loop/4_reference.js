// What both sides are compared with: beside them, in their place while held, or after the vote.

// A copy for each side, because it takes the place of both at once.
function referenceNodes(battle) {
  if (!battle.reference) return [];
  const copies = battle.reference.shown === "hold" ? SIDES.length : 1;
  return Array.from({ length: copies }, () => contentNode(battle.reference, battle, "reference"));
}

function paintReference(battle) {
  hold(false);
  const [shown, nodes] = [battle.reference?.shown ?? "none", battle.nodes.reference];
  root.dataset.reference = shown;
  part("hold").hidden = shown !== "hold";
  part("reference-tab").hidden = shown !== "beside";
  root.querySelector('[data-light="reference"]').hidden = battle.reference?.kind !== "image";
  part("credit").textContent = battle.reference?.credit ?? "";
  sideNode("reference").hidden = shown !== "beside";
  part("box", sideNode("reference")).replaceChildren(...(shown === "beside" ? nodes : []));
  if (shown !== "hold") return;
  SIDES.forEach((side, index) => {
    nodes[index].classList.add("instead");
    part("box", sideNode(side)).append(nodes[index]);
  });
}

// With the names comes a reference that would have told too much before the vote.
async function showLate(battle, reference, isCurrent) {
  const late = { ...battle, reference: { ...reference, shown: "beside" } };
  late.nodes = { ...battle.nodes, reference: referenceNodes(late) };
  await Promise.all(picturesOf(late.nodes.reference).map((image) => decoded(image).catch(() => {})));
  if (!isCurrent()) return;
  paintReference(late);
  fit();
}

function hold(isHeld) {
  root.dataset.held = String(isHeld);
  part("hold").setAttribute("aria-pressed", String(isHeld));
}

const canHold = () => root.dataset.reference === "hold" && !part("stage").hidden;

function listenToHolding() {
  const button = part("hold");
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    hold(true);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    button.addEventListener(end, () => hold(false));
  }
  // Without a pointer nothing can be held: a press switches.
  button.addEventListener("click", (event) => {
    if (event.detail === 0) hold(root.dataset.held !== "true");
  });
  // A long press of a finger would open a menu.
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  document.addEventListener("keyup", (event) => {
    if (event.key.toLowerCase() === "r") hold(false);
  });
  window.addEventListener("blur", () => hold(false));
}
