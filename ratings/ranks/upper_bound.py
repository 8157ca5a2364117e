"""The rank that LMArena publishes, for comparison with its tables."""

import numpy as np
from numpy.typing import NDArray

from ratings.data.validation import FloatArray


def lmarena_upper_bound_rank(low: FloatArray, high: FloatArray) -> NDArray[np.int64]:
    """Return ``1 +`` the number of contestants whose lower bound lies above this one's upper bound (K,).

    It says how high a contestant might stand, never how low, and compares pairs of intervals one at a time:
    it is no rank set and has no error rate for the table as a whole.

    Parameters
    ----------
    low, high : float array (K,)
        Intervals in any unit; a contestant with NaN gets 0 and counts for nobody.
    """
    above = (low[None, :] > high[:, None]).sum(axis=1)
    return np.where(np.isnan(low) | np.isnan(high), 0, 1 + above)
