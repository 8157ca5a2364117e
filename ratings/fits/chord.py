"""Fit many sets of counts that resemble one fitted set, as resamples do.

Newton steps would each take an information matrix of their own. Chord steps share the inverse of the fitted
set's, so that a step of all sets is one matrix product; whoever they do not bring to the tolerance is
finished by Newton's method. Sets lie next to each other in memory: every array here has one column for each.
"""

import numpy as np
from scipy.sparse import csr_array

from ratings.data.pairs import Pairs
from ratings.data.validation import FloatArray
from ratings.fits.newton import TOLERANCE, newton

MAX_STEPS = 25

LAST_STEP = TOLERANCE / 10
"""Steps shrink by a constant factor, so some way is left behind the last one. To come from a step of 1 to
this one within ``MAX_STEPS`` the factor is below 0.4, and what is left below 1e-10 log-odds."""

WIDEST = 600.0
"""Span of strengths (log-odds) whose exponentials can still be multiplied without overflow."""


def newton_near(
    pairs: Pairs, won: FloatArray, lost: FloatArray, centre: FloatArray, g: FloatArray
) -> FloatArray:
    """Maximise the Bradley-Terry log-likelihoods of sets of counts; return their strengths (B, K), mean zero.

    Parameters
    ----------
    won, lost : float array (P, B)
        Weight of wins of i and of j in each set; each set has finite strengths.
    centre : float array (K,)
        Strengths of the fitted set, log-odds, mean zero.
    g : float array (K, K)
        Inverse of its information, as from ``mean_zero_inverse``.

    Raises
    ------
    ConvergenceError
        When Newton's method cannot finish a set either.
    """
    n_sets = won.shape[1]
    strengths = np.repeat(centre[:, None], n_sets, axis=1)
    is_open = np.ones(n_sets, dtype=bool)
    if np.ptp(centre) < WIDEST:
        slope = _Slope(pairs, won, lost)
        for _ in range(MAX_STEPS):
            step = g @ slope.at(strengths)
            step *= is_open / np.maximum(1.0, np.ptp(step, axis=0))
            strengths += step
            is_open &= np.abs(step).max(axis=0) >= LAST_STEP
            if not is_open.any():
                break
    if is_open.any():
        rest = np.flatnonzero(is_open)
        start = np.tile(centre, (len(rest), 1))
        strengths[:, rest] = newton(pairs, won[:, rest].T, lost[:, rest].T, start)[0].T
    return np.ascontiguousarray(strengths.T)


class _Slope:
    """The gradients of the log-likelihoods, with the memory that they take at every step.

    Taking fresh memory of this size at each step would cost several times the arithmetic.
    """

    def __init__(self, pairs: Pairs, won: FloatArray, lost: FloatArray) -> None:
        p = len(pairs.i)
        rows, columns = np.concatenate([pairs.i, pairs.j]), np.tile(np.arange(p), 2)
        signs = np.repeat([1.0, -1.0], p)
        self._incidence = csr_array((signs, (rows, columns)), shape=(pairs.n_contestants, p))
        self._pairs, self._won, self._lost = pairs, won, lost
        self._own, self._other, self._residual = (np.empty_like(won) for _ in range(3))

    def at(self, strengths: FloatArray) -> FloatArray:
        """Return the gradients (K, B) at strengths (K, B).

        With e = exp(strength), a pair adds (won e_j - lost e_i) / (e_i + e_j): an exponential for each
        contestant instead of each pair, and nothing cancels near certainty.
        """
        e = np.exp(strengths)
        # mode "clip" lets take write straight into its output; the indices are valid
        np.take(e, self._pairs.i, axis=0, out=self._own, mode="clip")
        np.take(e, self._pairs.j, axis=0, out=self._other, mode="clip")
        np.multiply(self._won, self._other, out=self._residual)
        self._other += self._own
        self._own *= self._lost
        self._residual -= self._own
        self._residual /= self._other
        return np.asarray(self._incidence @ self._residual, dtype=np.float64)
