"""Bands around curves: pointwise, and simultaneous over the whole range of difficulties.

A simultaneous band takes the quantile of the largest ``|t|`` along the curve, by the tube formula: with
``length`` the length of the path that the standardised curve draws on the unit sphere,

    P(max |t| > c) <= length / pi * (1 + c^2 / degrees)^(-degrees / 2) + P(|t| > c)

an upper bound for any smooth path (Naiman 1986, "Conservative confidence bands in curvilinear regression",
Annals of Statistics 14, 896-906), nearly exact in the tail, without random numbers. Of length 0 it is the
pointwise quantile.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import stdtr

from ratings.data.validation import FloatArray, read_only
from ratings.difficulty.curves import CurveFit
from ratings.difficulty.influence import CurveCovariance, OneWay
from ratings.difficulty.penalties import inverse_information
from ratings.difficulty.problem import CurveProblem
from ratings.fits.outcome_models import TAU, U, V

BISECTIONS = 60
WIDEST = 1e4
"""Standard errors; beyond it no quantile of interest lies."""
BLOCK = 20_000_000
"""Most numbers held at once; bounds the memory, not the result."""


@dataclass(frozen=True, eq=False)
class Spread:
    """How far linear functions of each contestant's curve may be off.

    Attributes
    ----------
    error : float array (w, K)
        Standard errors; two ways, at least that of either way alone.
    degrees : float array (w, K)
        Of Student's t.
    length : float array (K,)
        Of the standardised path through the functions, in their order.
    is_floored : bool array (w, K)
        Where the two-way variance fell below a one-way one, which then stands instead.
    """

    error: FloatArray
    degrees: FloatArray
    length: FloatArray
    is_floored: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Band:
    """A curve with its bands; arrays of one shape, the difficulties along the first axis.

    Attributes
    ----------
    value : float array (G, K)
    error : float array (G, K)
        Standard errors, in the unit of the value.
    low, high : float array (G, K)
        Pointwise: each difficulty on its own is covered with the level's probability.
    low_everywhere, high_everywhere : float array (G, K)
        Simultaneous: a contestant's whole curve is.
    """

    value: FloatArray
    error: FloatArray
    low: FloatArray
    high: FloatArray
    low_everywhere: FloatArray
    high_everywhere: FloatArray


def spread(
    problem: CurveProblem,
    fit: CurveFit,
    cov: CurveCovariance,
    weights: FloatArray,
    *,
    is_relative: bool,
    n_anchors: int,
) -> Spread:
    """Measure the spread of functions ``weights @ c[m]`` of each contestant's coefficients.

    Parameters
    ----------
    weights : float array (w, N)
        Values of the basis at w difficulties, or any other linear functions of a curve.
    is_relative : bool
        Whether the curve is taken less the mean of all contestants' curves.
    n_anchors : int
        Functions, evenly chosen, of which degrees of freedom are counted; the others take the nearest.
    """
    matrices = [cov.matrix, *(one.matrix for one in cov.one_way)]
    parts = [own_blocks(problem, matrix, is_relative=is_relative) for matrix in matrices]
    variances = [np.einsum("wb,kbc,wc->wk", weights, part, weights, optimize=True) for part in parts]
    largest = reduce(np.maximum, variances)
    chosen = np.unique(np.rint(np.linspace(0, len(weights) - 1, n_anchors)).astype(np.int64))
    nearest = np.abs(np.arange(len(weights))[:, None] - chosen).argmin(axis=1)
    pulls = _pulls(problem, fit, weights[chosen], is_relative=is_relative)
    degrees = [_degrees(problem, fit, one, pulls) for one in cov.one_way]
    return Spread(
        error=np.sqrt(largest),
        degrees=reduce(np.minimum, degrees).reshape(len(chosen), -1)[nearest],
        length=_path_length(parts[0], weights),
        is_floored=largest > variances[0],
    )


def own_blocks(problem: CurveProblem, matrix: FloatArray, *, is_relative: bool) -> FloatArray:
    """Return each contestant's own block (K, N, N) of a matrix (p, p), of its (relative) curve."""
    k, n = problem.cells.n_contestants, problem.n_coefficients
    whole = matrix[:n, :n].reshape(k, -1, k, problem.basis.size)
    own = whole[np.arange(k), :, np.arange(k), :]
    if not is_relative:
        return np.asarray(own, dtype=np.float64)
    with_field = whole.mean(axis=0).transpose(1, 0, 2)
    own = own - with_field - with_field.transpose(0, 2, 1) + with_field.mean(axis=0)
    return np.asarray(own, dtype=np.float64)


