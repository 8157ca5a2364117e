"""Draw the outputs of `practice`: five invented hands, each with a stated flaw, draw eight pictures.

Run `python pregenerated/recipes/practice/draw.py` to draw, with `--check` to compare only. Each picture has
its own seed, written beside it; the same seed, Pillow and NumPy give the same pixels.
"""

import colorsys
import json
import sys
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, pi
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw
from shapes import INK, PICTURES, WHITE, Colour, Piece, Point

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "pregenerated" / "practice"
SIDE = 480
N_COLOURS = 32  # of a picture's palette: keeps a file below 20 kB
SCALE = 3  # drawn three times larger and shrunk, for smooth edges
FIRST_SEED = 20261122


@dataclass(frozen=True)
class Hand:
    """The flaws of one contestant. All lengths in pixels of the finished picture, 0 means none."""

    wobble: float = 0.0  # typical distance of a line from where it should run
    drift: float = 0.0  # distance of the whole picture from the middle
    stray: float = 0.0  # standard deviation of each piece's own displacement
    uneven: float = 0.0  # standard deviation of each piece's size, as a fraction
    hue: float = 0.0  # turn of the colour wheel
    fade: float = 0.0  # share of white mixed in
    slip: float = 0.0  # distance between outline and colouring-in
    scribble: float = 0.0  # distance between hatching strokes; 0 fills solidly
    forgets: int = 0  # number of pieces left out, where the picture has spare ones


HANDS = {
    "alder": Hand(wobble=1.0),
    "birch": Hand(wobble=1.5, drift=34, stray=9, uneven=0.1),
    "cedar": Hand(wobble=2.0, stray=3, hue=0.06, fade=0.42),
    "elm": Hand(wobble=7.0, stray=4, slip=15),
    "hazel": Hand(wobble=5.5, drift=24, stray=7, uneven=0.08, hue=0.03, scribble=11, forgets=1),
}


def draw(prompt_id: str, hand: Hand, rng: np.random.Generator) -> Image.Image:
    """Return the picture as this hand draws it, RGB, 480 x 480."""
    image = Image.new("RGB", (SIDE * SCALE, SIDE * SCALE), WHITE)
    angle = rng.uniform(0, 2 * pi)
    drift = hand.drift * np.array([np.cos(angle), np.sin(angle)])
    angle = rng.uniform(0, 2 * pi)
    slip = hand.slip * np.array([np.cos(angle), np.sin(angle)])
    for piece in remembered(PICTURES[prompt_id](), hand.forgets, rng):
        outline = misplaced(piece, hand, rng) + drift
        size = clumsiness(outline)
        if piece.stroke:
            paint_stroke(image, outline, seen(piece.colour, hand), piece.stroke)
        else:
            paint_fill(image, outline + size * slip, seen(piece.colour, hand), hand.scribble, rng)
            paint_stroke(image, np.vstack([outline, outline[:1]]), INK, 4)
    return image.resize((SIDE, SIDE), Image.Resampling.BOX)


def remembered(pieces: list[Piece], n_forgotten: int, rng: np.random.Generator) -> list[Piece]:
    """Leave out so many spare pieces, chosen by chance."""
    spare = [i for i, piece in enumerate(pieces) if piece.spare]
    lost = rng.permutation(spare)[:n_forgotten].tolist()
    return [piece for i, piece in enumerate(pieces) if i not in lost]


def misplaced(piece: Piece, hand: Hand, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the piece's line, (n, 2), after this hand has moved, resized and shaken it."""
    line = np.array(walked(piece.points, closed=not piece.stroke))
    middle = line.mean(axis=0)
    resized = middle + (line - middle) * (1 + hand.uneven * rng.standard_normal())
    shaken = resized + hand.wobble * clumsiness(line) * smooth_noise(line, rng, closed=not piece.stroke)
    return np.asarray(shaken + hand.stray * rng.standard_normal(2))


def clumsiness(line: NDArray[np.float64]) -> float:
    """Return the share of the hand's shake and slip that shows, 0.2 to 1, less on small pieces."""
    return min(1.0, 0.2 + float(np.ptp(line, axis=0).max()) / 200)


def walked(points: tuple[Point, ...], *, closed: bool) -> list[Point]:
    """Return points about 4 px apart along the line, corners included."""
    path: list[Point] = []
    for (x0, y0), (x1, y1) in pairwise([*points, points[0]] if closed else points):
        n = max(1, round(hypot(x1 - x0, y1 - y0) / 4))
        path += [(x0 + (x1 - x0) * i / n, y0 + (y1 - y0) * i / n) for i in range(n)]
    return path if closed else [*path, points[-1]]


def smooth_noise(line: NDArray[np.float64], rng: np.random.Generator, *, closed: bool) -> NDArray[np.float64]:
    """Return noise, (n, 2), of about unit variance per axis: sine waves no shorter than some 90 px.

    On a closed line each wave fits a whole number of times, so the ends meet.
    """
    length = float(np.hypot(*np.diff(line, axis=0).T).sum())
    turn = (2 if closed else 1) * pi * np.arange(len(line)) / len(line)
    waves = np.arange(2, 4 + int(length / 90)) if closed else np.arange(1, 2 + int(length / 45))
    phases = rng.uniform(0, 2 * pi, (2, len(waves)))
    weights = np.sqrt(2 / len(waves)) * np.ones(len(waves))
    return np.stack([np.sin(np.outer(turn, waves) + phase) @ weights for phase in phases], axis=1)


def seen(colour: Colour, hand: Hand) -> Colour:
    """Return the colour this hand picks instead."""
    h, s, v = colorsys.rgb_to_hsv(*(channel / 255 for channel in colour))
    turned = colorsys.hsv_to_rgb((h + hand.hue) % 1, s, v)
    r, g, b = (round(255 * (c + (1 - c) * hand.fade)) for c in turned)
    return r, g, b


def paint_fill(
    image: Image.Image,
    outline: NDArray[np.float64],
    colour: Colour,
    scribble: float,
    rng: np.random.Generator,
) -> None:
    """Fill the outline on the image, solidly or with slanted scribbles `scribble` px apart."""
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).polygon([tuple(p) for p in (outline * SCALE).tolist()], fill=255)
    if scribble:
        mask = ImageChops.multiply(mask, hatching(image.size, scribble * SCALE, rng))
    image.paste(colour, mask=mask)


