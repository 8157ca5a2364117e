"""Exact sums over battles: what the fits and the intervals need, and nothing larger.

A half-win likelihood sees a battle only through its pair, its weight and the share of the win that went to
either side, so battles collapse to sums over (pair) for a fit and over (cluster, pair) for clustered work.
"""

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import POINTS_FOR_A, Battles
from ratings.data.pairs import Pairs
from ratings.data.validation import FloatArray, read_only
from ratings.errors import TooFewClustersError

CodeArray = NDArray[np.int64]

CHUNK = 1 << 17
"""Fewest rows counted at once: their keys stay in the cache, and no array is ever as long as the battles."""

GAPS = 8
"""Codes up to this many times the rows are renumbered by a table, sparser ones by sorting."""

TABLE = 1 << 26
"""Most bytes of a table of who met whom; beyond it, sorting."""

_COUNTED: WeakKeyDictionary[Battles, FloatArray] = WeakKeyDictionary()
"""Counts of battles still alive: battles never change, so their graph, their fit and its errors share one."""


def outcome_counts(battles: Battles) -> FloatArray:
    """Return the weight of battles by contestant on side a, on side b, and ``Outcome``: float (K, K, 4).

    All that a fit of any outcome model needs, and for unweighted battles all that an independent sandwich
    needs. Battles are counted once, however often they are asked for; the array is read-only.
    """
    found = _COUNTED.get(battles)
    if found is None:
        found = _COUNTED[battles] = read_only(_counted(battles))
    return found


def _counted(battles: Battles) -> FloatArray:
    k, n = battles.n_contestants, len(battles)
    n_cells = 4 * k * k
    rows = max(1, min(n, max(CHUNK, 2 * n_cells)))
    kind = np.int32 if n_cells <= np.iinfo(np.int32).max else np.int64
    key, outcome = np.empty(rows, kind), np.empty(rows, kind)
    total = np.zeros(n_cells, np.int64 if battles.is_unweighted else np.float64)
    for first in range(0, n, rows):
        part = slice(first, min(n, first + rows))
        here, last = key[: part.stop - first], outcome[: part.stop - first]
        # codes may be of any integer type, int8 included: everything is reckoned in the type of the key
        np.multiply(battles.a[part], k, out=here, dtype=kind, casting="unsafe")
        np.add(here, battles.b[part], out=here, dtype=kind, casting="unsafe")
        np.left_shift(here, 2, out=here)
        np.copyto(last, battles.outcome[part], casting="unsafe")
        np.bitwise_or(here, last, out=here)
        total += np.bincount(here, None if battles.is_unweighted else battles.weight[part], n_cells)
    return total.astype(np.float64).reshape(k, k, 4)


def met_matrix(battles: Battles) -> FloatArray:
    """Return the weight of battles of each two contestants, float (K, K), symmetric."""
    met = outcome_counts(battles) @ np.ones(4)
    return np.asarray(met + met.T, dtype=np.float64)


def win_matrix(battles: Battles) -> FloatArray:
    """Return W, float (K, K): the weight of wins of the row over the column, ties half each way."""
    counts = outcome_counts(battles)
    won, lost = counts @ POINTS_FOR_A, counts @ (1.0 - POINTS_FOR_A)
    return np.asarray(won + lost.T, dtype=np.float64)


def met_pairs(met: FloatArray) -> CodeArray:
    """Return the pairs i < j that are not zero in a symmetric matrix (K, K), coded i * K + j, ascending."""
    both = np.flatnonzero(met)
    i, j = np.divmod(both, len(met))
    return both[i < j]


def pair_counts(wins: FloatArray) -> tuple[Pairs, FloatArray, FloatArray]:
    """Return the pairs that met in a win matrix (K, K), and the weight of wins of either side, (P,) each."""
    k = len(wins)
    met = met_pairs(wins + wins.T)
    i, j = np.divmod(met, k)
    return Pairs(i, j, k), wins.take(met), wins.take(j * k + i)


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
    overlap : int
        In how many clusters each battle is counted: 2 where the clusters are the outputs it shows.
    """

    cluster: CodeArray
    i: CodeArray
    j: CodeArray
    won: FloatArray
    lost: FloatArray
    n_clusters: int
    overlap: int = 1


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
    code, n_clusters = dense_codes(cluster)
    cells, cell = np.unique((code * k + i) * k + j, return_inverse=True)
    return PairSums(
        cluster=cells // (k * k),
        i=cells // k % k,
        j=cells % k,
        won=_summed(cell, battles.weight * share, len(cells)),
        lost=_summed(cell, battles.weight * (1.0 - share), len(cells)),
        n_clusters=n_clusters,
    )


def dense_codes(codes: NDArray[Any]) -> tuple[CodeArray, int]:
    """Return codes of at least 0 renumbered without gaps, in their order, and how many there are."""
    if int(codes.max(initial=0)) > GAPS * len(codes):
        names, code = np.unique(codes, return_inverse=True)
        return code, len(names)
    number = np.cumsum(np.bincount(codes) > 0)
    return number[codes] - 1, int(number[-1]) if len(codes) else 0


def clusters_met(cluster: NDArray[Any], i: NDArray[Any], j: NDArray[Any], k: int) -> CodeArray:
    """Return the number of distinct clusters of each of k contestants, from rows of a cluster and a pair."""
    code, n_clusters = dense_codes(cluster)
    if n_clusters * k > TABLE:
        cells = np.unique(np.concatenate([code * k + i, code * k + j]))
        return np.bincount(cells % k, minlength=k)
    has_met = np.zeros(n_clusters * k, dtype=bool)
    has_met[code * k + i] = True
    has_met[code * k + j] = True
    return np.asarray(has_met.reshape(n_clusters, k).sum(axis=0), dtype=np.int64)


def _summed(cell: CodeArray, values: FloatArray, n_cells: int) -> FloatArray:
    return np.asarray(np.bincount(cell, weights=values, minlength=n_cells), dtype=np.float64)
