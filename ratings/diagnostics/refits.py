"""Fit changed counts again, exactly."""

from collections.abc import Callable

import numpy as np

from ratings.data.graph import strong_components
from ratings.data.pairs import Pairs
from ratings.data.validation import FloatArray
from ratings.errors import InvalidOptionError
from ratings.fits.bradley_terry import BradleyTerryResult
from ratings.fits.newton import TOLERANCE, newton


def refitted(wins: FloatArray, start: FloatArray) -> FloatArray | None:
    """Return the half-win Bradley-Terry strengths (K,), mean zero, of a win matrix (K, K).

    ``start`` are strengths (K,) near the answer. None when no finite strengths exist.
    """
    if strong_components(wins).any():
        return None
    i, j = np.nonzero(np.triu(wins + wins.T))
    found, _ = newton(Pairs(i, j, len(wins)), wins[i, j][None, :], wins[j, i][None, :], start[None, :])
    return np.asarray(found[0] - found[0].mean(), dtype=np.float64)


def is_above(strengths: FloatArray, one: int, other: int) -> bool:
    """Return whether one contestant is above another by more than the tolerance of a fit."""
    return bool(strengths[one] - strengths[other] > TOLERANCE)


def smallest(is_reached: Callable[[int], bool], low: int, high: int) -> int:
    """Return the smallest integer above ``low``, at most ``high``, at which a monotone condition holds.

    The condition is taken to fail at ``low`` and to hold at ``high``; neither is tried.
    """
    while high - low > 1:
        middle = (low + high) // 2
        if is_reached(middle):
            high = middle
        else:
            low = middle
    return high


def places(fit: BradleyTerryResult, *names: str) -> list[int]:
    """Return the codes of contestants of a fit.

    Raises
    ------
    InvalidOptionError
        When a name is not among them, or they are not distinct.
    """
    for name in names:
        if name not in fit.contestants:
            raise InvalidOptionError(f"{name!r} is not a contestant of this fit")
    if len(set(names)) < len(names):
        raise InvalidOptionError(f"{names[0]!r} is compared with itself")
    return [fit.contestants.index(name) for name in names]
