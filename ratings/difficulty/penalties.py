"""The matrices of the penalties and of the gauge, and the inverse of a penalised information."""

import numpy as np
from scipy.linalg import LinAlgError, solve_triangular

from ratings.data.validation import FloatArray
from ratings.difficulty.problem import CurveProblem
from ratings.errors import ConvergenceError

SMALLEST_PIVOT = 1e-7
"""Of a Cholesky factor with unit diagonal; its square is near the rounding of doubles."""


def penalty_matrices(problem: CurveProblem) -> tuple[FloatArray, FloatArray]:
    """Return the matrices (p, p) of the field's and of the relative roughness, for a smoothing of 1."""
    k, p = problem.cells.n_contestants, problem.n_parameters
    mean = np.full((k, k), 1.0 / k)
    field, relative = np.zeros((p, p)), np.zeros((p, p))
    n = problem.n_coefficients
    if problem.has_level:
        field[:n, :n] = np.kron(mean, problem.basis.roughness)
    relative[:n, :n] = np.kron(np.eye(k) - mean, problem.basis.roughness)
    return field, relative


def gauge_matrix(problem: CurveProblem) -> FloatArray:
    """Return E E', (p, p), for the null vectors E (p, N): for each basis function, 1 on all contestants."""
    p, n = problem.n_parameters, problem.n_coefficients
    gauge = np.zeros((p, p))
    if not problem.has_level:
        ones = np.ones((problem.cells.n_contestants,) * 2)
        gauge[:n, :n] = np.kron(ones, np.eye(problem.basis.size))
    return gauge


def inverse_information(problem: CurveProblem, penalised: FloatArray) -> FloatArray:
    """Return the inverse (p, p) of a penalised information, where there is a gauge on what sums to zero.

    Raises
    ------
    ConvergenceError
        When the votes leave some shape of a curve free.
    """
    gauge = gauge_matrix(problem)
    scale = np.trace(penalised) / len(penalised)
    found = scaled_cholesky(penalised + scale * gauge)
    if found is None:
        raise ConvergenceError("the votes do not determine the difficulty curves: some shape of one is free")
    factor, unit = found
    half = solve_triangular(factor, np.diag(1.0 / unit), lower=True)
    inverse = half.T @ half - gauge / (scale * problem.cells.n_contestants**2)
    return np.asarray(inverse, dtype=np.float64)


def scaled_cholesky(whole: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Return L and u with ``whole = diag(u) L L' diag(u)``, the rows of L of length 1; None if singular."""
    unit = np.sqrt(np.abs(np.diag(whole)))
    if not unit.all():
        return None
    try:
        factor = np.linalg.cholesky(whole / np.outer(unit, unit))
    except LinAlgError:
        return None
    return None if np.diag(factor).min() < SMALLEST_PIVOT else (factor, unit)
