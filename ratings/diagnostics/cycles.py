"""Condorcet cycles: i beats j, j beats k, k beats i. Bradley-Terry cannot show them; are they real?"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from ratings.data.battles import Battles, BothBad, Outcome
from ratings.data.counts import CodeArray, win_matrix
from ratings.data.validation import FloatArray, check_level

EDGES = 3


@dataclass(frozen=True)
class CycleAudit:
    """Cycles among triples of contestants that all met.

    Attributes
    ----------
    n_triples : int
        Triples of which all three pairs met.
    n_cycles : int
        Those that go round in the observed win rates, chance included.
    n_certain : int
        Those of which each edge is beyond chance, one-sided, at a third of ``1 - level`` (Bonferroni).
    both_bad, level
        The parameters.
    """

    n_triples: int
    n_cycles: int
    n_certain: int
    both_bad: BothBad
    level: float


def cycle_audit(battles: Battles, *, both_bad: BothBad = "half", level: float = 0.95) -> CycleAudit:
    """Count the cycles of the observed win rates, and those that independent votes cannot explain.

    An edge is certain when the sign test says so: ``(won - lost - w) / sqrt(sum of w^2)`` over the votes that
    have a winner (the others favour neither) exceeds the normal quantile, w being their mean weight by
    weight, the continuity correction: without it five wins to none would pass at one in 32.
    """
    check_level(level)
    counted = battles.counted(both_bad)
    wins = win_matrix(counted)
    met = (wins + wins.T > 0).astype(np.float64)
    decided = counted.where(counted.outcome < Outcome.TIE)
    k = counted.n_contestants
    cell = decided.a.astype(np.int64) * k + decided.b
    weight, squares = (_both_ways(cell, values, k) for values in (decided.weight, decided.weight**2))
    lead = wins - wins.T
    beyond = lead - np.divide(squares, weight, out=np.zeros_like(squares), where=weight > 0)
    return CycleAudit(
        n_triples=_triangles(met) // 2,
        n_cycles=_triangles((lead > 0).astype(np.float64)),
        n_certain=_triangles((beyond > norm.isf((1 - level) / EDGES) * np.sqrt(squares)).astype(np.float64)),
        both_bad=both_bad,
        level=level,
    )


def _both_ways(cell: CodeArray, values: FloatArray, k: int) -> FloatArray:
    """Sum the values of battles by unordered pair: symmetric (K, K)."""
    total = np.bincount(cell, values, k * k).astype(np.float64).reshape(k, k)
    return np.asarray(total + total.T, dtype=np.float64)


def _triangles(edges: FloatArray) -> int:
    """Return the number of directed triangles of a 0/1 matrix (K, K)."""
    return round(float(np.trace(edges @ edges @ edges))) // EDGES
