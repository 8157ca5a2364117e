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
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.special import expit

from ratings.data.counts import CodeArray, PairSums
from ratings.data.validation import FloatArray
from ratings.fits.bradley_terry import BradleyTerryResult
from ratings.fits.newton import mean_zero_inverse

Correction = Literal["jackknife", "plain"]

SMALL = 32
"""Clusters of fewer pairs, or of fewer than K, are solved many at once; larger ones singly, in K x K."""

NOTHING = 1e-9
"""Share of a pair's weight up to which the other clusters' votes are as good as none."""

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
        scores = _scores(sums, residual, k)
        return Influence(g @ (scores.T @ scores) @ g, np.ones(k, dtype=bool))
    rest = _components_without(sums, k)
    starts = np.flatnonzero(np.diff(sums.cluster, prepend=-1))
    sizes = np.diff(starts, append=len(sums.cluster))
    is_dense = sizes >= max(k, SMALL)
    is_dense[list(rest)] = True
    adjusted = np.where(np.repeat(is_dense, sizes), 0.0, residual)
    for rows in _equal_sized(starts[~is_dense], sizes[~is_dense]):
        adjusted[rows] = _adjusted(g, sums.i[rows], sums.j[rows], residual[rows], curvature[rows])
    scores = _scores(sums, adjusted, k)
    outer = g @ (scores.T @ scores) @ g
    for cluster in np.flatnonzero(is_dense):
        rows = np.arange(starts[cluster], starts[cluster] + sizes[cluster])
        labels = rest.get(int(cluster), np.zeros(k, dtype=np.int32))
        effect = _dense_effect(fit.information, labels, sums, rows, residual, curvature)
        outer += np.outer(effect, effect)
    return Influence(outer, _estimable(rest.values(), k))


def _scores(sums: PairSums, residual: FloatArray, k: int) -> csr_array:
    """Return the clusters' scores as a sparse matrix (clusters, K)."""
    rows = np.concatenate([sums.cluster, sums.cluster])
    columns = np.concatenate([sums.i, sums.j])
    values = np.concatenate([residual, -residual])
    return coo_array((values, (rows, columns)), shape=(sums.n_clusters, k)).tocsr()


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
    leverage = (
        g[i[:, :, None], i[:, None, :]]
        - g[i[:, :, None], j[:, None, :]]
        - g[j[:, :, None], i[:, None, :]]
        + g[j[:, :, None], j[:, None, :]]
    )
    if i.shape[1] == 1:
        return np.asarray(residual / (1.0 - curvature * leverage[:, :, 0]), dtype=np.float64)
    system = np.eye(i.shape[1]) - curvature[:, :, None] * leverage
    return np.asarray(np.linalg.solve(system, residual[:, :, None])[:, :, 0], dtype=np.float64)


def _dense_effect(
    h: FloatArray,
    labels: NDArray[np.int32],
    sums: PairSums,
    rows: CodeArray,
    residual: FloatArray,
    curvature: FloatArray,
) -> FloatArray:
    """Return (H - H_g)^-1 s_g, each component of what remains centred on its own."""
    i, j, d = sums.i[rows], sums.j[rows], curvature[rows]
    k = len(h)
    score = np.bincount(i, residual[rows], k) - np.bincount(j, residual[rows], k)
    own = np.zeros((k, k))
    np.add.at(own, (i, j), d)
    own += own.T
    gauge = np.trace(h) / k**2 * (labels[:, None] == labels[None, :])
    remaining = h - (np.diag(own.sum(axis=1)) - own)
    remaining[labels[:, None] != labels[None, :]] = 0.0
    return np.asarray(np.linalg.solve(remaining + gauge, score), dtype=np.float64)


def _components_without(sums: PairSums, k: int) -> dict[int, NDArray[np.int32]]:
    """Map each cluster whose removal cuts the comparison graph to the components that remain.

    A cluster can only cut if it alone holds an edge of a spanning tree, so at most K - 1 clusters are tried.
    """
    names, pair = np.unique(sums.i * k + sums.j, return_inverse=True)
    weight = sums.won + sums.lost
    is_owner = weight > (1.0 - NOTHING) * np.bincount(pair, weight)[pair]
    if not is_owner.any():
        return {}
    i, j = names // k, names % k
    cost = 1.0 + np.bincount(pair, is_owner)  # a tree of shared edges, where there is one
    tree = minimum_spanning_tree(coo_array((cost, (i, j)), shape=(k, k)).tocsr()).tocoo()
    in_tree = np.isin(names, tree.coords[0] * k + tree.coords[1])
    cuts = {}
    for cluster in np.unique(sums.cluster[is_owner & in_tree[pair]]):
        kept = np.delete(np.arange(len(names)), pair[is_owner & (sums.cluster == cluster)])
        remaining = coo_array((np.ones(len(kept)), (i[kept], j[kept])), shape=(k, k)).tocsr()
        n_parts, labels = connected_components(remaining, directed=False)
        if n_parts > 1:
            cuts[int(cluster)] = np.asarray(labels, dtype=np.int32)
    return cuts


def _estimable(cuts: Iterable[NDArray[np.int32]], k: int) -> NDArray[np.bool_]:
    """Return who stays in the largest remaining component whichever single cluster is left out."""
    is_estimable = np.ones(k, dtype=bool)
    for labels in cuts:
        sizes = np.bincount(labels)
        is_estimable &= (labels == int(np.argmax(sizes))) & (sizes.max() > 1)
    return is_estimable
