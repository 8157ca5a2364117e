"""Exact sums over battles: what the fits and the intervals need, and nothing larger.

A half-win likelihood sees a battle only through its pair, its weight and the share of the win that went to
either side, so battles collapse to sums over (pair) for a fit and over (cluster, pair) for clustered work.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from ratings.data.battles import POINTS_FOR_A, Battles
from ratings.data.pairs import Pairs
from ratings.data.validation import FloatArray
from ratings.errors import TooFewClustersError

CodeArray = NDArray[np.int64]


def win_matrix(battles: Battles) -> FloatArray:
    """Return W, float (K, K): the weight of wins of the row over the column, ties half each way."""
    k = battles.n_contestants
    points = POINTS_FOR_A[battles.outcome] * battles.weight
    a, b = battles.a.astype(np.int64), battles.b
    won = np.bincount(a * k + b, weights=points, minlength=k * k)
    lost = np.bincount(a * k + b, weights=battles.weight - points, minlength=k * k)
    return np.asarray(won.reshape(k, k) + lost.reshape(k, k).T, dtype=np.float64)


def fit_counts(battles: Battles) -> tuple[Pairs, FloatArray, FloatArray]:
    """Return the pairs that met and the weight of wins of either side, arrays (P,): all that a fit needs."""
    wins = win_matrix(battles)
    i, j = np.nonzero(np.triu(wins + wins.T))
    return Pairs(i, j, battles.n_contestants), wins[i, j], wins[j, i]


@dataclass(frozen=True, eq=False)
class PairSums:
    """Sums over battles that share a cluster and an unordered pair; rows are sorted by cluster, then pair.

    Attributes
    ----------
    cluster : int array (m,)
        0 .. n_clusters - 1.
    i, j : int array (m,)
        The pair, i < j.
    won, lost : float array (m,)
        Weight of wins of i over j, and of j over i; ties half each.
    n_clusters : int
        Number of distinct clusters.
    """

    cluster: CodeArray
    i: CodeArray
    j: CodeArray
    won: FloatArray
    lost: FloatArray
    n_clusters: int


def cluster_codes(battles: Battles, name: str) -> CodeArray:
    """Return the ``voter`` or ``prompt`` of each battle, to cluster by.

    Raises
    ------
    TooFewClustersError
        When the battles have no such column.
    """
    codes: CodeArray | None = getattr(battles, name)
    if codes is None:
        raise TooFewClustersError(f"there is no {name} column to cluster by")
    return codes.astype(np.int64)


def pair_sums(battles: Battles, cluster: CodeArray) -> PairSums:
    """Collapse battles to their distinct (cluster, unordered pair); ``cluster`` is any code per battle."""
    k = battles.n_contestants
    i, j = np.minimum(battles.a, battles.b), np.maximum(battles.a, battles.b)
    share = np.where(battles.a == i, POINTS_FOR_A[battles.outcome], 1.0 - POINTS_FOR_A[battles.outcome])
    names, code = np.unique(cluster, return_inverse=True)
    cells, cell = np.unique((code * k + i) * k + j, return_inverse=True)
    return PairSums(
        cluster=cells // (k * k),
        i=cells // k % k,
        j=cells % k,
        won=_summed(cell, battles.weight * share, len(cells)),
        lost=_summed(cell, battles.weight * (1.0 - share), len(cells)),
        n_clusters=len(names),
    )


def clusters_met(cluster: NDArray[Any], i: NDArray[Any], j: NDArray[Any], k: int) -> CodeArray:
    """Return the number of distinct clusters of each of k contestants, from rows of a cluster and a pair."""
    rows, columns = np.concatenate([cluster, cluster]), np.concatenate([i, j])
    shape = (int(cluster.max(initial=-1)) + 1, k)
    met = coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()
    return np.bincount(met.indices, minlength=k)


def _summed(cell: CodeArray, values: FloatArray, n_cells: int) -> FloatArray:
    return np.asarray(np.bincount(cell, weights=values, minlength=n_cells), dtype=np.float64)