def hatching(size: tuple[int, int], gap: float, rng: np.random.Generator) -> Image.Image:
    """Return one long zigzag over the whole canvas, white on black."""
    width, height = size
    mask = Image.new("L", size)
    corners = []
    for i, x in enumerate(np.arange(-height, width + height, gap)):
        at = float(x + gap * rng.uniform(-0.35, 0.35))
        corners.append((at + height * 0.6, 0) if i % 2 else (at, height))
    ImageDraw.Draw(mask).line(corners, fill=255, width=round(gap * 0.72), joint="curve")
    return mask


def paint_stroke(image: Image.Image, line: NDArray[np.float64], colour: Colour, width: float) -> None:
    """Draw a line with round ends on the image; `width` in pixels of the finished picture."""
    pen = ImageDraw.Draw(image)
    points = [tuple(p) for p in (line * SCALE).tolist()]
    pen.line(points, fill=colour, width=round(width * SCALE))
    radius = width * SCALE / 2
    # A dot on every point: Pillow's own curved joints leave hairline gaps in wide strokes.
    for x, y in points:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def output_line(prompt_id: str, seed: int) -> str:
    """Return one output as a line of JSON."""
    output = {
        "prompt_id": prompt_id,
        "sample": 1,
        "asset": f"{prompt_id}.png",
        "tokens": None,
        "seconds": None,
        "cost_usd": None,
        "generated_at": "2026-11-22T00:00:00Z",
        "settings": {"recipe": "practice/draw.py", "seed": seed},
    }
    return json.dumps(output)


def seeds(slug: str) -> dict[str, int]:
    """Return the seed of each of a contestant's pictures."""
    place = list(HANDS).index(slug)
    return {prompt_id: FIRST_SEED + 10 * i + place for i, prompt_id in enumerate(PICTURES)}


def save(path: Path, image: Image.Image) -> bool:
    """Write the picture unless the file already shows these pixels; return whether it was written."""
    if shows(path, image):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, optimize=True)
    return True


def shows(path: Path, image: Image.Image) -> bool:
    """Return whether the file holds exactly these pixels; compressed bytes may differ between zlibs."""
    if not path.exists():
        return False
    with Image.open(path) as held:
        return held.size == image.size and held.convert("RGB").tobytes() == image.convert("RGB").tobytes()


def main(arguments: list[str]) -> int:
    """Draw everything, or with `--check` name what differs; 0 when all is well, 1 on a difference."""
    if arguments not in ([], ["--check"]):
        print("usage: draw.py [--check]", file=sys.stderr)
        return 2
    differing = []
    for slug, hand in HANDS.items():
        for prompt_id, seed in seeds(slug).items():
            picture = draw(prompt_id, hand, np.random.default_rng(seed)).quantize(N_COLOURS)
            path = FOLDER / slug / f"{prompt_id}.png"
            if not shows(path, picture) if arguments else save(path, picture):
                differing.append(path)
        path = FOLDER / f"{slug}.jsonl"
        lines = "".join(f"{output_line(*item)}\n" for item in seeds(slug).items())
        if not path.exists() or path.read_text(encoding="utf-8") != lines:
            differing.append(path)
            if not arguments:
                path.write_text(lines, encoding="utf-8")
    for path in differing:
        print(f"{path.relative_to(ROOT)}: {'differs from its recipe' if arguments else 'written'}")
    return 1 if arguments and differing else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
