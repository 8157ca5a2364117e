"""How often one contestant beats another, with Wilson's interval: no fit, one pair at a time.

A tie is half a win for both. The variance of a share with halves is smaller than that of a proportion, which
the interval assumes, so with ties it errs on the wide side. Votes are taken as independent.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from ratings.data.battles import POINTS_FOR_A, Battles, BothBad
from ratings.data.counts import outcome_counts
from ratings.data.validation import FloatArray, check_level, read_only
from ratings.errors import InvalidOptionError


@dataclass(frozen=True, eq=False)
class PairWinRates:
    """Share of the wins of i over j for each unordered pair that met.

    Attributes
    ----------
    contestants : tuple of str
        Names; code i means ``contestants[i]``.
    i, j : int array (P,)
        The pairs, i < j, sorted.
    rate : float array (P,)
        Weighted share of i, 0 to 1; j has the rest.
    votes : float array (P,)
        Effective number of votes, (sum w)^2 / sum w^2 (Kish 1965, "Survey Sampling"): the number of votes
        where all weigh alike, whatever they weigh.
    low, high : float array (P,)
        Wilson interval of ``rate``.
    both_bad, level
        The parameters.
    """

    contestants: tuple[str, ...]
    i: NDArray[np.int64]
    j: NDArray[np.int64]
    rate: FloatArray
    votes: FloatArray
    low: FloatArray
    high: FloatArray
    both_bad: BothBad
    level: float


def pair_win_rates(battles: Battles, *, both_bad: BothBad = "half", level: float = 0.95) -> PairWinRates:
    """Return the share of wins in each pair that met.

    Parameters
    ----------
    both_bad : {"half", "drop"}
        Count a both-bad as a tie, or leave it out.
    """
    counted = battles.counted(both_bad)
    by_side = outcome_counts(counted)
    won, lost = by_side @ POINTS_FOR_A, by_side @ (1.0 - POINTS_FOR_A)
    wins = won + lost.T
    total = wins + wins.T
    i, j = np.nonzero(np.triu(total))
    rate = wins[i, j] / total[i, j]
    votes = (total**2 / np.where(total > 0, _squares(counted), 1.0))[i, j]
    low, high = wilson_interval(rate, votes, level=level)
    return PairWinRates(
        contestants=counted.contestants,
        i=i,
        j=j,
        rate=read_only(rate),
        votes=read_only(votes),
        low=read_only(low),
        high=read_only(high),
        both_bad=both_bad,
        level=level,
    )


def wilson_interval(rate: ArrayLike, votes: ArrayLike, *, level: float) -> tuple[FloatArray, FloatArray]:
    """Return the interval of a proportion: those p whose z-test at ``level`` does not reject ``rate``.

    ``(r + z^2 / 2n ± z sqrt(r (1 - r) / n + z^2 / 4n^2)) / (1 + z^2 / n)`` for a rate r in n votes, n > 0
    (Wilson 1927, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22, 209-212).
    """
    check_level(level)
    rate, votes = np.asarray(rate, dtype=np.float64), np.asarray(votes, dtype=np.float64)
    if not (np.all((rate >= 0) & (rate <= 1)) and np.all((votes > 0) & np.isfinite(votes))):
        raise InvalidOptionError("rates must lie between 0 and 1, numbers of votes above 0")
    z2 = float(norm.isf((1.0 - level) / 2.0)) ** 2
    middle = rate + z2 / (2.0 * votes)
    half = np.sqrt(z2 * (rate * (1.0 - rate) / votes + z2 / (4.0 * votes**2)))
    # an end that is 0 or 1 exactly comes out of the subtraction a rounding error beyond it
    low = np.where(rate == 0.0, 0.0, (middle - half) / (1.0 + z2 / votes))
    high = np.where(rate == 1.0, 1.0, (middle + half) / (1.0 + z2 / votes))
    return low, high


def _squares(battles: Battles) -> FloatArray:
    """Return the sum of squared weights by unordered pair, (K, K), symmetric."""
    k = battles.n_contestants
    if battles.is_unweighted:
        by_side = outcome_counts(battles).sum(axis=2)
    else:
        pair = battles.a.astype(np.int64) * k + battles.b
        by_side = np.bincount(pair, battles.weight**2, k * k).reshape(k, k)
    return np.asarray(by_side + by_side.T, dtype=np.float64)
