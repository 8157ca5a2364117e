"""Poisson numbers for the same means over and over, twice as fast as NumPy draws them.

Inversion with a guide (Chen and Asau 1974, "On generating random variates from an empirical distribution",
AIIE Transactions 6, 163-166): a uniform number u gives the least value whose cumulative probability exceeds
u. The guide knows, for each of ``BUCKETS`` equal parts of 0..1, where to begin; most are there already.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ratings.data.validation import FloatArray

Counts = NDArray[np.int64]
Drawer = Callable[[np.random.Generator], Counts]
"""Draws one number for each unit."""

LARGE = 1024.0
"""Means above this are rare, and would need long tables: NumPy draws those."""

BUCKETS = 512
"""A power of two, so that u * BUCKETS is exact. At the largest mean a middle value still fills six."""

FAR = 9.0
"""Standard deviations of the table to either side; with ``MORE``, what lies beyond has less than 1e-16."""
MORE = 26


def poisson_drawer(means: FloatArray) -> Drawer:
    """Return what draws a Poisson number for each of ``means``, float array (u,), all above 0."""
    is_large = means > LARGE
    small, large = np.flatnonzero(~is_large), np.flatnonzero(is_large)
    small = small[np.argsort(means[small], kind="stable")]  # so that neighbours read the same table
    distinct, row = np.unique(means[small], return_inverse=True)
    lowest, cumulative = _tables(distinct)
    first = np.arange(len(distinct)) * cumulative.shape[1]
    guide, flat = _guide(cumulative, first), cumulative.ravel()
    begin, shift = row * (BUCKETS + 1), (lowest - first)[row]

    def draw(stream: np.random.Generator) -> Counts:
        u = stream.random(len(small))
        bucket = begin + (u * BUCKETS).astype(np.int64)
        place = guide[bucket]
        late = np.flatnonzero(u >= flat[place])
        place[late] = _found(u[late], flat, place[late] + 1, guide[bucket[late] + 1])
        drawn = np.empty(len(means), dtype=np.int64)
        drawn[small] = place + shift
        drawn[large] = stream.poisson(means[large])
        return drawn

    return draw


def _tables(means: FloatArray) -> tuple[Counts, FloatArray]:
    """Return the lowest value (m,) and the cumulative probabilities (m, width) from there on, ending in 1."""
    width = int(2 * FAR * np.sqrt(means.max(initial=0.0))) + MORE
    lowest = np.maximum(0.0, means - FAR * np.sqrt(means)).astype(np.int64)
    value = lowest[:, None] + np.arange(width)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, value.max(initial=0) + 1)))])
    means = means[:, None]
    cumulative = np.cumsum(np.exp(value * np.log(means) - means - log_factorial[value]), axis=1)
    return lowest, cumulative / cumulative[:, -1:]


def _guide(cumulative: FloatArray, first: Counts) -> Counts:
    """Return for each table and bucket, and its end, the place of the first value that u there can give."""
    m = len(cumulative)
    after = np.ceil(cumulative * BUCKETS).astype(np.int64)  # first bucket that begins at or above the value
    begin = np.arange(m)[:, None] * (BUCKETS + 1)
    passed = np.bincount((begin + after).ravel(), minlength=m * (BUCKETS + 1)).reshape(m, BUCKETS + 1)
    last = cumulative.shape[1] - 1  # passed by no u, as u < 1
    guide = first[:, None] + np.minimum(np.cumsum(passed, axis=1), last)
    return np.asarray(guide.ravel(), dtype=np.int64)


def _found(u: FloatArray, cumulative: FloatArray, low: Counts, high: Counts) -> Counts:
    """Return the first place in low..high whose cumulative probability exceeds u; at the last it does."""
    wide = np.flatnonzero(low < high)
    while len(wide):
        middle = (low[wide] + high[wide]) // 2
        is_above = cumulative[middle] > u[wide]
        high[wide[is_above]] = middle[is_above]
        low[wide[~is_above]] = middle[~is_above] + 1
        wide = wide[low[wide] < high[wide]]
    return low
