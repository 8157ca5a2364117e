"""Simultaneous rank sets: with probability ``level`` **all** of them hold the true ranks at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratings.data.validation import FloatArray
from ratings.ranks.comparisons import Comparisons
from ratings.ranks.max_t import StudentisedDraws, largest_each_way, studentised_draws
from ratings.ranks.normal_draws import RANK_DRAWS, RANK_SEED, check_draws

STEP_DOWN_MAX_T = "step_down_max_t"
"""Name of the rule of ``rank_sets``, as printed in a table's parameters."""

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RankSets:
    """Rank sets of K contestants; rank 1 is the strongest.

    Attributes
    ----------
    contestants : tuple of str
        Names, in the order of the arrays.
    low, high : int array (K,)
        Best and worst rank that the votes leave open; 0 for a contestant that cannot be ranked.
    critical_values : tuple of float
        Of each step, as standard normal deviates.
    n_rejected : tuple of int
        Ordered pairs that each step found apart; the last step finds none, unless none are left.
    caution : float
        Weight of Bonferroni's critical value, of ``StudentisedDraws``.
    level, n_draws, seed
        The parameters of the sets.
    """

    contestants: tuple[str, ...]
    low: IntArray
    high: IntArray
    critical_values: tuple[float, ...]
    n_rejected: tuple[int, ...]
    caution: float
    level: float
    n_draws: int
    seed: int


def rank_sets(
    compared: Comparisons, *, level: float = 0.95, n_draws: int = RANK_DRAWS, seed: int = RANK_SEED
) -> RankSets:
    """Find the ranks that cannot be excluded, by the step-down max-t rule.

    All ordered pairs (j, k), with the hypothesis "j is not stronger than k", start in the set I. Each step
    takes c, the ``level`` quantile of the largest ``(Z_j - Z_k) / sigma_jk`` over I with Z ~ N(0, V), rejects
    the hypotheses whose own deviate exceeds c, and drops them from I, which lowers c; it ends when a step
    rejects nothing. ``low = 1 +`` the number found stronger, ``high = R -`` the number found weaker. The
    probability that any hypothesis is rejected wrongly is at most ``1 - level`` (with few clusters see
    ``StudentisedDraws``).

    Raises
    ------
    InvalidOptionError
        When the level does not lie between 0 and 1, or needs more draws.

    References
    ----------
    Mogstad, Romano, Shaikh and Wilhelm (2024), "Inference for Ranks with Applications to Mobility across
    Neighbourhoods and Academic Achievement across Countries", Review of Economic Studies 91, 476-518.
    """
    check_draws(level, n_draws, seed)
    simulated = studentised_draws(compared, n_draws=n_draws, seed=seed)
    order = np.argsort(-compared.strengths, kind="stable")
    deviates = compared.deviates()[np.ix_(order, order)]
    is_apart, critical_values, n_rejected = _step_down(simulated, order, deviates, level)
    low, high = np.empty_like(order), np.empty_like(order)
    low[order] = 1 + is_apart.sum(axis=0)
    high[order] = len(order) - is_apart.sum(axis=1)
    return RankSets(
        contestants=compared.contestants,
        low=compared.spread_over(low),
        high=compared.spread_over(high),
        critical_values=critical_values,
        n_rejected=n_rejected,
        caution=simulated.caution,
        level=level,
        n_draws=n_draws,
        seed=seed,
    )


def _step_down(
    simulated: StudentisedDraws, order: IntArray, deviates: FloatArray, level: float
) -> tuple[NDArray[np.bool_], tuple[float, ...], tuple[int, ...]]:
    """Return, (R, R), which rows are found stronger than which columns, and each step's c and rejections.

    In the order of strength only hypotheses of i < j can ever be rejected; those of the other direction stay
    in I for ever, so their largest draw is computed once.
    """
    draws, scale = simulated.draws[order], simulated.scale[np.ix_(order, order)]
    is_open = np.triu(scale > 0, 1)
    n_pairs = int(is_open.sum())
    is_apart = np.zeros_like(is_open)
    critical_values: list[float] = []
    n_rejected: list[int] = []
    other_way: FloatArray | None = None
    while is_open.any():
        forward, backward = largest_each_way(draws, scale, is_open)
        other_way = backward if other_way is None else other_way
        n_hypotheses = n_pairs + int(is_open.sum())
        c = simulated.critical_value(np.maximum(forward, other_way), n_hypotheses, level)
        rejected = is_open & (deviates > c)
        critical_values.append(c)
        n_rejected.append(int(rejected.sum()))
        if not rejected.any():
            break
        is_apart |= rejected
        is_open &= ~rejected
    return is_apart, tuple(critical_values), tuple(n_rejected)
