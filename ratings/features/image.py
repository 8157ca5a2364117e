"""Style features of an image: how large, bright, vivid and sharp the picture is that voters were served.

All are measured on the sRGB pixels themselves, 0 to 255, and are at least 0.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import laplace

from ratings.errors import InvalidImageError

IMAGE_FEATURES = ("colourfulness", "saturation", "luminance", "contrast", "sharpness", "log_pixels")
"""Names of the features, in the order of ``image_features``."""

SIDE = 512
"""Pixels of the longer side to which an image is resized before its sharpness is measured."""

LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Shares of linear red, green and blue in the luminance (ITU-R BT.709)."""

_CODE = np.arange(256) / 255.0
_DARK = 0.04045
LINEAR = np.where(_CODE <= _DARK, _CODE / 12.92, ((_CODE + 0.055) / 1.055) ** 2.4).astype(np.float32)
"""Linear light of each sRGB value (IEC 61966-2-1)."""

CHANNELS = 3

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]


def image_features(pixels: Pixels) -> dict[str, float]:
    """Measure the style features of an image.

    Parameters
    ----------
    pixels : uint8 array (height, width, 3)
        sRGB, as served.

    Returns
    -------
    dict of str to float
        ``colourfulness`` and ``sharpness``: see the functions; ``saturation``: mean of HSV, 0 to 1;
        ``luminance`` and ``contrast``: mean and standard deviation of linear luminance, 0 to 1;
        ``log_pixels``: natural logarithm of the number of pixels.

    Raises
    ------
    InvalidImageError
        When the array is not such an image.
    """
    is_image = pixels.ndim == CHANNELS and pixels.shape[-1] == CHANNELS and pixels.dtype == np.uint8
    if not is_image or pixels.size == 0:
        raise InvalidImageError(
            f"pixels are {pixels.dtype} of shape {pixels.shape}, not uint8 of shape (height, width, 3)"
        )
    light = luminance(pixels)
    return {
        "colourfulness": colourfulness(pixels),
        "saturation": saturation(pixels),
        "luminance": float(light.mean(dtype=np.float64)),
        "contrast": float(light.std(dtype=np.float64)),
        "sharpness": sharpness(light),
        "log_pixels": math.log(light.size),
    }


def colourfulness(pixels: Pixels) -> float:
    """Return M3 of Hasler and Süsstrunk (2003), "Measuring colourfulness in natural images".

    ``sqrt(var rg + var yb) + 0.3 sqrt(mean rg^2 + mean yb^2)`` with the signed opponents ``rg = R - G`` and
    ``yb = (R + G) / 2 - B``; about 0 for grey and 109 for extremely colourful photographs.
    """
    red, green, blue = np.moveaxis(pixels.astype(np.int16), -1, 0)
    rg, twice_yb = red - green, red + green - 2 * blue
    spread = rg.var(dtype=np.float64) + twice_yb.var(dtype=np.float64) / 4
    centre = rg.mean(dtype=np.float64) ** 2 + twice_yb.mean(dtype=np.float64) ** 2 / 4
    return float(math.sqrt(spread) + 0.3 * math.sqrt(centre))


def saturation(pixels: Pixels) -> float:
    """Return the mean HSV saturation, (max - min) / max of the channels; 0 for black."""
    most, least = pixels.max(axis=-1), pixels.min(axis=-1)
    return float(((most - least) / np.maximum(most, 1)).mean(dtype=np.float64))


def luminance(pixels: Pixels) -> Plane:
    """Return the linear luminance of each pixel, 0 to 1, (height, width)."""
    red, green, blue = (LINEAR[pixels[..., channel]] for channel in range(CHANNELS))
    return np.asarray(LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue, dtype=np.float32)


def sharpness(light: Plane) -> float:
    """Return the variance of the Laplacian of a luminance plane whose longer side is resized to 512 pixels.

    A voter sees every image in the same box, so resolution beyond it must not speak: larger images are
    averaged by area, smaller ones interpolated.
    """
    height, width = light.shape
    longer = max(height, width)
    rows, columns = (max(1, round(SIDE * side / longer)) for side in (height, width))
    small = _resizing(height, rows) @ light @ _resizing(width, columns).T
    return float(laplace(small, mode="nearest").var(dtype=np.float64))


def _resizing(before: int, after: int) -> Plane:
    """Return the weights (after, before) that resize one side."""
    if before == after:
        return np.eye(after, dtype=np.float32)
    edges = np.arange(after + 1) * (before / after)
    pixel = np.arange(before)
    if before > after:  # the part of each old pixel that lies in the new one
        low, high = edges[:-1, None], edges[1:, None]
        weight = np.clip(np.minimum(high, pixel + 1) - np.maximum(low, pixel), 0.0, None)
    else:  # linear between the centres of old pixels, constant beyond the outermost
        centre = np.clip((edges[:-1] + edges[1:]) / 2 - 0.5, 0, before - 1)[:, None]
        weight = np.clip(1.0 - np.abs(centre - pixel), 0.0, None)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True), dtype=np.float32)
