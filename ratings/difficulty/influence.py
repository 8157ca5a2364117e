"""Covariance of fitted curves, clustered by voter, by prompt, or both ways.

With V the inverse of the penalised information, ``s_g`` the score and ``H_g`` the information of cluster g,
and P the penalty, the covariance of the coefficients is

    sum over g of d_g d_g'  +  V P V

``d_g = (1/V - H_g)^-1 s_g``, the linearised jackknife, times (C - 1) / C, for clusters with at least
``OWN_SHARE`` of the votes; ``V s_g``, times C / (C - 1), for the smaller ones, which hardly pull on their own
fit. The second term is what the smoothing may have hidden: were votes independent, the sum would be V, the
posterior covariance, whose bands cover on average over the difficulties (Nychka 1988, "Bayesian confidence
intervals for smoothing splines", Journal of the American Statistical Association 83, 1134-1143).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve
from scipy.sparse import coo_array, csr_array

from ratings.data.battles import Battles
from ratings.data.counts import cluster_codes
from ratings.data.validation import FloatArray
from ratings.difficulty.cells import Cells
from ratings.difficulty.curves import CurveFit
from ratings.difficulty.likelihood import assemble_information
from ratings.difficulty.penalties import gauge_matrix, inverse_information, scaled_cholesky
from ratings.difficulty.problem import CurveProblem
from ratings.errors import InvalidOptionError, TooFewClustersError
from ratings.fits.outcome_models import TAU, U, V

CurveCluster = Literal["voter", "prompt", "two_way"]

OWN_SHARE = 0.005
"""Share of the votes from which a cluster is left out exactly; at most 200 clusters have it."""
FEWEST = 2
DENSE_FROM = 0.05
"""Share of non-zero scores from which dense products are the faster ones."""
BLOCK = 4_000_000
"""Most numbers held at once; bounds the memory, not the result."""


@dataclass(frozen=True, eq=False)
class ClusterSums:
    """Weights and scores summed over battles that share a cluster and a cell.

    Attributes
    ----------
    cluster, cell : int array (m,)
        Sorted by cluster.
    weight : float array (m,)
    score : float array (m, 3)
        Gradient of the log-likelihood by u, v and tau.
    n_clusters : int
    """

    cluster: NDArray[np.int64]
    cell: NDArray[np.int64]
    weight: FloatArray
    score: FloatArray
    n_clusters: int


@dataclass(frozen=True, eq=False)
class OneWay:
    """Covariance of the parameters, by one kind of cluster.

    Attributes
    ----------
    matrix : float array (p, p)
        Log-odds squared.
    holdings : sparse float array (C, P)
        Weight of each cluster on each cell: what the degrees of freedom are counted from.
    """

    matrix: FloatArray
    holdings: csr_array

    @property
    def n_clusters(self) -> int:
        """The number C of clusters."""
        return int(self.holdings.shape[0])


@dataclass(frozen=True, eq=False)
class CurveCovariance:
    """Covariance of the parameters of a fit.

    Attributes
    ----------
    cluster : {"voter", "prompt", "two_way"}
    matrix : float array (p, p)
        Log-odds squared.
    one_way : tuple of OneWay
        The one, or for ``two_way`` by voter and by prompt.
    """

    cluster: CurveCluster
    matrix: FloatArray
    one_way: tuple[OneWay, ...]


def curve_covariance(
    problem: CurveProblem, fit: CurveFit, battles: Battles, cluster: CurveCluster
) -> CurveCovariance:
    """Estimate the covariance of the parameters; ``battles`` are those of the problem's cells.

    Two-way is voter + prompt - (voter and prompt), as in ``ratings.uncertainty.intervals``.

    Raises
    ------
    TooFewClustersError
        When the column is missing, holds fewer than two clusters, or a contestant's curve hangs on one.
    """
    if cluster not in ("voter", "prompt", "two_way"):
        raise InvalidOptionError(f"cluster {cluster!r} is not one of voter, prompt, two_way")
    if cluster != "two_way":
        single = _one_way(problem, fit, battles.weight, cluster_codes(battles, cluster), cluster)
        return CurveCovariance(cluster, single.matrix, (single,))
    voter, prompt = cluster_codes(battles, "voter"), cluster_codes(battles, "prompt")
    both = voter * (int(prompt.max(initial=0)) + 1) + prompt
    by_voter = _one_way(problem, fit, battles.weight, voter, "voter")
    by_prompt = _one_way(problem, fit, battles.weight, prompt, "prompt")
    by_both = _one_way(problem, fit, battles.weight, both, "voter on a prompt")
    matrix = by_voter.matrix + by_prompt.matrix - by_both.matrix
    return CurveCovariance(cluster, matrix, (by_voter, by_prompt))


def _one_way(
    problem: CurveProblem, fit: CurveFit, weight: FloatArray, codes: NDArray[np.int64], name: str
) -> OneWay:
    sums = _cluster_sums(problem.cells, fit, weight, codes)
    c = sums.n_clusters
    if c < FEWEST:
        raise TooFewClustersError(f"{c} {name} to cluster by; the bands need at least {FEWEST}")
    inverse = inverse_information(problem, fit.information + fit.penalty)
    share = np.bincount(sums.cluster, sums.weight, c) / sums.weight.sum()
    is_large = share >= OWN_SHARE
    scores = _scores(problem, sums)
    outer = inverse @ _outer(scores[~is_large]) @ inverse * (c / (c - 1))
    effects = _left_out(problem, fit, sums, scores, np.flatnonzero(is_large), name)
    shape = (c, len(problem.cells.i))
    return OneWay(
        matrix=outer + effects.T @ effects * ((c - 1) / c) + inverse @ fit.penalty @ inverse,
        holdings=coo_array((sums.weight, (sums.cluster, sums.cell)), shape=shape).tocsr(),
    )


def _cluster_sums(cells: Cells, fit: CurveFit, weight: FloatArray, codes: NDArray[np.int64]) -> ClusterSums:
    """Collapse battles to (cluster, cell); the codes of the clusters may be any integers."""
    names, code = np.unique(codes, return_inverse=True)
    p = len(cells.i)
    key, place = np.unique(code * p + cells.row_cell, return_inverse=True)
    score = [
        _summed(place, weight * fit.derivatives.gradient[cells.row_cell, cells.row_outcome, axis])
        for axis in (U, V, TAU)
    ]
    return ClusterSums(
        cluster=key // p,
        cell=key % p,
        weight=_summed(place, weight),
        score=np.stack(score, axis=1),
        n_clusters=len(names),
    )


def _summed(place: NDArray[np.int64], values: FloatArray) -> FloatArray:
    return np.asarray(np.bincount(place, values), dtype=np.float64)


def _scores(problem: CurveProblem, sums: ClusterSums) -> csr_array:
    """Return the clusters' scores by the parameters, sparse (C, p)."""
    size, n = problem.basis.size, problem.n_coefficients
    values = problem.values[sums.cell]
    sides = ((problem.cells.i, U), (problem.cells.j, V))
    columns = [side[sums.cell][:, None] * size + np.arange(size) for side, _ in sides]
    entries = [sums.score[:, axis][:, None] * values for _, axis in sides]
    if problem.n_parameters > n:
        columns.append(np.full((len(sums.cell), 1), n))
        entries.append(sums.score[:, [TAU]])
    column, entry = np.concatenate(columns, axis=1), np.concatenate(entries, axis=1)
    row = np.repeat(sums.cluster, column.shape[1])
    kept = entry.ravel() != 0
    parts = (entry.ravel()[kept], (row[kept], column.ravel()[kept]))
    return coo_array(parts, shape=(sums.n_clusters, problem.n_parameters)).tocsr()


