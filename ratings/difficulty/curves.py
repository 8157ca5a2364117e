"""Curves of strength against difficulty at a given smoothing: likelihood, penalty and Newton's method.

``theta_m(d) = sum over b of c[m, b] B_b(d)``; a battle of i and j on a prompt of difficulty d has the levels
``u = theta_i(d)``, ``v = theta_j(d)`` in a model of ``ratings.fits.outcome_models``. With ``theta_bar(d)``
the mean of the K curves, the coefficients maximise

    log-likelihood - smooth_field * K / 2 * integral of theta_bar''^2
                   - smooth_relative / 2 * sum over m of integral of (theta_m - theta_bar)''^2

over difficulties mapped to 0..1. ``half`` sees differences only: there ``theta_bar = 0`` at each difficulty
(the gauge). In ``grounded`` the level is real, because both-bad votes ground it.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from ratings.data.validation import FloatArray
from ratings.difficulty.likelihood import Derivatives, assemble_gradient, derivatives, whole_information
from ratings.difficulty.penalties import gauge_matrix, penalty_matrices
from ratings.difficulty.problem import CurveProblem, Smoothing
from ratings.errors import ConvergenceError, UnboundedError

TOLERANCE = 1e-9
"""Largest last step of a coefficient, in log-odds; Newton's method squares what remains."""
MAX_ITERATIONS = 100
LONGEST_STEP = 2.0
"""Log-odds that a coefficient may move at once."""
SHORTEST_STEP = 2.0**-30
FARTHEST = 15.0
"""Log-odds, odds of three million to one, beyond which a curve has left every finite maximum."""
FIRST_RIDGE = 1e-7
"""Of the mean diagonal: what is first added to an information that is not positive definite."""


@dataclass(frozen=True, eq=False)
class CurveFit:
    """Penalised maximum-likelihood curves.

    Attributes
    ----------
    parameters : float array (p,)
        Coefficients c[m, b] at m * N + b, then the tie parameter.
    derivatives : Derivatives
        At the parameters.
    information, penalty : float array (p, p)
        Negative Hessians of the log-likelihood and of the penalty.
    smoothing : Smoothing
    n_iterations : int
    """

    parameters: FloatArray
    derivatives: Derivatives
    information: FloatArray
    penalty: FloatArray
    smoothing: Smoothing
    n_iterations: int


def fit_curves(problem: CurveProblem, smoothing: Smoothing, start: FloatArray) -> CurveFit:
    """Maximise the penalised log-likelihood from parameters (p,).

    Raises
    ------
    UnboundedError
        When a curve runs away.
    ConvergenceError
        When the tolerance is not reached.
    """
    field, relative = penalty_matrices(problem)
    penalty = smoothing.field * field + smoothing.relative * relative
    parameters = start.copy()
    here = derivatives(problem, parameters)
    for iteration in range(1, MAX_ITERATIONS + 1):
        information = whole_information(problem, here.curvature)
        slope = assemble_gradient(problem, here) - penalty @ parameters
        step = _ascent(problem, information + penalty, slope)
        parameters, here = _climbed(problem, penalty, parameters, here, step)
        _refuse_runaway(problem, parameters)
        if np.abs(step).max() < TOLERANCE:
            information = whole_information(problem, here.curvature)
            return CurveFit(parameters, here, information, penalty, smoothing, iteration)
    raise ConvergenceError(f"the difficulty curves did not converge in {MAX_ITERATIONS} iterations")


def _ascent(problem: CurveProblem, penalised: FloatArray, slope: FloatArray) -> FloatArray:
    """Return Newton's step, with as much of the diagonal added as makes it go uphill."""
    scale = np.trace(penalised) / len(penalised)
    gauge = scale * gauge_matrix(problem)
    ridge = 0.0
    while True:
        try:
            factor = cho_factor(penalised + gauge + ridge * np.eye(len(penalised)))
        except LinAlgError:
            ridge = max(10.0 * ridge, FIRST_RIDGE * scale)
            continue
        step = np.asarray(cho_solve(factor, slope), dtype=np.float64)
        return step / max(1.0, float(np.abs(step).max()) / LONGEST_STEP)


def _climbed(
    problem: CurveProblem, penalty: FloatArray, parameters: FloatArray, here: Derivatives, step: FloatArray
) -> tuple[FloatArray, Derivatives]:
    """Take the step, halved until the penalised log-likelihood does not fall (beyond rounding)."""
    before = here.value - parameters @ penalty @ parameters / 2.0
    share = 1.0
    while share >= SHORTEST_STEP:
        moved = parameters + share * step
        there = derivatives(problem, moved)
        if there.value - moved @ penalty @ moved / 2.0 >= before - 1e-12 * (1.0 + abs(before)):
            return moved, there
        share /= 2.0
    raise ConvergenceError("no step improves the fit of the difficulty curves")


def _refuse_runaway(problem: CurveProblem, parameters: FloatArray) -> None:
    k = problem.cells.n_contestants
    far = np.abs(parameters[: problem.n_coefficients].reshape(k, -1)).max(axis=1) > FARTHEST
    if far.any():
        names = ", ".join(name for name, is_far in zip(problem.cells.contestants, far, strict=True) if is_far)
        raise UnboundedError(
            f"no finite difficulty curve fits {names}: somewhere in the range of difficulties everything is "
            "won, or lost; it needs more votes, or fewer difficulties"
        )
