"""Who could be first, and how likely each rank is."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from ratings.data.validation import FloatArray
from ratings.ranks.comparisons import Comparisons
from ratings.ranks.max_t import largest_over_each, studentised_draws
from ratings.ranks.normal_draws import RANK_DRAWS, RANK_SEED, check_draws, normal_draws


def could_be_first(
    compared: Comparisons, *, level: float = 0.95, n_draws: int = RANK_DRAWS, seed: int = RANK_SEED
) -> NDArray[np.bool_]:
    """Return, (K,), the contestants that the votes do not exclude from the first place.

    Contestant j is excluded when another's lead over it exceeds the ``level`` quantile of the largest lead
    that anyone would have over j if all were equal. Whoever is truly first is in the set with probability
    ``level``. Only its own R - 1 comparisons can go wrong, not all R (R - 1) of them, so the set is never
    larger than that of the contestants whose rank set begins at 1 (Mogstad, Romano, Shaikh and Wilhelm 2024,
    as in ``rank_sets``, on the best; one-sided).
    """
    check_draws(level, n_draws, seed)
    simulated = studentised_draws(compared, n_draws=n_draws, seed=seed)
    largest = largest_over_each(simulated.draws, simulated.scale)
    behind = compared.deviates().max(axis=0, initial=0.0)
    rivals = (simulated.scale > 0).sum(axis=1)
    possible = [
        n == 0 or lead <= simulated.critical_value(drawn, int(n), level)
        for drawn, lead, n in zip(largest, behind, rivals, strict=True)
    ]
    return compared.spread_over(np.array(possible, dtype=np.int64)) > 0


def rank_probabilities(
    compared: Comparisons, *, n_draws: int = RANK_DRAWS, seed: int = RANK_SEED
) -> FloatArray:
    """Return P(rank <= k) in column k - 1: float (K, R), NaN for a contestant that cannot be ranked.

    The share of draws around the estimated strengths in which the contestant has rank k or better. Each
    contestant's draws have the Student distribution of its own interval. Read it as a degree of belief under
    a flat prior: unlike a rank set it promises no rate of errors.
    """
    check_draws(0.5, n_draws, seed)
    r = len(compared.members)
    drawn = normal_draws(compared.spread, n_draws=n_draws, seed=seed)
    drawn = compared.strengths[:, None] + _student(drawn, compared)
    place = np.argsort(np.argsort(-drawn, axis=0, kind="stable"), axis=0)
    offset = np.arange(r)[:, None] * r
    counts = np.bincount((offset + place).ravel(), minlength=r * r).reshape(r, r)
    found = np.full((len(compared.contestants), r), np.nan)
    found[compared.members] = counts.cumsum(axis=1) / n_draws
    return found


def _student(drawn: FloatArray, compared: Comparisons) -> FloatArray:
    """Give normal draws (R, n_draws) the heavier tails of each contestant's degrees of freedom, in place."""
    deviation = np.sqrt(np.diag(compared.spread))
    for i in np.flatnonzero(np.isfinite(compared.degrees) & (deviation > 0)):
        z = drawn[i] / deviation[i]
        drawn[i] = -np.sign(z) * stdtrit(compared.degrees[i], ndtr(-np.abs(z))) * deviation[i]
    return drawn
