"""Newton's method for half-win Bradley-Terry, on many sets of counts at once.

A set of counts is, for each unordered pair i < j that met, the weight of wins of i (``won``) and of j
(``lost``). All sets share the pairs; a set that lacks a pair has zeros there.
"""

import numpy as np
from scipy.linalg import LinAlgError
from scipy.special import expit

from ratings.data.pairs import Pairs
from ratings.data.validation import FloatArray
from ratings.errors import ConvergenceError

TOLERANCE = 1e-9
"""Largest last step in log-odds: what remains after it is far below 1e-6 points."""
MAX_ITERATIONS = 200
MAX_CHORD_STEPS = 25


def gradient(pairs: Pairs, won: FloatArray, lost: FloatArray, strengths: FloatArray) -> FloatArray:
    """Return the gradient (B, K) of the log-likelihoods; written so that nothing cancels near certainty."""
    gap = strengths[:, pairs.i] - strengths[:, pairs.j]
    return pairs.gather(won * expit(-gap) - lost * expit(gap))


def information(pairs: Pairs, weight: FloatArray, strengths: FloatArray) -> FloatArray:
    """Return the negative Hessians (B, K, K); the constant vector is their null vector."""
    gap = strengths[:, pairs.i] - strengths[:, pairs.j]
    return pairs.laplacian(weight * expit(gap) * expit(-gap))


def fixed_gauge(h: FloatArray) -> FloatArray:
    """Return H + c 1 1' for matrices (..., K, K), with c on the scale of H: exact on what sums to zero.

    A pseudo-inverse would have to guess which eigenvalue is the null one; this says it.
    """
    c = np.trace(h, axis1=-2, axis2=-1) / h.shape[-1] ** 2
    return np.asarray(h + c[..., None, None], dtype=np.float64)


def mean_zero_inverse(h: FloatArray) -> FloatArray:
    """Return G, the inverse of H on mean-zero vectors: (H + c 1 1')^-1 - 1 1' / (c K^2), shape (K, K)."""
    inverse = np.linalg.inv(fixed_gauge(h))
    g = inverse - 1.0 / np.trace(h)
    return np.asarray((g + g.T) / 2, dtype=np.float64)


def newton(pairs: Pairs, won: FloatArray, lost: FloatArray, start: FloatArray) -> tuple[FloatArray, int]:
    """Maximise the log-likelihoods of counts (B, P) from strengths (B, K); return those and the steps taken.

    A step is shortened until no two contestants move apart by more than 1 log-odds: the log-likelihood then
    always rises (Bach 2010, "Self-concordant analysis for logistic regression", Electronic Journal of
    Statistics 4, 384-414).

    Raises
    ------
    ConvergenceError
        When the information is numerically singular or the tolerance is not reached.
    """
    strengths = start.copy()
    active = np.arange(len(start))
    for iteration in range(1, MAX_ITERATIONS + 1):
        step = _step(pairs, won[active], lost[active], strengths[active])
        strengths[active] += step / np.maximum(1.0, np.ptp(step, axis=1))[:, None]
        active = active[~(np.abs(step).max(axis=1) < TOLERANCE)]  # NaN never converges
        if not len(active):
            return strengths, iteration
    raise ConvergenceError(f"Newton's method did not converge in {MAX_ITERATIONS} iterations")


def _step(pairs: Pairs, won: FloatArray, lost: FloatArray, strengths: FloatArray) -> FloatArray:
    h = fixed_gauge(information(pairs, won + lost, strengths))
    slope = gradient(pairs, won, lost, strengths)
    try:
        step = np.linalg.solve(h, slope[:, :, None])[:, :, 0]
    except LinAlgError as error:
        raise ConvergenceError("the information matrix is numerically singular") from error
    return np.asarray(step - step.mean(axis=1, keepdims=True), dtype=np.float64)


def newton_near(
    pairs: Pairs, won: FloatArray, lost: FloatArray, centre: FloatArray, g: FloatArray
) -> FloatArray:
    """Maximise the log-likelihoods of sets of counts (B, P) that resemble one fitted set.

    Chord steps share the inverse ``g`` of the fitted set's information, so a step is one matrix product; the
    sets that they do not bring to the tolerance are finished by Newton's method.

    Parameters
    ----------
    centre : float array (K,)
        Strengths of the fitted set.
    g : float array (K, K)
        Its inverse information, as from ``mean_zero_inverse``.
    """
    strengths = np.tile(centre, (len(won), 1))
    active = np.arange(len(won))
    for _ in range(MAX_CHORD_STEPS):
        step = gradient(pairs, won[active], lost[active], strengths[active]) @ g
        step /= np.maximum(1.0, np.ptp(step, axis=1))[:, None]
        strengths[active] += step
        active = active[np.abs(step).max(axis=1) >= TOLERANCE / 10]  # linear convergence leaves more behind
        if not len(active):
            return strengths
    strengths[active] = newton(pairs, won[active], lost[active], np.tile(centre, (len(active), 1)))[0]
    return strengths