def band(value: FloatArray, found: Spread, level: float) -> Band:
    """Bind curves (G, K) and the spread of their points to bands."""
    pointwise = found.error * critical(1.0 - level, found.degrees, np.zeros(1))
    everywhere = found.error * critical(1.0 - level, found.degrees, found.length)
    return Band(
        value=read_only(value),
        error=read_only(found.error),
        low=read_only(value - pointwise),
        high=read_only(value + pointwise),
        low_everywhere=read_only(value - everywhere),
        high_everywhere=read_only(value + everywhere),
    )


def critical(alpha: float, degrees: FloatArray, length: FloatArray) -> FloatArray:
    """Solve the tube formula for c by bisection; ``degrees`` and ``length`` broadcast."""
    degrees, length = np.broadcast_arrays(degrees, length)
    low, high = np.zeros(degrees.shape), np.full(degrees.shape, WIDEST)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        tube = length / np.pi * np.exp(-degrees / 2.0 * np.log1p(middle**2 / degrees))
        is_short = tube + 2.0 * stdtr(degrees, -middle) > alpha
        low, high = np.where(is_short, middle, low), np.where(is_short, high, middle)
    return np.asarray(high, dtype=np.float64)


def _path_length(blocks: FloatArray, weights: FloatArray) -> FloatArray:
    """Add up the angles between neighbouring points of each contestant's standardised curve, (K,)."""
    turned = np.einsum("wb,kbc->wkc", weights, blocks)
    error = np.sqrt(np.maximum(np.einsum("wkc,wc->wk", turned, weights), np.finfo(float).tiny))
    shared = np.einsum("wkc,wc->wk", turned[:-1], weights[1:])
    return np.asarray(np.arccos(np.clip(shared / (error[:-1] * error[1:]), -1.0, 1.0)).sum(axis=0))


def _pulls(problem: CurveProblem, fit: CurveFit, weights: FloatArray, *, is_relative: bool) -> FloatArray:
    """Return V c, (p, w * K), for the contrasts c of all functions and contestants, functions first."""
    k, n = problem.cells.n_contestants, problem.n_coefficients
    inverse = inverse_information(problem, fit.information + fit.penalty)
    columns = inverse[:, :n].reshape(-1, k, problem.basis.size)
    if is_relative:
        columns = columns - columns.mean(axis=1, keepdims=True)
    pulls = np.einsum("pkb,wb->pwk", columns, weights)
    return np.asarray(pulls.reshape(problem.n_parameters, -1), dtype=np.float64)


def _degrees(problem: CurveProblem, fit: CurveFit, cov: OneWay, pulls: FloatArray) -> FloatArray:
    """Return the effective clusters less one, as ``ratings.uncertainty.degrees`` counts them."""
    per_block = max(1, BLOCK // sum(cov.holdings.shape))
    parts = [
        _effective_clusters(problem, fit, cov.holdings, pulls[:, first : first + per_block])
        for first in range(0, pulls.shape[1], per_block)
    ]
    return np.clip(np.concatenate(parts) - 1.0, 1.0, cov.n_clusters - 1.0)


def _effective_clusters(
    problem: CurveProblem, fit: CurveFit, holdings: csr_array, pulls: FloatArray
) -> FloatArray:
    """Of z = V c, cluster g holds the sum over its votes of ``x' curvature x``, x = (z_u, z_v, z_tau)."""
    cells, n = problem.cells, problem.n_coefficients
    shapes = pulls[:n].reshape(cells.n_contestants, problem.basis.size, -1)
    levels = np.zeros((3, len(cells.i), pulls.shape[1]))
    for b, value in enumerate(problem.values.T):
        levels[U] += value[:, None] * shapes[cells.i, b]
        levels[V] += value[:, None] * shapes[cells.j, b]
    levels[TAU] = pulls[n] if problem.n_parameters > n else 0.0
    per_vote = fit.derivatives.curvature / cells.weight.sum(axis=1)[:, None, None]
    held = np.einsum("pxy,xpm,ypm->pm", per_vote, levels, levels, optimize=True)
    share = np.maximum(holdings @ held, 0.0)
    share /= share.sum(axis=0)
    return np.asarray(1.0 / np.sum(share**2, axis=0), dtype=np.float64)
