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
from ratings.data.counts import CodeArray, PairSums, cluster_codes, dense_codes, pair_sums
from ratings.data.validation import FloatArray, check_level, read_only
from ratings.errors import InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import BradleyTerryResult
from ratings.fits.outcome_fit import OutcomeFit
from ratings.fits.style import StyleComparison, StyleControlResult
from ratings.uncertainty.clusters import Correction, cluster_influence
from ratings.uncertainty.degrees import Shares, cluster_shares, effective_degrees
from ratings.uncertainty.single_votes import vote_influence
from ratings.uncertainty.style_effects import style_effects

Fit = BradleyTerryResult | StyleControlResult | StyleComparison

Cluster = Literal["vote", "voter", "prompt", "two_way"]

Dependence = Literal["model", "vote", "voter", "prompt", "two_way", "output", "voter_output", "three_way"]
"""What a covariance may allow for: those, none at all, or those of ``ratings.uncertainty.outputs``."""

ROUNDING = 1e-18
"""A variance (log-odds squared) up to this is rounding: clusters that do not differ show no precision."""
FEWEST = 2
"""Clusters, or contestants, below which there is nothing to compare."""


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


def covariance(
    fit: Fit, battles: Battles, *, cluster: Cluster, correction: Correction = "jackknife"
) -> Covariance:
    """Estimate the covariance of the parameters of ``fit``, which was fitted to ``battles``.

    Two-way is voter + prompt - (voter and prompt), of Cameron, Gelbach and Miller (2011), Journal of Business
    and Economic Statistics 29, 238-249. ``vote`` treats votes as independent: too narrow wherever a voter
    votes twice.

    Raises
    ------
    TooFewClustersError
        When the column is missing or holds fewer than two clusters.
    """
    counted = battles.counted(fit.controlled.both_bad if isinstance(fit, StyleComparison) else fit.both_bad)
    if cluster == "two_way":
        return _two_way(fit, counted, correction)
    if cluster not in ("vote", "voter", "prompt"):
        raise InvalidOptionError(f"cluster {cluster!r} is not one of vote, voter, prompt, two_way")
    if cluster == "vote":
        return _by_vote(fit, counted, correction)
    return _one_way(fit, counted, cluster_codes(counted, cluster), cluster, correction)


def strength_intervals(
    fit: BradleyTerryResult | StyleControlResult | OutcomeFit,
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
    contrasts, exists = centred_contrasts(cov, len(fit.strengths), centre)
    return contrast_intervals(contrasts, fit.strengths - _mean(fit.strengths, centre), cov, exists, level)


def centred_contrasts(
    cov: Covariance, k: int, centre: NDArray[np.bool_] | None
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the first k parameters less the mean of ``centre``, (k, k), and which have an interval."""
    is_estimable = cov.is_estimable[:k]
    field = is_estimable if centre is None else is_estimable & centre
    contrasts = np.eye(k) - field / max(int(field.sum()), 1)
    return contrasts, is_estimable & (field.sum() >= FEWEST)


def difference_interval(
    fit: BradleyTerryResult | StyleControlResult | OutcomeFit,
    cov: Covariance,
    first: str,
    second: str,
    *,
    level: float = 0.95,
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
    return contrast_intervals(contrast, contrast @ fit.strengths, cov, exists, level)


def _mean(strengths: FloatArray, centre: NDArray[np.bool_] | None) -> float:
    return float(strengths.mean() if centre is None else strengths[centre].mean())


def _one_way(
    fit: Fit, battles: Battles, codes: CodeArray, cluster: Cluster, correction: Correction
) -> Covariance:
    if not isinstance(fit, BradleyTerryResult):
        return _of_style(fit, battles, codes, cluster, correction)
    sums = pair_sums(battles, codes)
    c = _enough(sums.n_clusters, cluster)
    influence = cluster_influence(fit, sums, correction)
    return Covariance(
        cluster=cluster,
        correction=correction,
        matrix=read_only(influence.outer * _factor(c, correction)),
        n_clusters=c,
        is_estimable=influence.is_estimable & _met_two(sums, battles.n_contestants),
        shares=None if cluster == "two_way" else cluster_shares(fit, sums),
    )


def _met_two(sums: PairSums, k: int) -> NDArray[np.bool_]:
    """Return who met more than one cluster: rows are sorted, so the first and the last are not the same."""
    first, last = np.full(k, sums.n_clusters), np.full(k, -1)
    for side in (sums.i, sums.j):
        seen = last.copy()
        seen[side] = sums.cluster  # of several, the last stays
        last = np.maximum(last, seen)
        seen = first.copy()
        seen[side[::-1]] = sums.cluster[::-1]
        first = np.minimum(first, seen)
    return first < last


def _of_style(
    fit: StyleControlResult | StyleComparison,
    battles: Battles,
    codes: CodeArray,
    cluster: Cluster,
    correction: Correction,
) -> Covariance:
    dense, n_clusters = dense_codes(codes)
    c = _enough(n_clusters, cluster)
    influence, shares = style_effects(fit, battles, dense, correction)
    return Covariance(
        cluster=cluster,
        correction=correction,
        matrix=read_only(influence.outer * _factor(c, correction)),
        n_clusters=c,
        is_estimable=influence.is_estimable,
        shares=None if cluster in ("vote", "two_way") else shares,
    )


def _by_vote(fit: Fit, battles: Battles, correction: Correction) -> Covariance:
    n = _enough(len(battles), "vote")
    if not isinstance(fit, BradleyTerryResult):
        return _of_style(fit, battles, np.arange(n), "vote", correction)
    influence = vote_influence(fit, battles, correction)
    matrix = read_only(influence.outer * _factor(n, correction))
    return Covariance("vote", correction, matrix, n, influence.is_estimable)


def _factor(n_clusters: int, correction: Correction) -> float:
    return (n_clusters - 1) / n_clusters if correction == "jackknife" else n_clusters / (n_clusters - 1)


def _enough(n_clusters: int, cluster: Cluster) -> int:
    if n_clusters < FEWEST:
        found = f"{n_clusters} {cluster}" + ("" if n_clusters == 1 else "s")
        raise TooFewClustersError(f"{found} to cluster by; an interval needs at least {FEWEST}")
    return n_clusters


def _two_way(fit: Fit, battles: Battles, correction: Correction) -> Covariance:
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
