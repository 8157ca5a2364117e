"""Intervals of contrasts (weighted sums of parameters), whatever the covariance comes from."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from ratings.data.validation import FloatArray, check_level, read_only
from ratings.uncertainty.clusters import Correction
from ratings.uncertainty.degrees import Shares, effective_degrees

Dependence = Literal["model", "vote", "voter", "prompt", "two_way", "output", "voter_output", "three_way"]
"""What a covariance may allow for: those, none at all, or those of ``ratings.uncertainty.outputs``."""

ROUNDING = 1e-18
"""A variance (log-odds squared) up to this is rounding: clusters that do not differ show no precision."""


@dataclass(frozen=True, eq=False)
class Covariance:
    """Covariance of fitted parameters; of strengths it is meaningful for contrasts (sums of zero) only.

    The D parameters are the K strengths; of a ``StyleControlResult`` strengths and coefficients; of a
    ``StyleComparison`` those of the controlled and then those of the raw fit.

    Attributes
    ----------
    cluster : {"vote", "voter", "prompt", "two_way", ...}
        What may be dependent inside.
    correction : {"jackknife", "plain"} or None
        As in ``ratings.uncertainty.clusters``; None for ``model``, which rests on no clusters.
    matrix : float array (D, D)
        Log-odds squared.
    n_clusters : int
        Number of clusters; for ``two_way`` the fewer of voters and prompts, of more ways the fewest.
    is_estimable : bool array (D,)
        False where the comparison hangs on one cluster, so that no interval exists.
    shares : Shares or None
        For one way of clustering: what the degrees of freedom are counted from.
    one_way : tuple of Covariance
        For more ways: each alone; for ``two_way`` by voter and by prompt.
    """

    cluster: Dependence
    correction: Correction | None
    matrix: FloatArray
    n_clusters: int
    is_estimable: NDArray[np.bool_]
    shares: Shares | None = None
    one_way: tuple["Covariance", ...] = ()


@dataclass(frozen=True, eq=False)
class Intervals:
    """Two-sided Student intervals, one per contrast; NaN where none exists.

    Attributes
    ----------
    low, high, standard_error : float array (m,)
        Log-odds.
    degrees : float array (m,)
        Degrees of freedom of Student's t, of ``ratings.uncertainty.degrees``; infinite for single votes.
    fallback : tuple of str
        Per contrast the name of the variance used instead of the two-way one ("voter" or "prompt"), else "".
    level : float
        Probability with which the interval is to cover.
    """

    low: FloatArray
    high: FloatArray
    standard_error: FloatArray
    degrees: FloatArray
    fallback: tuple[str, ...]
    level: float


def contrast_intervals(
    contrasts: FloatArray,
    estimate: FloatArray,
    cov: Covariance,
    exists: NDArray[np.bool_],
    level: float,
) -> Intervals:
    """Bind contrasts to intervals.

    Parameters
    ----------
    contrasts, estimate : float arrays (m, D) and (m,)
        Weights on the parameters, and what they give. Parameters left out at the end weigh nothing.
    exists : bool array (m,)
        False where there is to be no interval.
    """
    check_level(level)
    contrasts = np.pad(contrasts, ((0, 0), (0, len(cov.matrix) - contrasts.shape[1])))
    variance, fallback = _variance(contrasts, cov)
    exists = exists & (variance > ROUNDING)
    error = np.sqrt(np.where(exists, variance, np.nan))
    degrees = np.full(len(estimate), np.nan)
    degrees[exists] = _degrees(contrasts[exists], cov)
    half = error * t.isf((1 - level) / 2, degrees)
    names = tuple(name if there else "" for name, there in zip(fallback, exists, strict=True))
    low, high = read_only(estimate - half), read_only(estimate + half)
    return Intervals(low, high, read_only(error), read_only(degrees), names, level)


def _degrees(contrasts: FloatArray, cov: Covariance) -> FloatArray:
    """Return the degrees of freedom per contrast: of several ways, the fewest; infinite for single votes."""
    if cov.one_way:
        ways = [_degrees(contrasts, other) for other in cov.one_way]
        return np.asarray(np.min(ways, axis=0), dtype=np.float64)
    if cov.shares is None:
        return np.full(len(contrasts), np.inf)
    return effective_degrees(cov.shares, contrasts)


def _quadratic(contrasts: FloatArray, cov: Covariance) -> FloatArray:
    return np.asarray(((contrasts @ cov.matrix) * contrasts).sum(axis=1), dtype=np.float64)


def _variance(contrasts: FloatArray, cov: Covariance) -> tuple[FloatArray, list[str]]:
    """Return c' V c per contrast; where two-way falls below a one-way variance, the larger one-way, named.

    Subtracting can leave less than one dimension alone gives, even nothing or less than nothing. The larger
    one-way variance is then the honest floor (MacKinnon, Nielsen and Webb 2024, "Jackknife inference with
    two-way clustering"); a variance is never clipped to zero.
    """
    variance = _quadratic(contrasts, cov)
    fallback = [""] * len(variance)
    for other in cov.one_way:
        single = _quadratic(contrasts, other)
        for index in np.flatnonzero(single > variance):
            fallback[index] = other.cluster
        variance = np.maximum(variance, single)
    return variance, fallback
