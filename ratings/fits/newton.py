"""Newton's method for half-win Bradley-Terry, on counts of pairs.

A set of counts is, for each unordered pair i < j that met, the weight of wins of i (``won``) and of j
(``lost``). The information is positive definite once its gauge is fixed, so a Cholesky factor solves it; a
factor is used again as long as the strengths have hardly moved since.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs
from scipy.special import expit

from ratings.data.pairs import Pairs
from ratings.data.validation import FloatArray
from ratings.errors import ConvergenceError

IndexArray = NDArray[np.int64]

TOLERANCE = 1e-9
"""Largest last step in log-odds: what remains after it is far below 1e-6 points."""
MAX_ITERATIONS = 200

NEAR = 0.01
"""How far apart (log-odds) two contestants may have moved before the factor is computed again. No curvature
changes by more than that share, so a step with the old factor leaves at most that share of the error."""


WIDEST = 600.0
"""Span of strengths (log-odds) up to which their exponentials can be added without overflow."""


def chances(strengths: FloatArray, i: IndexArray, j: IndexArray) -> tuple[FloatArray, FloatArray]:
    """Return the probabilities that i beats j and that j beats i, of the shape that i and j broadcast to.

    Neither is taken as one less the other, so that nothing cancels near certainty; and an exponential of each
    contestant takes less time than one of each pair.
    """
    if np.ptp(strengths) > WIDEST:
        gap = strengths.take(i) - strengths.take(j)
        return expit(gap), expit(-gap)
    e = np.exp(strengths - (strengths.max() + strengths.min()) / 2)
    own, other = e.take(i), e.take(j)
    both = own + other
    return own / both, other / both


def information(pairs: Pairs, weight: FloatArray, strengths: FloatArray) -> FloatArray:
    """Return the negative Hessian (K, K) of pair weights (P,); the constant vector is its null vector."""
    p, q = chances(strengths, pairs.i, pairs.j)
    return pairs.laplacian(weight * p * q)


def fixed_gauge(h: FloatArray) -> FloatArray:
    """Return H + c 1 1' of H (K, K), with c on the scale of H: exact on what sums to zero.

    A pseudo-inverse would have to guess which eigenvalue is the null one; this says it.
    """
    return np.asarray(h + np.trace(h) / len(h) ** 2, dtype=np.float64)


def mean_zero_inverse(h: FloatArray) -> FloatArray:
    """Return G, the inverse of H on mean-zero vectors: (H + c 1 1')^-1 - 1 1' / (c K^2), shape (K, K)."""
    factor, is_bad = dpotrf(fixed_gauge(h).T, lower=0, clean=1, overwrite_a=1)  # .T as LAPACK orders it
    if is_bad:  # positive definite but for rounding, as with weights of very different size
        inverse = np.linalg.inv(fixed_gauge(h))
        inverse = (inverse + inverse.T) / 2
    else:
        upper = dpotri(factor, lower=0, overwrite_c=1)[0]
        inverse = upper + upper.T
        inverse.flat[:: len(h) + 1] /= 2
    inverse -= 1.0 / np.trace(h)
    return np.asarray(inverse, dtype=np.float64)


def first_strengths(pairs: Pairs, won: FloatArray, lost: FloatArray) -> FloatArray:
    """Return strengths (K,) near the maximum: a weighted least-squares fit to the log-odds of each pair.

    Half a win is added on either side of each pair (Berkson 1944, "Application of the logistic function to
    bio-assay", Journal of the American Statistical Association 39, 357-365, with Haldane's half).

    Raises
    ------
    ConvergenceError
        When the counts are numerically nothing.
    """
    up, down = won + 0.5, lost + 0.5
    weight = (won + lost) * up * down / (up + down) ** 2
    return _solver(pairs.laplacian(weight))(pairs.gather(weight * np.log(up / down)))


def newton(pairs: Pairs, won: FloatArray, lost: FloatArray, start: FloatArray) -> tuple[FloatArray, int]:
    """Maximise the log-likelihoods of sets of counts (B, P) from strengths (B, K).

    A step is shortened until no two contestants move apart by more than 1 log-odds: the log-likelihood then
    always rises (Bach 2010, "Self-concordant analysis for logistic regression", Electronic Journal of
    Statistics 4, 384-414).

    Returns
    -------
    strengths : float array (B, K)
    n_iterations : int
        Most steps that a set took.

    Raises
    ------
    ConvergenceError
        When the information is numerically singular or the tolerance is not reached.
    """
    found, steps = np.empty_like(start), [0]
    for row in range(len(start)):
        found[row], n_steps = _maximum(pairs, won[row], lost[row], start[row])
        steps.append(n_steps)
    return found, max(steps)


def _maximum(pairs: Pairs, won: FloatArray, lost: FloatArray, start: FloatArray) -> tuple[FloatArray, int]:
    strengths, moved = start, np.inf
    for iteration in range(1, MAX_ITERATIONS + 1):
        p, q = chances(strengths, pairs.i, pairs.j)
        if moved > NEAR:
            solve, moved = _solver(pairs.laplacian((won + lost) * p * q)), 0.0
        step = solve(pairs.gather(won * q - lost * p))
        width = float(np.ptp(step))
        step /= max(1.0, width)
        strengths = strengths + step
        moved += min(1.0, width)
        if np.abs(step).max() < TOLERANCE:  # NaN never converges
            return strengths, iteration
    raise ConvergenceError(f"Newton's method did not converge in {MAX_ITERATIONS} iterations")


def _solver(h: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Return what solves H x = slope for x of mean zero."""
    factor, is_bad = dpotrf(fixed_gauge(h).T, lower=0, overwrite_a=1)

    def solve(slope: FloatArray) -> FloatArray:
        try:
            x = np.linalg.solve(fixed_gauge(h), slope) if is_bad else dpotrs(factor, slope, lower=0)[0]
        except LinAlgError as error:
            raise ConvergenceError("the information matrix is numerically singular") from error
        return np.asarray(x - x.mean(), dtype=np.float64)

    return solve
