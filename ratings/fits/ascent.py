"""Newton's method with step control, for log-likelihoods that need not be concave everywhere."""

from collections.abc import Callable

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from ratings.data.validation import FloatArray
from ratings.errors import ConvergenceError

TOLERANCE = 1e-9
"""Largest last step of any parameter; Newton's method squares what remains."""
MAX_ITERATIONS = 200
MAX_HALVINGS = 50
RISE = 1e-4
"""Share of the promised rise that a step must bring (Armijo's rule)."""
ROUNDING = 1e-13
"""Of the log-likelihood: a fall by less cannot be told from none."""
FARTHEST = 100.0
"""Log-odds; a fit that goes beyond is running away."""
FLAT = 1e-11
"""Least eigenvalue of the information, scaled to a diagonal of ones, that is told from a flat direction."""
RAN_AWAY = (
    "the fit ran away from any maximum: some contestant, or the tie parameter or side intercept, "
    "is not held by the votes from above or from below; more votes or a prior would hold it"
)

Slope = Callable[[FloatArray], tuple[float, FloatArray, FloatArray]]
"""Value, gradient (p,) and negative Hessian (p, p) of what is maximised."""


def ascend(slope: Slope, start: FloatArray, free: FloatArray, *, scale: float) -> tuple[FloatArray, int]:
    """Climb by Newton's method with step control; return where it ends and the steps taken.

    The grounded log-likelihood is not concave everywhere: where the information is not positive definite it
    is raised along the diagonal until it is (Levenberg 1944), and every step must bring a rise.
    """
    parameters = start
    value, gradient, information = slope(parameters)
    for iteration in range(1, MAX_ITERATIONS + 1):
        step, is_newton = _step(gradient, information, free, scale)
        if is_newton and np.abs(step).max(initial=0.0) < TOLERANCE:
            return parameters + step, iteration
        parameters, (value, gradient, information) = _rise(slope, parameters, step, value, gradient)
        if np.abs(parameters).max() > FARTHEST:
            break
    raise ConvergenceError(RAN_AWAY)


def check_maximum(information: FloatArray, free: FloatArray) -> None:
    """Refuse a flat place: far from any maximum the slope vanishes too, but so does the curvature."""
    size = np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
    scaled = information / np.outer(size, size)
    direction = free * size / max(float(np.linalg.norm(free * size)), np.finfo(float).tiny)
    if not np.linalg.eigvalsh(scaled + np.outer(direction, direction)).min(initial=1.0) > FLAT:
        raise ConvergenceError(RAN_AWAY)


def _step(
    gradient: FloatArray, information: FloatArray, free: FloatArray, scale: float
) -> tuple[FloatArray, bool]:
    """Return the Newton step and True, or a step of a raised information and False."""
    size = max(float(np.trace(information)), 1e-9 * scale) / max(len(gradient), 1)
    held = information + np.outer(free, free) * size / max(free.sum(), 1.0)
    raised = 0.0
    for _ in range(MAX_HALVINGS):
        try:
            factor = cho_factor(held + raised * np.eye(len(gradient)), lower=True)
        except LinAlgError:
            raised = max(10.0 * raised, 1e-6 * size)
            continue
        return np.asarray(cho_solve(factor, gradient), dtype=np.float64), raised == 0.0
    raise ConvergenceError("the information matrix is not finite")


def _rise(
    slope: Slope, parameters: FloatArray, step: FloatArray, value: float, gradient: FloatArray
) -> tuple[FloatArray, tuple[float, FloatArray, FloatArray]]:
    """Shorten the step until it brings its share of the rise that the gradient promises."""
    share = 1.0
    for _ in range(MAX_HALVINGS):
        moved = parameters + share * step
        found = slope(moved)
        if found[0] >= value + RISE * share * float(gradient @ step) - ROUNDING * abs(value):
            return moved, found
        share /= 2
    raise ConvergenceError("no step along the gradient raises the log-likelihood")
