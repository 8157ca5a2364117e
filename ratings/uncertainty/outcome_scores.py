"""What each cluster of votes says of each parameter of an outcome fit.

A cluster's votes collapse to its distinct cells (pair, sides where they count, outcome); the derivatives of
the log-probability are computed once for each distinct cell of all the battles.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from ratings.data.battles import Battles
from ratings.data.cells import N_OUTCOMES, cell_keys, outcome_cells
from ratings.data.counts import CodeArray
from ratings.data.validation import FloatArray
from ratings.fits.layout import Layout, inverse_information
from ratings.fits.outcome_fit import OutcomeFit


@dataclass(frozen=True, eq=False, kw_only=True)
class ClusterCells:
    """Rows of one cluster and one cell each, sorted by cluster; d distinct cells.

    Attributes
    ----------
    layout : Layout
        Where the parameters lie.
    information, inverse : float array (p, p)
        Of the fit; without an absolute level the inverse is that on mean-zero strengths.
    has_level : bool
        Whether the information is invertible as it is.
    columns : int array (d, c)
        Parameters that each distinct cell depends on: two contestants, then tau and alpha.
    gradient, curvature : float arrays (d, r), (d, r, r)
        Of the log-probability of each distinct cell, by its coordinates; curvature is minus the Hessian.
    expected : float array (d, r, r)
        Fisher information of a battle of that pair.
    cluster, cell : int array (m,)
        The cluster and the distinct cell of each row.
    weight, times : float array (m,)
        Weight in the cluster; number of equal clusters that the row stands for (1 unless votes are clusters).
    n_clusters : int
        Number of clusters.
    """

    layout: Layout
    information: FloatArray
    inverse: FloatArray
    has_level: bool
    columns: NDArray[np.int64]
    gradient: FloatArray
    curvature: FloatArray
    expected: FloatArray
    cluster: CodeArray
    cell: CodeArray
    weight: FloatArray
    times: FloatArray
    n_clusters: int

    def held(self, contrasts: FloatArray) -> FloatArray:
        """Return what each cluster holds of the information on contrasts (m, p): (clusters, m).

        With u = G c: the sum over its battles of weight * u' I u, I the Fisher information of a battle.
        """
        pull = self.inverse @ contrasts.T
        local = np.einsum("rc,dcm->drm", self.layout.slopes, pull[self.columns])
        squares = np.einsum("drm,drs,dsm->dm", local, self.expected, local, optimize=True)
        shape = (self.n_clusters, len(self.columns))
        weight = coo_array((self.weight, (self.cluster, self.cell)), shape=shape).tocsr()
        return np.asarray(weight @ squares, dtype=np.float64)

    def met(self) -> FloatArray:
        """Return the number of clusters (K,) that met each contestant."""
        k = self.layout.n_contestants
        rows = np.tile(self.cluster, 2)
        who = self.columns[self.cell][:, :2].T.ravel()
        cells, first = np.unique(rows * k + who, return_index=True)
        return np.asarray(np.bincount(cells % k, np.tile(self.times, 2)[first], k), dtype=np.float64)


def clustered(fit: OutcomeFit, battles: Battles, codes: CodeArray) -> ClusterCells:
    """Collapse battles to their clusters' cells; ``codes`` is any code of a cluster per battle."""
    keys = _keys(fit, battles)
    distinct, cell = np.unique(keys, return_inverse=True)
    names, cluster = np.unique(codes, return_inverse=True)
    rows, row = np.unique(cluster * len(distinct) + cell, return_inverse=True)
    weight = np.asarray(np.bincount(row, battles.weight, len(rows)), dtype=np.float64)
    return _cells(fit, distinct, rows // len(distinct), rows % len(distinct), weight, None, len(names))


def votes_alone(fit: OutcomeFit, battles: Battles) -> ClusterCells:
    """Collapse battles with every vote as its own cluster: votes of one cell and weight are alike."""
    if battles.is_unweighted:
        found = outcome_cells(battles, oriented=fit.side, pooled=not fit.layout.model.has_level)
        distinct = (found.a * found.n_contestants + found.b) * N_OUTCOMES + found.outcome
        cell, weight, times = np.arange(len(distinct)), np.ones(len(distinct)), found.weight
    else:
        distinct, code = np.unique(_keys(fit, battles), return_inverse=True)
        values, value = np.unique(battles.weight, return_inverse=True)
        rows, counts = np.unique(code * len(values) + value, return_counts=True)
        cell, weight, times = rows // len(values), values[rows % len(values)], counts.astype(np.float64)
    return _cells(fit, distinct, np.arange(len(cell)), cell, weight, times, len(battles))


def _keys(fit: OutcomeFit, battles: Battles) -> NDArray[np.int64]:
    return cell_keys(battles, oriented=fit.side, pooled=not fit.layout.model.has_level)


def _cells(
    fit: OutcomeFit,
    distinct: NDArray[np.int64],
    cluster: CodeArray,
    cell: CodeArray,
    weight: FloatArray,
    times: FloatArray | None,
    n_clusters: int,
) -> ClusterCells:
    layout = fit.layout
    pair, outcome = distinct // N_OUTCOMES, distinct % N_OUTCOMES
    a, b = pair // layout.n_contestants, pair % layout.n_contestants
    levels = layout.levels(fit.parameters, a, b)
    _, gradient, hessian = layout.derivatives(levels, outcome)
    return ClusterCells(
        layout=layout,
        information=fit.information,
        inverse=inverse_information(fit.information, layout.gauge, has_level=fit.has_level),
        has_level=fit.has_level,
        columns=layout.columns(a, b),
        gradient=gradient,
        curvature=-hessian,
        expected=layout.expected_information(levels),
        cluster=cluster,
        cell=cell,
        weight=weight,
        times=np.ones(len(cell)) if times is None else times,
        n_clusters=n_clusters,
    )
