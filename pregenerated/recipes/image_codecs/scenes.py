"""The five scenes, as RGB pictures of the canvas' size: three free photographs, two drawn here."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from skimage import data

WIDTH, HEIGHT = 432, 288
SIZE = (WIDTH, HEIGHT)
#: Drawn this much larger and made smaller, so that edges are smooth.
FINE = 3


@dataclass(frozen=True)
class Scene:
    """A picture, the words that describe it, where it comes from, and bytes for levels 1 to 4.

    The budgets are the smallest that all five encoders reach, and steps above them.
    """

    slug: str
    words: str
    tags: tuple[str, str]
    credit: str
    source: str
    budgets: tuple[int, int, int, int]
    paint: Callable[[], Image.Image]


def _fitted(photo: np.ndarray, box: tuple[int, int, int, int]) -> Image.Image:
    return Image.fromarray(photo).convert("RGB").crop(box).resize(SIZE, Image.Resampling.LANCZOS)


def cat() -> Image.Image:
    """Fur, whiskers and a soft background."""
    return _fitted(data.chelsea(), (0, 0, 450, 300))


def coffee() -> Image.Image:
    """Smooth porcelain on rough wood."""
    return _fitted(data.coffee(), (0, 0, 600, 400))


def rocket() -> Image.Image:
    """A dark sky without features, and thin lattice towers."""
    return _fitted(data.rocket(), (0, 0, 640, 427))


def poster() -> Image.Image:
    """Flat colours, hard edges and letters of many sizes."""
    picture = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), "#f4ead2")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 150 * FINE, HEIGHT * FINE), fill="#b3261e")
    draw.ellipse((28 * FINE, 84 * FINE, 122 * FINE, 178 * FINE), fill="#f4ead2")
    for turn in range(12):
        angle = math.tau * turn / 12
        spoke = [(75 + r * math.cos(angle)) * FINE for r in (12, 42)]
        rise = [(131 + r * math.sin(angle)) * FINE for r in (12, 42)]
        draw.line((spoke[0], rise[0], spoke[1], rise[1]), fill="#1d3557", width=3 * FINE)
    lines = [
        (30, 24, "NIGHT MARKET"),
        (74, 15, "Saturday, from eight until late"),
        (106, 12, "Noodles, old records, bicycles and plants."),
        (128, 12, "Bring your own bag; the bridge is closed to cars."),
        (160, 10, "Ferries leave at 20:10, 21:40 and 23:05 from the east pier."),
        (180, 8, "Stalls are let by the hour. Ask at the blue tent near the fountain."),
        (196, 6, "In heavy rain the market moves into the hall behind the station."),
    ]
    for top, size, words in lines:
        font = ImageFont.load_default(size * FINE)
        draw.text((164 * FINE, top * FINE), words, font=font, fill="#1d3557")
    for column in range(26):
        left = (164 + column * 10) * FINE
        draw.rectangle((left, 232 * FINE, left + (1 + column % 5) * FINE, 268 * FINE), fill="#1d3557")
    return picture.resize(SIZE, Image.Resampling.LANCZOS)


def dusk() -> Image.Image:
    """Slow colour changes, a few hard lines, ripples and a little grain."""
    y, x = np.mgrid[0 : HEIGHT * 2, 0 : WIDTH * 2].astype(float)
    y, x = y / (HEIGHT * 2), x / (WIDTH * 2)
    sky = np.stack([30 + 215 * y, 40 + 110 * y**1.5, 95 + 45 * np.sin(3 * y)], axis=-1)
    glow = np.exp(-((x - 0.68) ** 2 / 0.02 + (y - 0.55) ** 2 / 0.012))[..., None]
    sky += glow * np.array([90, 90, 40])
    ripples = 16 * np.sin(70 * y**2.2 + 9 * np.sin(11 * x) + 26 * x)[..., None]
    water = np.flip(sky, axis=0) * 0.55 + ripples * np.array([1.0, 0.8, 0.7])
    pixels = np.where((y > 0.6)[..., None], water, sky)
    pixels += np.random.default_rng(4).normal(0, 5, pixels.shape[:2])[..., None]
    picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for mast, (left, top) in enumerate(((90, 150), (205, 100), (330, 190), (610, 120), (760, 165))):
        deck = 345 + 8 * mast
        draw.line((left, top, left, deck), fill=(18, 18, 30), width=4)
        for rope in (-60, -34, 40, 66):
            draw.line((left, top, left + rope, deck), fill=(24, 24, 40), width=1)
        draw.polygon(
            [(left - 70, deck), (left + 76, deck), (left + 52, deck + 26), (left - 50, deck + 26)],
            fill=(20 + 30 * (mast % 3), 26, 44),
        )
    return picture.resize(SIZE, Image.Resampling.LANCZOS)


SKIMAGE = "scikit-image 0.26.0, skimage.data."
DRAWN = "pregenerated/recipes/image_codecs/scenes.py"
SCENES = (
    Scene(
        "cat",
        "a photograph of a **cat**: fur, whiskers, a soft background",
        ("photograph", "texture"),
        "Photograph: Stefan van der Walt, CC0",
        SKIMAGE + "chelsea",
        (8000, 5000, 3400, 2400),
        cat,
    ),
    Scene(
        "coffee",
        "a photograph of a **cup of coffee**: smooth porcelain on rough wood",
        ("photograph", "texture"),
        "Photograph: Rachel Michetti, CC0, courtesy of Pikolo Espresso Bar",
        SKIMAGE + "coffee",
        (9600, 6600, 4800, 3600),
        coffee,
    ),
    Scene(
        "rocket",
        "a photograph of a **rocket at dusk**: a dark, even sky and thin lattice towers",
        ("photograph", "lines"),
        "Photograph: SpaceX, public domain",
        SKIMAGE + "rocket",
        (8000, 5000, 3400, 2400),
        rocket,
    ),
    Scene(
        "poster",
        "a drawn **poster**: flat colours, hard edges, letters of many sizes",
        ("drawing", "letters"),
        "Drawn for this repository, CC BY 4.0",
        DRAWN,
        (11000, 8000, 5500, 4200),
        poster,
    ),
    Scene(
        "dusk",
        "a drawn **harbour at dusk**: slow colour changes, masts and ropes, ripples, a little grain",
        ("drawing", "gradient"),
        "Drawn for this repository, CC BY 4.0",
        DRAWN,
        (6400, 4300, 2900, 2000),
        dusk,
    ),
)
