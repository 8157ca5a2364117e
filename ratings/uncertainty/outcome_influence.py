"""What leaving out each cluster does to all parameters of an outcome fit, added up.

``plain``: the cluster moves the parameters by ``G s``, s its score and G the inverse information.
``jackknife``: leaving it out moves them by ``(H - H_g)^-1 s``, one Newton step. For a cluster of few cells
that is ``G Z' (I - D Z G Z')^-1 r``, with Z the derivatives of its cells' coordinates by the parameters, D
their curvatures and r their slopes: a small system, solved for all clusters of one size at once. For a large
cluster the (p, p) system is smaller and is solved as it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ratings.data.validation import FloatArray
from ratings.fits.layout import inverse_information
from ratings.uncertainty.clusters import Correction
from ratings.uncertainty.outcome_scores import ClusterCells

AFFORDABLE = 5e9
"""Multiplications, summed over clusters, beyond which the jackknife gives way to the plain rule: with so many
clusters (20,000 voters and 100 contestants, for one) the two agree to a part in a thousand."""

BLOCK = 2_000_000
"""Most matrix entries solved at once: bounds the memory, not the result."""

SUSPECT = 1e-6
"""A determinant of I - H_g G below this: the cluster may hold all that is known of some parameter."""

NOTHING = 1e-9
"""Share of the information, or of a pair's weight, up to which what the other clusters hold is nothing."""


@dataclass(frozen=True, eq=False)
class OutcomeInfluence:
    """Sum over clusters of the outer products (p, p) of their effects, and which parameters these cover.

    ``is_estimable`` is False for a contestant whose comparison with the rest hangs on one single cluster.
    """

    outer: FloatArray
    is_estimable: NDArray[np.bool_]
    correction: Correction


def outcome_influence(cells: ClusterCells, correction: Correction) -> OutcomeInfluence:
    """Add up the effects of all clusters; beyond ``AFFORDABLE`` work the correction is ``plain``."""
    p, r = cells.layout.n_parameters, cells.gradient.shape[1]
    starts = np.flatnonzero(np.diff(cells.cluster, prepend=-1))
    sizes = np.diff(starts, append=len(cells.cluster))
    work = np.minimum(sizes * r, p).astype(np.float64) ** 3
    is_estimable = np.ones(p, dtype=bool)
    slope = cells.weight[:, None] * cells.gradient[cells.cell]
    if correction == "plain" or work.sum() > AFFORDABLE:
        return OutcomeInfluence(_spread(cells, slope), is_estimable, "plain")
    is_dense = sizes * r > p
    for rows in _equal_sized(starts[~is_dense], sizes[~is_dense]):
        solved, is_suspect = _small(cells, rows, slope[rows])
        slope[rows] = solved
        is_dense[cells.cluster[rows[is_suspect, 0]]] = True
    slope[np.repeat(is_dense, sizes)] = 0.0
    outer = _spread(cells, slope)
    for cluster in np.flatnonzero(is_dense):
        rows = np.arange(starts[cluster], starts[cluster] + sizes[cluster])
        effect, is_kept = _large(cells, rows)
        outer += cells.times[rows[0]] * np.outer(effect, effect)
        is_estimable &= is_kept
    return OutcomeInfluence(outer, is_estimable, "jackknife")


def _spread(cells: ClusterCells, slope: FloatArray) -> FloatArray:
    """Return G (sum over clusters of s s') G from slopes by coordinate (m, r)."""
    columns = cells.columns[cells.cell]
    lines = np.repeat(cells.cluster, columns.shape[1])
    values = slope @ cells.layout.slopes * np.sqrt(cells.times)[:, None]
    shape = (int(cells.cluster.max(initial=-1)) + 1, cells.layout.n_parameters)
    scores = coo_array((values.ravel(), (lines, columns.ravel())), shape=shape).tocsr()
    return np.asarray(cells.inverse @ (scores.T @ scores).toarray() @ cells.inverse, dtype=np.float64)


