"""The log-likelihood of curves, with its gradient and information by their coefficients."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Outcome
from ratings.data.validation import FloatArray
from ratings.difficulty.problem import CurveProblem
from ratings.fits.outcome_models import MODELS, TAU, U, V, log_probability

BLOCK = 50_000
"""Cells whose information is summed at once; bounds the memory, not the result."""


@dataclass(frozen=True, eq=False)
class Derivatives:
    """Of the log-likelihood by u, v and tau.

    Attributes
    ----------
    value : float
        The log-likelihood.
    gradient : float array (P, 4, 3)
        Per vote, by cell and outcome.
    curvature : float array (P, 3, 3)
        Negative Hessian by cell, summed over its votes.
    """

    value: float
    gradient: FloatArray
    curvature: FloatArray


def derivatives(problem: CurveProblem, parameters: FloatArray) -> Derivatives:
    """Evaluate the log-likelihood and its derivatives by the levels of each cell."""
    cells, model = problem.cells, MODELS[problem.model]
    c = parameters[: problem.n_coefficients].reshape(cells.n_contestants, -1)
    levels = np.zeros((len(cells.i), 3))
    levels[:, U] = np.einsum("pb,pb->p", problem.values, c[cells.i])
    levels[:, V] = np.einsum("pb,pb->p", problem.values, c[cells.j])
    levels[:, TAU] = parameters[-1] if model.has_tie_parameter else 0.0
    total, gradient = 0.0, np.zeros((len(cells.i), 4, 3))
    curvature = np.zeros((len(cells.i), 3, 3))
    for outcome in Outcome:
        value, gradient[:, outcome], hessian = log_probability(model, outcome, levels)
        total += float(cells.weight[:, outcome] @ value)
        curvature -= cells.weight[:, outcome, None, None] * hessian
    return Derivatives(total, gradient, curvature)


def assemble_gradient(problem: CurveProblem, here: Derivatives) -> FloatArray:
    """Return the gradient (p,) of the log-likelihood by the parameters."""
    cells, k = problem.cells, problem.cells.n_contestants
    by_level = np.einsum("po,pod->pd", cells.weight, here.gradient)
    columns = [
        np.bincount(cells.i, by_level[:, U] * b, k) + np.bincount(cells.j, by_level[:, V] * b, k)
        for b in problem.values.T
    ]
    tie = [by_level[:, TAU].sum()] if problem.n_parameters > problem.n_coefficients else []
    return np.concatenate([np.stack(columns, axis=1).ravel(), tie])


def assemble_information(problem: CurveProblem, rows: NDArray[np.int64], curvature: FloatArray) -> FloatArray:
    """Return the information (p, p) of cells ``rows`` (r,) with curvatures (r, 3, 3)."""
    k, size, n = problem.cells.n_contestants, problem.basis.size, problem.n_coefficients
    i, j, values = problem.cells.i[rows], problem.cells.j[rows], problem.values[rows]
    shapes = np.arange(size)
    place = (i[:, None] * size + shapes, j[:, None] * size + shapes)
    product = values[:, :, None] * values[:, None, :]
    square = np.zeros(n * n)
    for one, other in ((U, U), (U, V), (V, U), (V, V)):
        index = place[one][:, :, None] * n + place[other][:, None, :]
        weight = curvature[:, one, other, None, None] * product
        square += np.bincount(index.ravel(), weight.ravel(), n * n)
    information = np.zeros((problem.n_parameters,) * 2)
    information[:n, :n] = square.reshape(n, n)
    if problem.n_parameters > n:
        edge = np.stack(
            [
                np.bincount(i, curvature[:, U, TAU] * b, k) + np.bincount(j, curvature[:, V, TAU] * b, k)
                for b in values.T
            ],
            axis=1,
        ).ravel()
        information[n, :n] = information[:n, n] = edge
        information[n, n] = curvature[:, TAU, TAU].sum()
    return information


def whole_information(problem: CurveProblem, curvature: FloatArray) -> FloatArray:
    """Return the information (p, p) of all cells, summed over blocks of them that fit into memory."""
    rows = np.arange(len(problem.cells.i))
    blocks = (rows[first : first + BLOCK] for first in range(0, len(rows), BLOCK))
    return sum(
        (assemble_information(problem, block, curvature[block]) for block in blocks),
        start=np.zeros((problem.n_parameters,) * 2),
    )
