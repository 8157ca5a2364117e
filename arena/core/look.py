"""What an output looks like, as numbers: a picture's layout and colours, a text's words and marks.

Made from what voters are served. A feature means nothing by itself; together they are what a program can
learn to recognise a maker by.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import unescape
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FloatArray = NDArray[np.float64]

#: Pixels of a side of the thumbnail, and steps of each colour in the histogram.
SIDE = 16
STEPS = 4
#: Words that are kept, those of most texts first.
MAX_WORDS = 2_000

_TAG = re.compile(r"<(\w+)[^>]*>")
_ANY_TAG = re.compile(r"<[^>]*>")
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+|[^\w\s]")
_LEVELS = 256


def look_of_images(bodies: Iterable[bytes]) -> list[FloatArray]:
    """Return the features of pictures, in blocks: thumbnails (n, 768) and colour histograms (n, 64)."""
    thumbnails, histograms = [], []
    for body in bodies:  # one at a time: many pictures would fill the memory
        with Image.open(BytesIO(body)) as picture:
            pixels = picture.convert("RGB")
        thumbnails.append(_thumbnail(pixels))
        histograms.append(_histogram(pixels))
    return [np.array(thumbnails), np.array(histograms)]


def look_of_texts(pages: Sequence[str]) -> list[FloatArray]:
    """Return the features of rendered texts, in blocks.

    The first are words, marks and tags, logarithm of their counts, each text of length 1; the second are
    numbers of words, tags and marks, words of a line and letters of a word, as logarithms.
    """
    counts = [Counter(_tokens(page)) for page in pages]
    spread = Counter(token for count in counts for token in count)
    kept = sorted(spread, key=lambda token: (-spread[token], token))[:MAX_WORDS]
    words = np.log1p(np.array([[count[token] for token in kept] for count in counts], dtype=np.float64))
    lengths = np.linalg.norm(words, axis=1, keepdims=True)
    return [words / np.maximum(lengths, 1e-12), np.array([_shape(page) for page in pages])]


def _thumbnail(picture: Image.Image) -> FloatArray:
    small = picture.resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float64).ravel() / _LEVELS


def _histogram(picture: Image.Image) -> FloatArray:
    """Return the square roots of the shares of colours, so that rare ones count too."""
    levels = np.asarray(picture, dtype=np.int64) // (_LEVELS // STEPS)
    codes = (levels[..., 0] * STEPS + levels[..., 1]) * STEPS + levels[..., 2]
    return np.sqrt(np.bincount(codes.ravel(), minlength=STEPS**3) / codes.size)


def _tokens(page: str) -> list[str]:
    return [f"<{name}>" for name in _TAG.findall(page)] + _TOKEN.findall(_plain(page).lower())


def _plain(page: str) -> str:
    return unescape(_ANY_TAG.sub(" ", page))


def _shape(page: str) -> FloatArray:
    plain = _plain(page)
    words = re.findall(r"\w+", plain)
    lines = [line for line in plain.split("\n") if line.strip()]
    letters = sum(map(len, words))
    marks = len(re.findall(r"[^\w\s]", plain))
    tags = len(_TAG.findall(page))
    figures = (len(words), tags, marks, len(words) / max(len(lines), 1), letters / max(len(words), 1))
    return np.log1p(np.array(figures, dtype=np.float64))