def _equal_sized(starts: NDArray[np.intp], sizes: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Yield row indices (clusters, n) of clusters of the same number n of cells, in bounded blocks."""
    for n in np.unique(sizes):
        of_size = starts[sizes == n]
        per_block = max(1, BLOCK // (4 * int(n)) ** 2)
        for first in range(0, len(of_size), per_block):
            yield of_size[first : first + per_block, None] + np.arange(n)


def _small(
    cells: ClusterCells, rows: NDArray[np.intp], slope: FloatArray
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Solve (I - D Z G Z') x = slope for clusters (B, n); say of which the system is near singular."""
    n_clusters, n = rows.shape
    which = cells.cell[rows]
    columns = cells.columns[which].reshape(n_clusters, -1)
    c, r = cells.columns.shape[1], slope.shape[2]
    joint = cells.inverse[columns[:, :, None], columns[:, None, :]].reshape(n_clusters, n, c, n, c)
    joint = np.einsum("rc,bicjd,sd->birjs", cells.layout.slopes, joint, cells.layout.slopes, optimize=True)
    curvature = cells.weight[rows][:, :, None, None] * cells.curvature[which]
    pulled = np.einsum("birq,biqjs->birjs", curvature, joint, optimize=True)
    system = np.eye(n * r) - pulled.reshape(n_clusters, n * r, n * r)
    is_suspect = np.abs(np.linalg.det(system)) < SUSPECT
    system[is_suspect] = np.eye(n * r)
    solved = np.linalg.solve(system, slope.reshape(n_clusters, n * r, 1))
    return np.asarray(solved.reshape(slope.shape), dtype=np.float64), is_suspect


def _large(cells: ClusterCells, rows: NDArray[np.intp]) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return (H - H_g)^-1 s of one cluster, and which parameters the other clusters determine.

    The others are left where they are: their effect is 0.
    """
    layout, which, weight = cells.layout, cells.cell[rows], cells.weight[rows]
    columns = cells.columns[which]
    score = layout.gather(columns, weight[:, None] * cells.gradient[which])
    own = layout.gather_squares(columns, weight[:, None, None] * cells.curvature[which])
    remaining = cells.information - own
    kept = np.ones(layout.n_parameters, dtype=bool)
    if not _is_regular(cells, remaining, kept):
        kept[: layout.n_contestants] = _main_part(cells, rows)
    if not _is_regular(cells, remaining, kept):
        kept[layout.n_contestants :] = False
    effect = np.zeros(layout.n_parameters)
    inside = np.ix_(kept, kept)
    inverse = inverse_information(remaining[inside], layout.gauge[kept], has_level=cells.has_level)
    effect[kept] = inverse @ score[kept]
    return effect, kept


def _is_regular(cells: ClusterCells, remaining: FloatArray, kept: NDArray[np.bool_]) -> bool:
    """Whether the remaining information is positive definite, beside the null direction."""
    inside = np.ix_(kept, kept)
    gauge = cells.layout.gauge[kept]
    whole = cells.information[inside]
    size = np.sqrt(np.maximum(np.diag(whole), np.finfo(float).tiny))
    scaled = remaining[inside] / np.outer(size, size)
    if not cells.has_level:
        free = gauge * size / np.linalg.norm(gauge * size)
        scaled = scaled + np.outer(free, free)
    return bool(np.linalg.eigvalsh(scaled)[0] > NOTHING)


def _main_part(cells: ClusterCells, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return the contestants (K,) that stay comparable without the cluster: the largest remaining group."""
    k = cells.layout.n_contestants
    pair = cells.columns[cells.cell][:, 0] * k + cells.columns[cells.cell][:, 1]
    weight = np.bincount(pair, cells.weight * cells.times, k * k)
    left = weight - np.bincount(pair[rows], cells.weight[rows], k * k)
    met = (left > NOTHING * weight).reshape(k, k)
    if cells.has_level:
        return np.asarray(met.any(axis=0) | met.any(axis=1), dtype=np.bool_)
    _, labels = connected_components(met, directed=False)
    return np.asarray(labels == np.argmax(np.bincount(labels)), dtype=np.bool_)
