"""Can a board tell its contestants apart, and does it agree with another board or with its own other half?

Separability, agreement with confidence and the pair-rank Brier mark are those of Li et al. 2024, "From
Crowdsourced Data to High-quality Benchmarks: Arena-Hard and BenchBuilder Pipeline". All are means over
unordered pairs of contestants.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ratings.data.battles import Battles, BothBad
from ratings.data.graph import beats_graph
from ratings.data.validation import FloatArray
from ratings.errors import InvalidOptionError
from ratings.fits.bradley_terry import bradley_terry
from ratings.uncertainty.contrasts import Covariance
from ratings.uncertainty.intervals import Cluster, covariance, strength_intervals


@dataclass(frozen=True)
class BoardComparison:
    """One board against another, over the contestants that both rate.

    Attributes
    ----------
    contestants : tuple of str
        Those compared.
    separability, other_separability : float
        Share of pairs whose intervals do not overlap, on either board.
    agreement : float
        Mean of +1 (both boards separate a pair, in the same order), -1 (in opposite orders) and 0.
    brier : float
        Mean of (the first board's probability of an order - whether the other board has it)^2; 0 is best,
        1/4 is a coin.
    cluster, both_bad, level
        The parameters.
    """

    contestants: tuple[str, ...]
    separability: float
    other_separability: float
    agreement: float
    brier: float
    cluster: Cluster
    both_bad: BothBad
    level: float


@dataclass(frozen=True, eq=False)
class _Board:
    """Strengths, intervals and errors of differences of the contestants compared, in a common order."""

    strengths: FloatArray
    low: FloatArray
    high: FloatArray
    errors: FloatArray


def separability(low: FloatArray, high: FloatArray) -> float:
    """Return the share of pairs whose intervals do not overlap; touching ends and NaN overlap.

    Parameters
    ----------
    low, high : float array (K,)
        Intervals in any unit; K at least 2.
    """
    return float((_order(low, high) != 0).mean())


def confidence_agreement(
    low: FloatArray, high: FloatArray, other_low: FloatArray, other_high: FloatArray
) -> float:
    """Return the mean over pairs of +1 (both separate, same order), -1 (opposite orders) and 0 (either not).

    Parameters
    ----------
    low, high, other_low, other_high : float array (K,)
        Intervals of the same contestants on two boards, each in its own unit; NaN separates nothing.
    """
    return float((_order(low, high) * _order(other_low, other_high)).mean())


def pair_rank_brier(strengths: FloatArray, errors: FloatArray, truth: FloatArray) -> float:
    """Return the mean over pairs of (P(i above j) - 1{truth_i > truth_j})^2.

    ``P(i above j) = Phi((strength_i - strength_j) / error_ij)``. Two that are equal in ``truth`` count
    1/2; an order whose error is 0 is sure, one whose error is NaN is a coin.

    Parameters
    ----------
    strengths, truth : float array (K,)
        The board's strengths, and any numbers whose order is taken as true; K at least 2.
    errors : float array (K, K)
        Standard errors of the differences of ``strengths``.
    """
    i, j = np.triu_indices(len(strengths), 1)
    gap, error = strengths[i] - strengths[j], errors[i, j]
    is_known = error > 0
    p = np.where(error == 0, (1 + np.sign(gap)) / 2, 0.5)
    p[is_known] = ndtr(gap[is_known] / error[is_known])
    return float(((p - (1 + np.sign(truth[i] - truth[j])) / 2) ** 2).mean())


def difference_errors(cov: Covariance) -> FloatArray:
    """Return the standard errors (K, K) of differences of strengths, log-odds; NaN where none exists.

    Two ways, the variance is at least the larger of the one-way ones, as in ``difference_interval``.
    """
    matrices = (cov.matrix, *(other.matrix for other in cov.one_way))
    variance = np.max([np.diag(v)[:, None] + np.diag(v) - 2 * v for v in matrices], axis=0)
    exists = (cov.is_estimable[:, None] & cov.is_estimable) & (variance > 0)
    return np.sqrt(np.where(exists, variance, np.nan))


def compare_boards(
    battles: Battles,
    other: Battles,
    *,
    cluster: Cluster,
    both_bad: BothBad = "half",
    level: float = 0.95,
) -> BoardComparison:
    """Rate two sets of battles and compare the boards over the contestants that both can rate.

    Parameters
    ----------
    battles, other : Battles
        Contestants are matched by name. ``other`` is taken as the truth by ``brier``.
    cluster : {"vote", "voter", "prompt", "two_way"}
        What the intervals let vary.

    Raises
    ------
    InvalidOptionError
        When fewer than two contestants are in the giant component of both.
    TooFewClustersError
        When a board has fewer than two clusters.
    """
    counted = [part.counted(both_bad) for part in (battles, other)]
    giants = [part.among(beats_graph(part).in_giant) for part in counted]
    common = sorted(set(giants[0].contestants) & set(giants[1].contestants))
    if len(common) < 2:  # noqa: PLR2004 - a pair
        raise InvalidOptionError(f"{len(common)} contestants can be rated on both boards; a pair is needed")
    one, two = (_board(giant, common, cluster, both_bad, level) for giant in giants)
    return BoardComparison(
        contestants=tuple(common),
        separability=separability(one.low, one.high),
        other_separability=separability(two.low, two.high),
        agreement=confidence_agreement(one.low, one.high, two.low, two.high),
        brier=pair_rank_brier(one.strengths, one.errors, two.strengths),
        cluster=cluster,
        both_bad=both_bad,
        level=level,
    )


def _board(giant: Battles, common: list[str], cluster: Cluster, both_bad: BothBad, level: float) -> _Board:
    """Rate a giant component and keep those of ``common``, centred on their mean."""
    fit = bradley_terry(giant, both_bad=both_bad)
    cov = covariance(fit, giant, cluster=cluster)
    place = np.array([giant.contestants.index(name) for name in common])
    centre = np.isin(np.arange(giant.n_contestants), place)
    found = strength_intervals(fit, cov, level=level, centre=centre)
    errors = difference_errors(cov)[np.ix_(place, place)]
    return _Board(fit.strengths[place], found.low[place], found.high[place], errors)


def _order(low: FloatArray, high: FloatArray) -> NDArray[np.int64]:
    """Return +1, -1 or 0 for each pair i < j: i surely above j, surely below, or neither."""
    i, j = np.triu_indices(len(low), 1)
    return (low[i] > high[j]).astype(np.int64) - (high[i] < low[j]).astype(np.int64)
