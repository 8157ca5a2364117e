"""How few votes, left out, would swap two contestants.

Leaving out vote n on (a, b) moves the difference of strengths i - j by about (one Newton step)

    -Delta_n,   Delta_n = (e_i - e_j)' G (e_a - e_b) (y_n - p_n) / (1 - h_n),

with G the inverse information on mean-zero vectors, y_n a's share of the win, ``p_n`` its probability and
``h_n = p_n (1 - p_n) (e_a - e_b)' G (e_a - e_b)`` the vote's leverage. The votes that support the order most
are left out first, and *every* count that is reported is the result of an exact refit ("approximate maximum
influence": Broderick, Giordano and Meager 2020; for arenas Huang et al. 2025, "Dropping Just a Handful of
Preferences Can Change Top Large Language Model Rankings"). A small count proves the order fragile. A large
one proves nothing: some other set of votes might be smaller still.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ratings.data.battles import POINTS_FOR_A, Battles, Outcome
from ratings.data.counts import win_matrix
from ratings.data.validation import FloatArray, read_only
from ratings.diagnostics.refits import is_above, places, refitted, smallest
from ratings.fits.bradley_terry import BradleyTerryResult, check_fitted_to
from ratings.fits.newton import mean_zero_inverse

ROUNDING = 1e-9
"""Share of a pair's wins below which what is left after taking votes away is rounding."""
DIGITS = 9
"""Decimals of the largest influence to which votes are alike; those go in row order, whatever the machine."""


@dataclass(frozen=True, eq=False)
class VotesToSwap:
    """The votes whose removal puts ``behind`` above ``ahead``.

    Attributes
    ----------
    ahead, behind : str
        The contestants, in their present order.
    votes : int or None
        How many votes, the most supportive first, must go until an exact refit swaps the two; None when no
        number does. Votes that hold the comparison together stay.
    share : float or None
        The same as a share of all votes that count.
    predicted : int or None
        The count that the influences alone would give, without a refit; None when they never suffice.
    rows : int array (m,)
        The rows of the battles that go, most supportive first.
    left_out : float array (m,)
        How much of the weight of each of these rows goes: all, or of weighted rows a part; sums to ``votes``.
    """

    ahead: str
    behind: str
    votes: int | None
    share: float | None
    predicted: int | None
    rows: NDArray[np.int64]
    left_out: FloatArray


def votes_to_swap(fit: BradleyTerryResult, battles: Battles, first: str, second: str) -> VotesToSwap:
    """Find how few votes must go for an exact refit to swap two contestants.

    Parameters
    ----------
    fit : BradleyTerryResult
        Fitted to ``battles``.
    battles : Battles
        A row of weight w stands for w equal votes, of which a part can go.

    Raises
    ------
    InvalidOptionError
        When a name is not a contestant of the fit, or both are the same.
    """
    check_fitted_to(fit, battles.counted(fit.both_bad))
    ahead, behind = places(fit, first, second)
    if fit.strengths[ahead] < fit.strengths[behind]:
        ahead, behind = behind, ahead
    support = _support(fit, battles, ahead, behind)
    alike = np.round(support / max(support.max(initial=0.0), np.finfo(float).tiny), DIGITS)
    rows = np.argsort(-alike, kind="stable")[: int((alike > 0).sum())]
    found = _fewest(fit, battles, rows, ahead, behind)
    gone, taken = (rows[:0], np.zeros(0)) if found is None else found
    total = float(battles.counted(fit.both_bad).weight.sum())
    gap = float(fit.strengths[ahead] - fit.strengths[behind])
    return VotesToSwap(
        ahead=fit.contestants[ahead],
        behind=fit.contestants[behind],
        votes=None if found is None else round(taken.sum()),
        share=None if found is None else float(taken.sum()) / total,
        predicted=_predicted(support[rows], battles.weight[rows], gap),
        rows=gone,
        left_out=read_only(taken),
    )