def _outer(scores: csr_array) -> FloatArray:
    """Return S' S, dense (p, p)."""
    c, p = scores.shape
    if scores.nnz < DENSE_FROM * c * p:
        return np.asarray((scores.T @ scores).toarray(), dtype=np.float64)
    total = np.zeros((p, p))
    per_block = max(1, BLOCK // p)
    for first in range(0, c, per_block):
        part = scores[first : first + per_block].toarray()
        total += part.T @ part
    return total


def _left_out(
    problem: CurveProblem,
    fit: CurveFit,
    sums: ClusterSums,
    scores: csr_array,
    clusters: NDArray[np.int64],
    name: str,
) -> FloatArray:
    """Return the effects (n, p) of leaving clusters (n,) out, each by one Newton step."""
    per_vote = fit.derivatives.curvature / problem.cells.weight.sum(axis=1)[:, None, None]
    penalised = fit.information + fit.penalty
    gauge = np.trace(penalised) / len(penalised) * gauge_matrix(problem)
    own_scores = scores[clusters].toarray()
    bounds = np.searchsorted(sums.cluster, np.stack([clusters, clusters + 1]))
    effects = np.zeros((len(clusters), problem.n_parameters))
    for place, (first, last) in enumerate(bounds.T):
        rows = sums.cell[first:last]
        own = assemble_information(problem, rows, per_vote[rows] * sums.weight[first:last, None, None])
        remaining = penalised - own + gauge
        found = scaled_cholesky(remaining)
        if found is None:
            raise _cut(problem, remaining, name)
        factor, unit = found
        effects[place] = cho_solve((factor, True), own_scores[place] / unit) / unit
    return effects


def _cut(problem: CurveProblem, remaining: FloatArray, name: str) -> TooFewClustersError:
    """Name the contestant whose curve is free once a cluster is left out: no interval exists for it."""
    free = np.linalg.eigh(remaining)[1][: problem.n_coefficients, 0]
    share = np.sum(free.reshape(problem.cells.n_contestants, -1) ** 2, axis=1)
    return TooFewClustersError(
        f"the difficulty curve of {problem.cells.contestants[int(np.argmax(share))]} hangs on one {name}: "
        "left out, nothing is left to compare"
    )
