"""How smooth the curves are: by restricted marginal likelihood, without a choice to make.

The penalties are read as Gaussian priors on the curvature, and their weights maximise the Laplace
approximation of the restricted marginal likelihood, by the fixed point of Fellner and Schall as Wood and
Fasiolo (2017, "A generalized Fellner-Schall method for smoothing parameter optimization", Biometrics 73)
give it, with a prior ``exp(-smooth_j allowed_j / 2)`` on each weight:

    smooth_j <- (rank_j - smooth_j tr(V S_j)) / (c' S_j c + allowed_j),    V = (H + sum of smooth_j S_j)^-1

The numerator is the number of curved shapes in use. Without the prior the rule often calls a curve straight
when its bend is merely too small to be seen; bands then miss it (in trials 86 % held, not 95 %). ``allowed``
is the curvature of curves that bend by ``BEND``, so the bands always leave room for that much.

Votes count as independent here: what prompts share shows as curvature, so dependence makes the curves
rougher, never smoother, than they would be.
"""

import numpy as np

from ratings.data.validation import FloatArray
from ratings.difficulty.curves import CurveFit, fit_curves
from ratings.difficulty.penalties import inverse_information, penalty_matrices
from ratings.difficulty.problem import CurveProblem, Smoothing
from ratings.errors import ConvergenceError

BEND = 0.05
"""Log-odds (about 9 points) by which a curve is allowed to leave its straight line, in mid-range."""
CURVATURE = 64.0
"""Integral of the squared second derivative of ``4 x (1 - x)``, a bend of 1, over 0..1."""
SETTLED = 1e-3
"""Change of the logarithm of a weight at which the rule has settled."""
MAX_ROUNDS = 200


def smooth_curves(problem: CurveProblem) -> CurveFit:
    """Fit curves with the smoothing of the restricted marginal likelihood.

    Raises
    ------
    UnboundedError
        When a curve runs away.
    ConvergenceError
        When the fit or the rule does not settle.
    """
    start = np.zeros(problem.n_parameters)
    if problem.basis.n_curved == 0:
        return fit_curves(problem, Smoothing(0.0, 0.0), start)
    k = problem.cells.n_contestants
    n_curves = np.array([k * problem.has_level, k - 1])
    ranks = problem.basis.n_curved * np.array([problem.has_level, k - 1])
    weights = (n_curves > 0).astype(np.float64)
    fit = fit_curves(problem, Smoothing(*weights.tolist()), start)
    for _ in range(MAX_ROUNDS):
        proposed = _next_weights(problem, fit, ranks, n_curves * CURVATURE * BEND**2)
        is_on = n_curves > 0
        if np.abs(np.log(proposed[is_on] / weights[is_on])).max() < SETTLED:
            return fit
        weights = proposed
        fit = fit_curves(problem, Smoothing(*weights.tolist()), fit.parameters)
    raise ConvergenceError(f"the smoothing of the difficulty curves did not settle in {MAX_ROUNDS} rounds")


def _next_weights(problem: CurveProblem, fit: CurveFit, ranks: FloatArray, allowed: FloatArray) -> FloatArray:
    """Return the next weights (2,) of the field's and the relative roughness; 0 for what is not there."""
    inverse = inverse_information(problem, fit.information + fit.penalty)
    weights = (fit.smoothing.field, fit.smoothing.relative)
    proposed = np.zeros(2)
    for place, matrix in enumerate(penalty_matrices(problem)):
        if ranks[place] > 0:
            used = ranks[place] - weights[place] * float(np.sum(inverse * matrix))
            bend = float(fit.parameters @ matrix @ fit.parameters)
            proposed[place] = max(used, 1e-6 * ranks[place]) / (bend + allowed[place])
    return proposed
