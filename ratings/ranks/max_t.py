"""The largest of many studentised differences, and the value that it rarely exceeds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from ratings.data.validation import FloatArray
from ratings.ranks.comparisons import Comparisons
from ratings.ranks.normal_draws import normal_draws, upper_quantile

CLUSTERS_PER_CONTESTANT = 2
"""Up to so many degrees of freedom for each contestant, estimated correlations are not relied on at all."""

BLOCK = 1000
"""Draws handled at once, so that a contestant's differences stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class StudentisedDraws:
    """Draws of the strengths if all were equal, with the scale that gives each difference unit variance.

    Attributes
    ----------
    draws : float array (R, n_draws)
        Log-odds.
    scale : float array (R, R)
        One over the standard deviation of a difference of draws; 0 where there is no comparison.
    caution : float
        Weight, 0 to 1, of Bonferroni's critical value.
    """

    draws: FloatArray
    scale: FloatArray
    caution: float

    def critical_value(self, largest: FloatArray, n_hypotheses: int, level: float) -> float:
        """Return the value that the largest of ``n_hypotheses`` deviates exceeds with 1 - level at most.

        With caution w it is ``(1 - w) * quantile of the draws + w * Phi^-1(1 - (1 - level) / n)``. Draws know
        how differences hang together, which makes their quantile the smaller; but they know it from the
        estimated covariance, which with few clusters shows dependence that is not there. Bonferroni's value
        needs none of it. w vanishes as evidence grows.
        """
        drawn = float(upper_quantile(largest, level))
        bonferroni = -float(ndtri((1.0 - level) / n_hypotheses))
        return drawn + self.caution * max(bonferroni - drawn, 0.0)


def studentised_draws(compared: Comparisons, *, n_draws: int, seed: int) -> StudentisedDraws:
    """Draw as often as asked; ``caution`` is min(1, 2 R / fewest degrees of freedom)."""
    own = np.diag(compared.spread)
    variance = own[:, None] + own[None, :] - 2.0 * compared.spread
    exists = np.isfinite(compared.errors)
    scale = np.zeros_like(variance)
    scale[exists] = 1.0 / np.sqrt(variance[exists])
    few = CLUSTERS_PER_CONTESTANT * len(own) / compared.degrees.min(initial=np.inf)
    draws = normal_draws(compared.spread, n_draws=n_draws, seed=seed)
    return StudentisedDraws(draws=draws, scale=scale, caution=float(min(1.0, few)))


def largest_each_way(
    draws: FloatArray, scale: FloatArray, is_open: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Return, per draw, the largest ``(Z_i - Z_j) * scale_ij`` and the largest ``(Z_j - Z_i) * scale_ij``.

    Over the pairs i < j that are open; both are at least 0.
    """
    forward, backward = np.zeros(draws.shape[1]), np.zeros(draws.shape[1])
    opponents = [np.flatnonzero(row) for row in np.triu(is_open, 1)]
    for first in range(0, draws.shape[1], BLOCK):
        block = np.ascontiguousarray(draws[:, first : first + BLOCK])
        up, down = forward[first : first + BLOCK], backward[first : first + BLOCK]
        for i, others in enumerate(opponents):
            if len(others):
                gap = _rows(block, others)
                np.subtract(block[i], gap, out=gap)
                gap *= scale[i, others][:, None]
                np.maximum(up, gap.max(axis=0), out=up)
                np.maximum(down, -gap.min(axis=0), out=down)
    return forward, backward


def largest_over_each(draws: FloatArray, scale: FloatArray) -> FloatArray:
    """Return the largest ``(Z_j - Z_i) * scale_ij`` over all j, for each i and draw: (R, n_draws)."""
    found = np.zeros_like(draws)
    for first in range(0, draws.shape[1], BLOCK):
        block = np.ascontiguousarray(draws[:, first : first + BLOCK])
        for i in range(len(draws)):
            gap = (block - block[i]) * scale[i][:, None]
            found[i, first : first + BLOCK] = gap.max(axis=0)
    return found


def _rows(block: FloatArray, rows: NDArray[np.int64]) -> FloatArray:
    """Return a copy of some rows, quickly where they follow one another."""
    if rows[-1] - rows[0] + 1 == len(rows):
        return block[rows[0] : rows[-1] + 1].copy()
    return np.asarray(block[rows], dtype=np.float64)
