"""What each cluster of votes (a voter, a prompt) does to the strengths: the core of the intervals.

``s_g`` is a cluster's score, ``H_g`` its information, H their sum over clusters, G the inverse of H on
mean-zero vectors.

* ``plain``: the cluster moves the strengths by ``G s_g`` (Liang and Zeger 1986, Biometrika 73, 13-22).
* ``jackknife``: leaving the cluster out moves them by ``(H - H_g)^-1 s_g``, one Newton step (the linearised
  cluster jackknife of MacKinnon, Nielsen and Webb 2025, "Cluster-robust jackknife and bootstrap inference for
  logistic regression models"). It undoes the pull of a cluster on its own fit, which the plain rule ignores.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dposv
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.special import expit

from ratings.data.counts import CodeArray, PairSums, dense_codes
from ratings.data.validation import FloatArray
from ratings.errors import InvalidOptionError
from ratings.fits.bradley_terry import BradleyTerryResult
from ratings.fits.newton import mean_zero_inverse

Correction = Literal["jackknife", "plain"]


def check_correction(correction: str) -> None:
    """Refuse a correction that does not exist."""
    if correction not in get_args(Correction):
        raise InvalidOptionError(f"correction {correction!r} is not one of {', '.join(get_args(Correction))}")


SMALL = 32
"""Clusters of fewer pairs, or of fewer than K, are solved many at once; larger ones singly, in K x K."""

NOTHING = 1e-9
"""Share of a pair's weight up to which the other clusters' votes are as good as none."""

THIN = 8
"""Scores of clusters with fewer than one pair for every so many contestants are kept as a sparse matrix."""

BLOCK = 2_000_000
"""Most matrix entries solved at once: bounds the memory, not the result."""


@dataclass(frozen=True, eq=False)
class Influence:
    """Sum over clusters of the outer products of their effects on the strengths.

    Attributes
    ----------
    outer : float array (K, K)
        Log-odds squared, without any factor for the number of clusters.
    is_estimable : bool array (K,)
        False for a contestant whose comparison with the rest hangs on one single cluster: leaving that
        cluster out leaves nothing to compare, so no interval exists for it.
    """

    outer: FloatArray
    is_estimable: NDArray[np.bool_]


def cluster_influence(fit: BradleyTerryResult, sums: PairSums, correction: Correction) -> Influence:
    """Add up the effects of all clusters of ``sums`` on the strengths of ``fit``."""
    gap = fit.strengths[sums.i] - fit.strengths[sums.j]
    p, q = expit(gap), expit(-gap)
    residual, curvature = sums.won * q - sums.lost * p, (sums.won + sums.lost) * p * q
    g = mean_zero_inverse(fit.information)
    k = len(g)
    if correction == "plain":
        return Influence(g @ _meat(sums, residual, k) @ g, np.ones(k, dtype=bool))
    rest = components_without(*_owned(sums, k), k)
    starts = np.flatnonzero(np.diff(sums.cluster, prepend=-1))
    sizes = np.diff(starts, append=len(sums.cluster))
    is_dense = sizes >= max(k, SMALL)
    is_dense[list(rest)] = True
    adjusted = np.where(np.repeat(is_dense, sizes), 0.0, residual)
    for rows in _equal_sized(starts[~is_dense], sizes[~is_dense]):
        adjusted[rows] = _adjusted(g, sums.i[rows], sums.j[rows], residual[rows], curvature[rows])
    outer = g @ _meat(sums, adjusted, k) @ g
    effect = np.zeros((int(is_dense.sum()), k))
    for place, cluster in enumerate(np.flatnonzero(is_dense)):
        own = slice(starts[cluster], starts[cluster] + sizes[cluster])
        labels = rest.get(int(cluster))
        effect[place] = _dense_effect(fit.information, labels, sums, own, residual, curvature)
    outer += effect.T @ effect
    return Influence(outer, estimable(rest.values(), k))


def _owned(sums: PairSums, k: int) -> tuple[CodeArray, CodeArray, CodeArray]:
    """Return the pairs that met, the places of those that one cluster holds alone, and that cluster."""
    pair = sums.i * k + sums.j
    place, n_pairs = dense_codes(pair)
    pairs = np.zeros(n_pairs, dtype=np.int64)
    pairs[place] = pair
    weight = sums.won + sums.lost
    whole = np.bincount(place, weight) / sums.overlap
    is_owner = weight > (1.0 - NOTHING) * whole[place]
    return pairs, place[is_owner], sums.cluster[is_owner]


def _meat(sums: PairSums, effect: FloatArray, k: int) -> FloatArray:
    """Return the sum over clusters of the outer products of their scores, (K, K).

    Most clusters may hold one pair, whose product has four entries; the others are multiplied as a matrix.
    """
    size = np.bincount(sums.cluster, minlength=sums.n_clusters)
    is_alone = size[sums.cluster] == 1
    pair = (sums.i * k + sums.j)[is_alone]
    square = np.bincount(pair, effect[is_alone] ** 2, k * k).reshape(k, k).astype(np.float64)
    square += square.T
    meat = np.asarray(np.diag(square.sum(axis=1)) - square, dtype=np.float64)
    rows = np.flatnonzero(~is_alone)
    number = np.cumsum(size > 1) - 1
    per_block = max(1, BLOCK // k)
    ends = np.searchsorted(number[sums.cluster[rows]], np.arange(0, number[-1] + 1 + per_block, per_block))
    for first, last in pairwise(ends):
        block = rows[first:last]
        meat += _products(number[sums.cluster[block]], sums.i[block], sums.j[block], effect[block], k)
    return meat


def _products(cluster: CodeArray, i: CodeArray, j: CodeArray, effect: FloatArray, k: int) -> FloatArray:
    """Return the sum of the outer products of the scores of consecutive clusters, (K, K)."""
    own = cluster - cluster[0]
    n = int(own[-1]) + 1
    if len(own) * THIN < n * k:
        rows, columns = np.concatenate([own, own]), np.concatenate([i, j])
        thin = coo_array((np.concatenate([effect, -effect]), (rows, columns)), shape=(n, k)).tocsr()
        return np.asarray((thin.T @ thin).toarray(), dtype=np.float64)
    own = own * k
    score = (np.bincount(own + i, effect, n * k) - np.bincount(own + j, effect, n * k)).reshape(n, k)
    return np.asarray(score.T @ score, dtype=np.float64)


def _equal_sized(starts: CodeArray, sizes: CodeArray) -> Iterator[CodeArray]:
    """Yield row indices (clusters, m) of clusters with the same number m of pairs, in bounded blocks."""
    for m in np.unique(sizes):
        of_size = starts[sizes == m]
        per_block = max(1, BLOCK // int(m) ** 2)
        for first in range(0, len(of_size), per_block):
            yield of_size[first : first + per_block, None] + np.arange(m)


def _adjusted(
    g: FloatArray, i: CodeArray, j: CodeArray, residual: FloatArray, curvature: FloatArray
) -> FloatArray:
    """Solve (I - D X' G X) x = residual for clusters (n, m) at once; X x is then (I - H_g G)^-1 s_g."""
    flat, k = g.ravel(), len(g)
    at_i, at_j = i[:, :, None] * k, j[:, :, None] * k
    leverage = flat.take(at_i + i[:, None, :])
    leverage -= flat.take(at_i + j[:, None, :])
    leverage -= flat.take(at_j + i[:, None, :])
    leverage += flat.take(at_j + j[:, None, :])
    if i.shape[1] == 1:
        return np.asarray(residual / (1.0 - curvature * leverage[:, :, 0]), dtype=np.float64)
    system = np.eye(i.shape[1]) - curvature[:, :, None] * leverage
    return np.asarray(np.linalg.solve(system, residual[:, :, None])[:, :, 0], dtype=np.float64)


def _dense_effect(
    h: FloatArray,
    labels: NDArray[np.int32] | None,
    sums: PairSums,
    rows: slice,
    residual: FloatArray,
    curvature: FloatArray,
) -> FloatArray:
    """Return (H - H_g)^-1 s_g; where that leaves components, by their labels, each centred on its own."""
    i, j, d = sums.i[rows], sums.j[rows], curvature[rows]
    k = len(h)
    score = np.bincount(i, residual[rows], k) - np.bincount(j, residual[rows], k)
    remaining = h.copy()
    remaining[i, j] += d
    remaining[j, i] += d
    remaining.flat[:: k + 1] -= np.bincount(i, d, k) + np.bincount(j, d, k)
    gauge = np.trace(h) / k**2
    if labels is not None:
        is_together = labels[:, None] == labels
        remaining[~is_together] = 0.0
        gauge *= is_together
    _, solution, not_positive = dposv(remaining + gauge, score)
    if not_positive:  # by rounding alone: one cluster holds nearly all
        return np.asarray(np.linalg.solve(remaining + gauge, score), dtype=np.float64)
    return np.asarray(solution, dtype=np.float64)


def components_without(
    pairs: CodeArray, owned: CodeArray, owner: CodeArray, k: int
) -> dict[int, NDArray[np.int32]]:
    """Map each cluster whose removal cuts the comparison graph to the components that remain.

    A cluster can only cut if it alone holds an edge of a spanning tree, so at most K - 1 clusters are tried.

    Parameters
    ----------
    pairs : int array (P,)
        The pairs that met, coded i * K + j.
    owned, owner : int array (m,)
        Places in ``pairs`` of those that one cluster holds alone, and the cluster of each.
    """
    if not len(owned):
        return {}
    n_owners = np.bincount(owned, minlength=len(pairs))
    if _components(pairs[n_owners == 0], k)[0] == 1:
        return {}
    i, j = np.divmod(pairs, k)
    cost = 1.0 + n_owners  # a tree of shared edges, where there is one
    tree = minimum_spanning_tree(coo_array((cost, (i, j)), shape=(k, k)).tocsr()).tocoo()
    in_tree = np.isin(pairs, tree.coords[0] * k + tree.coords[1])
    cuts = {}
    for cluster in np.unique(owner[in_tree[owned]]):
        n_parts, labels = _components(np.delete(pairs, owned[owner == cluster]), k)
        if n_parts > 1:
            cuts[int(cluster)] = labels
    return cuts


def _components(pairs: CodeArray, k: int) -> tuple[int, NDArray[np.int32]]:
    graph = coo_array((np.ones(len(pairs)), np.divmod(pairs, k)), shape=(k, k)).tocsr()
    n_parts, labels = connected_components(graph, directed=False)
    return n_parts, np.asarray(labels, dtype=np.int32)


def estimable(cuts: Iterable[NDArray[np.int32]], k: int) -> NDArray[np.bool_]:
    """Return who stays in the largest remaining component whichever single cluster is left out."""
    is_estimable = np.ones(k, dtype=bool)
    for labels in cuts:
        sizes = np.bincount(labels)
        is_estimable &= (labels == int(np.argmax(sizes))) & (sizes.max() > 1)
    return is_estimable