def neighbour_swaps(fit: BradleyTerryResult, battles: Battles, *, top: int = 5) -> tuple[VotesToSwap, ...]:
    """Return ``votes_to_swap`` of the first with the second, the second with the third, and so on."""
    names = [fit.contestants[place] for place in np.argsort(-fit.strengths, kind="stable")[: top + 1]]
    return tuple(votes_to_swap(fit, battles, *pair) for pair in itertools.pairwise(names))


def _support(fit: BradleyTerryResult, battles: Battles, ahead: int, behind: int) -> FloatArray:
    """Return Delta_n (n,), log-odds per vote; 0 for battles that do not count."""
    g = mean_zero_inverse(fit.information)
    p = expit(fit.strengths[:, None] - fit.strengths)
    spread = np.diag(g)[:, None] + np.diag(g) - 2 * g
    direction = g[ahead] - g[behind]
    per_residual = (direction[:, None] - direction) / np.maximum(
        1.0 - p * (1 - p) * spread, np.finfo(float).eps
    )
    effect = per_residual[:, :, None] * (POINTS_FOR_A - p[:, :, None])
    is_counted = battles.weight > 0
    if fit.both_bad == "drop":
        is_counted &= battles.outcome != Outcome.BOTH_BAD
    return np.where(is_counted, effect[battles.a, battles.b, battles.outcome], 0.0)


def _fewest(
    fit: BradleyTerryResult, battles: Battles, rows: NDArray[np.int64], ahead: int, behind: int
) -> tuple[NDArray[np.int64], FloatArray] | None:
    """Return the first votes of ``rows`` that must go, and how much of each; None when none suffice.

    A vote without which no finite strengths exist stays, and the next ones go instead.
    """
    wins = win_matrix(battles.counted(fit.both_bad))
    available = battles.weight[rows].astype(np.float64)

    def strengths_without(n: int) -> FloatArray | None:
        left = wins - _wins(battles, rows, _first(available, n))
        return refitted(np.where(left > ROUNDING * wins, left, 0.0), fit.strengths)

    def is_over(n: int) -> bool:
        strengths = strengths_without(n)
        return strengths is None or is_above(strengths, behind, ahead)

    n = 1
    while n <= available.sum():
        n = smallest(is_over, n - 1, int(available.sum()) + 1)
        taken = _first(available, n)
        if n > available.sum():
            break
        if strengths_without(n) is not None:
            is_gone = taken > 0
            return rows[: len(taken)][is_gone], taken[is_gone]
        available[len(taken) - 1] = max(0.0, taken[-1] - 1.0)
    return None


def _first(available: FloatArray, n: int) -> FloatArray:
    """Return how much of each of the first rows makes up n votes, up to the row that completes them."""
    cumulated = np.cumsum(available)
    last = int(np.searchsorted(cumulated, n))
    return np.clip(n - cumulated[: last + 1] + available[: last + 1], 0.0, available[: last + 1])


def _wins(battles: Battles, rows: NDArray[np.int64], weight: FloatArray) -> FloatArray:
    """Return the wins (K, K) of the first rows with other weights, which may be too small for ``Battles``."""
    wins = np.zeros((battles.n_contestants, battles.n_contestants))
    rows = rows[: len(weight)]
    a, b, share = battles.a[rows], battles.b[rows], POINTS_FOR_A[battles.outcome[rows]]
    np.add.at(wins, (a, b), weight * share)
    np.add.at(wins, (b, a), weight * (1.0 - share))
    return wins


def _predicted(support: FloatArray, weight: FloatArray, gap: float) -> int | None:
    moved = np.cumsum(support * weight)
    last = int(np.searchsorted(moved, gap))
    if last == len(moved):
        return None
    before = float(moved[last] - support[last] * weight[last])
    return int(weight[:last].sum() + np.ceil((gap - before) / support[last]))
