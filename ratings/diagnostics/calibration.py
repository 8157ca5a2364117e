"""Are predicted win rates right on average? Reliability bins and the calibration slope."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from ratings.data.counts import CodeArray
from ratings.data.validation import FloatArray, read_only

EDGES = np.linspace(0.5, 1.0, 11)
"""Bins of the favourite's predicted share."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Predictions against outcomes, all from the side of the favourite, so that sides cannot matter.

    Attributes
    ----------
    low, high : float array (m,)
        Edges of the bins that hold votes, within 1/2..1.
    predicted, observed : float array (m,)
        Mean predicted share of the favourite, and the mean share that it got.
    weight : float array (m,)
        Weight of the votes.
    error : float
        Expected calibration error: the mean of ``|predicted - observed|`` over votes.
    slope : float
        beta of ``logit P = beta * logit(predicted)``: 1 is calibrated, below 1 overconfident. NaN where every
        prediction is 1/2, infinite where no favourite ever lost anything.
    slope_error : float
        Its standard error, clusters being independent; NaN where the slope is not finite.
    """

    low: FloatArray
    high: FloatArray
    predicted: FloatArray
    observed: FloatArray
    weight: FloatArray
    error: float
    slope: float
    slope_error: float


def calibration(
    predicted: FloatArray, observed: FloatArray, weight: FloatArray, cluster: CodeArray
) -> Calibration:
    """Compare predicted shares of a win with observed ones.

    Parameters
    ----------
    predicted : float array (n,)
        Expected share of side a, strictly between 0 and 1.
    observed : float array (n,)
        Its share: 1, 0, or 1/2 without a winner.
    weight : float array (n,)
        Positive.
    cluster : int array (n,)
        Voter or prompt of each vote, at least 0.
    """
    is_flipped = predicted < 1 / 2
    p = np.where(is_flipped, 1.0 - predicted, predicted)
    y = np.where(is_flipped, 1.0 - observed, observed)
    place = np.clip(np.searchsorted(EDGES, p, side="right") - 1, 0, len(EDGES) - 2)
    total, sum_p, sum_y = (
        np.bincount(place, values, minlength=len(EDGES) - 1).astype(np.float64)
        for values in (weight, weight * p, weight * y)
    )
    used = total > 0
    slope = _slope(logit(p), y, weight)
    return Calibration(
        low=read_only(EDGES[:-1][used]),
        high=read_only(EDGES[1:][used]),
        predicted=read_only(sum_p[used] / total[used]),
        observed=read_only(sum_y[used] / total[used]),
        weight=read_only(total[used]),
        error=float(np.abs(sum_p - sum_y).sum() / total.sum()),
        slope=slope,
        slope_error=_slope_error(slope, logit(p), y, weight, cluster),
    )


def _slope(x: FloatArray, y: FloatArray, weight: FloatArray) -> float:
    """Solve sum of w x (y - expit(beta x)) = 0, whose left side falls in beta."""
    for_favourite, against = float(weight * y @ x), float(weight * (1 - y) @ x)
    if for_favourite == 0 or against == 0:
        return math.nan if for_favourite == against else math.copysign(math.inf, for_favourite - against)

    def rest(beta: float) -> float:
        return float((weight * x) @ (y - expit(beta * x)))

    low, high = -1.0, 1.0
    while rest(low) < 0:
        low *= 2
    while rest(high) > 0:
        high *= 2
    return float(brentq(rest, low, high, xtol=1e-12))


def _slope_error(slope: float, x: FloatArray, y: FloatArray, weight: FloatArray, cluster: CodeArray) -> float:
    if not math.isfinite(slope):
        return math.nan
    p = expit(slope * x)
    scores = np.bincount(np.unique(cluster, return_inverse=True)[1], weight * x * (y - p))
    information = float(weight * x**2 @ (p * (1 - p)))
    n = len(scores)
    return math.sqrt(n / (n - 1) * float(scores @ scores)) / information if n > 1 else math.nan
