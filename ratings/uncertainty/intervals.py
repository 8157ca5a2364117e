"""Intervals of centred strengths and of differences, clustered by voter, by prompt, or both ways.

``voter`` answers for *these prompts*: would another crowd, shown the same prompts, agree? ``two_way`` answers
for *prompts like these*: would another crowd on other such prompts agree?
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from ratings.data.battles import Battles
from ratings.data.counts import CodeArray, cluster_codes, clusters_met, pair_sums
from ratings.data.validation import FloatArray, check_level, read_only
from ratings.errors import InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import BradleyTerryResult
from ratings.uncertainty.clusters import Correction, cluster_influence
from ratings.uncertainty.degrees import ClusterShares, cluster_shares, effective_degrees

Cluster = Literal["vote", "voter", "prompt", "two_way"]

ROUNDING = 1e-18
"""A variance (log-odds squared) up to this is rounding: clusters that do not differ show no precision."""
FEWEST = 2
"""Clusters, or contestants, below which there is nothing to compare."""


@dataclass(frozen=True, eq=False)
class Covariance:
    """Covariance of fitted strengths; meaningful for contrasts (weights that sum to zero) only.

    Attributes
    ----------
    cluster : {"vote", "voter", "prompt", "two_way"}
        What may be dependent inside.
    correction : {"jackknife", "plain"}
        As in ``ratings.uncertainty.clusters``.
    matrix : float array (K, K)
        Log-odds squared.
    n_clusters : int
        Number of clusters; for ``two_way`` the fewer of voters and prompts.
    is_estimable : bool array (K,)
        False where the comparison hangs on one cluster, so that no interval exists.
    shares : ClusterShares or None
        For ``voter`` and ``prompt``: what the degrees of freedom are counted from.
    one_way : tuple of Covariance
        For ``two_way``: by voter and by prompt.
    """

    cluster: Cluster
    correction: Correction
    matrix: FloatArray
    n_clusters: int
    is_estimable: NDArray[np.bool_]
    shares: ClusterShares | None = None
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


def covariance(
    fit: BradleyTerryResult, battles: Battles, *, cluster: Cluster, correction: Correction = "jackknife"
) -> Covariance:
    """Estimate the covariance of the strengths of ``fit``, which was fitted to ``battles``.

    Two-way is voter + prompt - (voter and prompt), of Cameron, Gelbach and Miller (2011), Journal of Business
    and Economic Statistics 29, 238-249. ``vote`` treats votes as independent: too narrow wherever a voter
    votes twice.

    Raises
    ------
    TooFewClustersError
        When the column is missing or holds fewer than two clusters.
    """
    counted = battles.counted(fit.both_bad)
    if cluster == "two_way":
        return _two_way(fit, counted, correction)
    if cluster not in ("vote", "voter", "prompt"):
        raise InvalidOptionError(f"cluster {cluster!r} is not one of vote, voter, prompt, two_way")
    codes = np.arange(len(counted)) if cluster == "vote" else cluster_codes(counted, cluster)
    return _one_way(fit, counted, codes, cluster, correction)


def strength_intervals(
    fit: BradleyTerryResult,
    cov: Covariance,
    *,
    level: float = 0.95,
    centre: NDArray[np.bool_] | None = None,
) -> Intervals:
    """Return intervals of the strengths as differences from the mean of the field.

    Parameters
    ----------
    centre : bool array (K,), optional
        Contestants whose mean is the reference; all by default. Those without an interval are left out of it.
    """
    k = len(fit.strengths)
    field = cov.is_estimable & (np.ones(k, dtype=bool) if centre is None else centre)
    contrasts = np.eye(k) - field / max(int(field.sum()), 1)
    exists = cov.is_estimable & (field.sum() >= FEWEST)
    return _student(contrasts, fit.strengths - _mean(fit.strengths, centre), cov, exists, level)


def difference_interval(
    fit: BradleyTerryResult, cov: Covariance, first: str, second: str, *, level: float = 0.95
) -> Intervals:
    """Return the interval of strength(first) - strength(second), as arrays of length one."""
    for name in (first, second):
        if name not in fit.contestants:
            raise InvalidOptionError(f"{name!r} is not a contestant of this fit")
    one, other = fit.contestants.index(first), fit.contestants.index(second)
    contrast = np.zeros((1, len(fit.strengths)))
    contrast[0, one] += 1.0
    contrast[0, other] -= 1.0
    exists = np.array([cov.is_estimable[one] and cov.is_estimable[other]])
    return _student(contrast, contrast @ fit.strengths, cov, exists, level)


def _mean(strengths: FloatArray, centre: NDArray[np.bool_] | None) -> float:
    return float(strengths.mean() if centre is None else strengths[centre].mean())


def _one_way(
    fit: BradleyTerryResult, battles: Battles, codes: CodeArray, cluster: Cluster, correction: Correction
) -> Covariance:
    sums = pair_sums(battles, codes)
    c = sums.n_clusters
    if c < FEWEST:
        plural = "" if c == 1 else "s"
        raise TooFewClustersError(f"{c} {cluster}{plural} to cluster by; an interval needs at least {FEWEST}")
    influence = cluster_influence(fit, sums, correction)
    k = battles.n_contestants
    met = clusters_met(sums.cluster, sums.i, sums.j, k)
    return Covariance(
        cluster=cluster,
        correction=correction,
        matrix=read_only(influence.outer * ((c - 1) / c if correction == "jackknife" else c / (c - 1))),
        n_clusters=c,
        is_estimable=influence.is_estimable & (met > 1),
        shares=None if cluster in ("vote", "two_way") else cluster_shares(fit, sums),
    )


def _two_way(fit: BradleyTerryResult, battles: Battles, correction: Correction) -> Covariance:
    voter, prompt = cluster_codes(battles, "voter"), cluster_codes(battles, "prompt")
    cell = voter * (int(prompt.max(initial=0)) + 1) + prompt
    by_voter = _one_way(fit, battles, voter, "voter", correction)
    by_prompt = _one_way(fit, battles, prompt, "prompt", correction)
    by_cell = _one_way(fit, battles, cell, "two_way", correction)
    return Covariance(
        cluster="two_way",
        correction=correction,
        matrix=read_only(by_voter.matrix + by_prompt.matrix - by_cell.matrix),
        n_clusters=min(by_voter.n_clusters, by_prompt.n_clusters),
        is_estimable=by_voter.is_estimable & by_prompt.is_estimable,
        one_way=(by_voter, by_prompt),
    )


def _student(
    contrasts: FloatArray,
    estimate: FloatArray,
    cov: Covariance,
    exists: NDArray[np.bool_],
    level: float,
) -> Intervals:
    """Bind contrasts (m, K) and their estimates (m,) to intervals."""
    check_level(level)
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
    """Return the degrees of freedom per contrast: two ways, the fewer of both; infinite for single votes."""
    if cov.one_way:
        return np.minimum(*(_degrees(contrasts, other) for other in cov.one_way))
    if cov.shares is None:
        return np.full(len(contrasts), np.inf)
    return effective_degrees(cov.shares, contrasts)


def _quadratic(contrasts: FloatArray, cov: Covariance) -> FloatArray:
    return np.asarray(np.einsum("mi,ij,mj->m", contrasts, cov.matrix, contrasts), dtype=np.float64)


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
