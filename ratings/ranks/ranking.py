"""Ranks that say no more than the intervals do."""

import numpy as np
from numpy.typing import NDArray

from ratings.data.validation import FloatArray

INTERVAL_OVERLAP = "interval_overlap"
"""Name of the rule of ``interval_overlap_ranks``, as printed in a table's parameters."""


def interval_overlap_ranks(low: FloatArray, high: FloatArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the best and the worst rank that the intervals leave open.

    ``rank_low = 1 +`` the number of contestants whose whole interval lies above; ``rank_high = K -`` the
    number whose whole interval lies below. Touching ends overlap. These compare pairs of intervals one by
    one: they are not simultaneous rank sets.

    Parameters
    ----------
    low, high : float array (K,)
        Intervals without NaN, in any unit.
    """
    above = (low[None, :] > high[:, None]).sum(axis=1)
    below = (high[None, :] < low[:, None]).sum(axis=1)
    return 1 + above, len(low) - below
