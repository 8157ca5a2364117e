"""Sums over rows that a joint fit of strengths and coefficients needs, a bounded number of rows at a time.

A row's vector x holds +1 for the contestant on side a, -1 for the one on side b, and the terms z. Its linear
predictor is ``d = x . (strengths, coefficients)`` and ``p = 1 / (1 + exp(-d))``.
"""

from dataclasses import dataclass

import numpy as np

from ratings.data.style_rows import StyleRows
from ratings.data.validation import FloatArray

HOPELESS = 700.0
"""Log-odds at which probabilities stop falling, so that their logarithm stays finite."""


@dataclass(frozen=True, eq=False)
class Curve:
    """The log-likelihood at some parameters.

    Attributes
    ----------
    log_likelihood : float
        Natural log; a tie contributes half of each side's term.
    slope : float array (D,)
        Gradient by the parameters.
    information : float array (D, D)
        Negative Hessian; 1 on the strengths and 0 on the coefficients is its null vector.
    """

    log_likelihood: float
    slope: FloatArray
    information: FloatArray


def curve(rows: StyleRows, parameters: FloatArray) -> Curve:
    """Evaluate the log-likelihood with its derivatives at ``parameters`` (D,)."""
    d = rows.n_parameters
    total, slope, information = 0.0, np.zeros(d), np.zeros((d, d))
    for part in rows.chunks():
        predictor, p, q = probabilities(rows, parameters, part)
        weight, share = rows.weight[part], rows.share[part]
        total += float(weight @ (np.log(p) - (1.0 - share) * predictor))
        slope += gathered(rows, weight * (share * q - (1.0 - share) * p), part)
        information += squares(rows, weight * p * q, part)
    return Curve(total, slope, information)


def probabilities(
    rows: StyleRows, parameters: FloatArray, part: slice
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the linear predictor and the fitted probabilities of sides a and b of the rows of ``part``.

    Both are computed on their own: 1 - p would be rounding near certainty, and a slope made of rounding would
    look like a maximum.
    """
    k = rows.n_contestants
    gap = parameters[rows.first] - parameters[rows.second]
    predictor = np.clip(gap[rows.pair[part]] + parameters[k:] @ rows.z[:, part], -HOPELESS, HOPELESS)
    return predictor, 1.0 / (1.0 + np.exp(-predictor)), 1.0 / (1.0 + np.exp(predictor))


def gathered(rows: StyleRows, values: FloatArray, part: slice) -> FloatArray:
    """Return X' v, (D,), of values (m,) of the rows of ``part``."""
    k = rows.n_contestants
    by_pair = np.bincount(rows.pair[part], values, len(rows.first))
    strengths = np.bincount(rows.first, by_pair, k) - np.bincount(rows.second, by_pair, k)
    return np.concatenate([strengths, rows.z[:, part] @ values])


def squares(rows: StyleRows, values: FloatArray, part: slice) -> FloatArray:
    """Return X' diag(v) X, (D, D), of values (m,) of the rows of ``part``."""
    k, n_pairs = rows.n_contestants, len(rows.first)
    found = np.zeros((rows.n_parameters, rows.n_parameters))
    by_pair = np.bincount(rows.pair[part], values, n_pairs)
    met = np.bincount(rows.first * k + rows.second, by_pair, k * k).reshape(k, k)
    met += met.T
    found[:k, :k] = np.diag(met.sum(axis=1)) - met
    z = rows.z[:, part]
    scaled = z * values
    for place, column in enumerate(scaled, start=k):
        by_pair = np.bincount(rows.pair[part], column, n_pairs)
        found[:k, place] = np.bincount(rows.first, by_pair, k) - np.bincount(rows.second, by_pair, k)
    found[k:, :k] = found[:k, k:].T
    found[k:, k:] = scaled @ z.T
    return found


def fixed_gauge(information: FloatArray, k: int) -> FloatArray:
    """Return H + c v v' with v = 1 on the k strengths and 0 on the coefficients, c on the scale of H."""
    found = information.copy()
    found[:k, :k] += np.trace(information[:k, :k]) / k**2
    return found


def gauged_inverse(information: FloatArray, k: int) -> FloatArray:
    """Return (H + c v v')^-1 - v v' / (c k^2): the inverse on strengths of mean zero and all coefficients."""
    inverse = np.linalg.inv(fixed_gauge(information, k))
    inverse[:k, :k] -= 1.0 / np.trace(information[:k, :k])
    return np.asarray((inverse + inverse.T) / 2, dtype=np.float64)
