"""Strengths (natural log-odds) to points and back: the only place that knows 1000, 400 and 10.

``rating = 1000 + 400 / ln 10 * strength``: 400 points are odds of ten to one, as on the chess scale.
"""

import math

import numpy as np
from numpy.typing import NDArray

CENTRE = 1000.0
"""Points of a contestant of strength 0, the mean of the rated field."""

SCALE = 400.0 / math.log(10.0)
"""Points per unit of strength, about 173.718."""


def to_points(strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn strengths (log-odds, mean zero) into ratings in points."""
    return CENTRE + SCALE * strengths


def to_strengths(ratings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn ratings in points back into strengths in log-odds."""
    return (ratings - CENTRE) / SCALE
