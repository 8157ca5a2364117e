"""What the eight practice prompts ask for, as perfect shapes on a 480 x 480 canvas (pixels, y downwards)."""

from dataclasses import dataclass
from math import cos, pi, sin

Point = tuple[float, float]
Colour = tuple[int, int, int]

INK: Colour = (52, 48, 58)
RED: Colour = (221, 51, 48)
ORANGE: Colour = (243, 146, 33)
YELLOW: Colour = (250, 206, 44)
GREEN: Colour = (58, 162, 84)
BLUE: Colour = (44, 108, 196)
VIOLET: Colour = (126, 72, 160)
SKY: Colour = (164, 212, 240)
SAND: Colour = (244, 226, 190)
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True)
class Piece:
    """One shape: a filled outline, or an open stroke when `stroke` is its width in pixels.

    `spare` marks a piece that a careless hand may leave out: the picture is then wrong but still readable.
    """

    points: tuple[Point, ...]
    colour: Colour
    stroke: float = 0.0
    spare: bool = False


def ellipse(x: float, y: float, rx: float, ry: float) -> tuple[Point, ...]:
    """Return the outline of an ellipse, without repeating the first point."""
    n = 72
    return tuple((x + rx * cos(2 * pi * i / n), y + ry * sin(2 * pi * i / n)) for i in range(n))


def box(x: float, y: float, width: float, height: float) -> tuple[Point, ...]:
    """Return the four corners of a box whose middle is (x, y)."""
    w, h = width / 2, height / 2
    return ((x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h))


def ray(x: float, y: float, angle: float, start: float, end: float) -> tuple[Point, ...]:
    """Return a stroke that points away from (x, y); `angle` in turns, clockwise from twelve o'clock."""
    dx, dy = sin(2 * pi * angle), -cos(2 * pi * angle)
    return ((x + start * dx, y + start * dy), (x + end * dx, y + end * dy))


def circle_in_the_middle() -> list[Piece]:
    """Prompt 1: a single piece, so nobody can leave one out."""
    return [Piece(ellipse(240, 240, 130, 130), RED)]


def triangles() -> list[Piece]:
    """Prompt 2."""
    return [
        Piece(((x, 178), (x + 58, 292), (x - 58, 292)), BLUE, spare=position > 0)
        for position, x in enumerate((96, 240, 384))
    ]


def sun() -> list[Piece]:
    """Prompt 3."""
    rays = [Piece(ray(240, 240, turn / 8, 118, 186), ORANGE, 16, spare=True) for turn in range(8)]
    return [*rays, Piece(ellipse(240, 240, 92, 92), YELLOW)]


def traffic_light() -> list[Piece]:
    """Prompt 4."""
    lamps = [
        Piece(ellipse(240, y, 46, 46), colour, spare=colour is YELLOW)
        for y, colour in ((124, RED), (240, YELLOW), (356, GREEN))
    ]
    return [Piece(box(240, 240, 148, 384), (84, 84, 94)), *lamps]


def rainbow() -> list[Piece]:
    """Prompt 5: arcs as strokes, the red one outermost."""
    arcs = []
    for band, colour in enumerate((RED, ORANGE, YELLOW, GREEN, BLUE)):
        radius = 196 - 30 * band
        points = tuple((240 - radius * cos(pi * i / 48), 332 - radius * sin(pi * i / 48)) for i in range(49))
        arcs.append(Piece(points, colour, 26, spare=band in (1, 3)))
    return arcs


def house() -> list[Piece]:
    """Prompt 6."""
    return [
        Piece(box(240, 316, 260, 188), SAND),
        Piece(((240, 76), (400, 222), (80, 222)), RED),
        Piece(box(240, 350, 62, 120), VIOLET),
        Piece(box(160, 292, 58, 58), SKY),
        Piece(box(320, 292, 58, 58), SKY, spare=True),
    ]


def fish_and_bubbles() -> list[Piece]:
    """Prompt 7: the bubbles shrink as they rise from the mouth."""
    bubbles = [
        Piece(ellipse(x, y, r, r), SKY, spare=True)
        for x, y, r in ((400, 236, 32), (420, 164, 25), (402, 106, 18), (416, 62, 12))
    ]
    return [
        Piece(((112, 316), (36, 244), (36, 388)), ORANGE),
        Piece(ellipse(216, 316, 136, 88), ORANGE),
        Piece(((196, 292), (236, 316), (196, 344)), YELLOW, spare=True),
        Piece(ellipse(292, 290, 20, 20), WHITE),
        Piece(ellipse(297, 290, 8, 8), INK),
        *bubbles,
    ]


def clock() -> list[Piece]:
    """Prompt 8: ten past ten; the hour hand stands a sixth of the way from ten to eleven."""
    marks = [Piece(ray(240, 240, hour / 12, 154, 180), INK, 12, spare=True) for hour in range(12)]
    return [
        Piece(ellipse(240, 240, 206, 206), SAND),
        *marks,
        Piece(ray(240, 240, (10 + 1 / 6) / 12, 0, 92), BLUE, 18),
        Piece(ray(240, 240, 10 / 60, 0, 140), RED, 12),
        Piece(ellipse(240, 240, 14, 14), INK),
    ]


PICTURES = {
    "practice-001": circle_in_the_middle,
    "practice-002": triangles,
    "practice-003": sun,
    "practice-004": traffic_light,
    "practice-005": rainbow,
    "practice-006": house,
    "practice-007": fish_and_bubbles,
    "practice-008": clock,
}
