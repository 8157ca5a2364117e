"""Intervals of centred strengths and of differences, clustered by voter, by prompt, or both ways.

``voter`` answers for *these prompts*: would another crowd, shown the same prompts, agree? ``two_way`` answers
for *prompts like these*: would another crowd on other such prompts agree?
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Battles
from ratings.data.counts import CodeArray, PairSums, cluster_codes, dense_codes, pair_sums
from ratings.data.validation import FloatArray, read_only
from ratings.errors import InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import BradleyTerryResult, check_fitted_to, check_same_contestants
from ratings.fits.outcome_fit import OutcomeFit
from ratings.fits.style import StyleComparison, StyleControlResult
from ratings.uncertainty.clusters import Correction, check_correction, cluster_influence
from ratings.uncertainty.contrasts import Covariance, Intervals, contrast_intervals
from ratings.uncertainty.degrees import cluster_shares
from ratings.uncertainty.single_votes import vote_influence
from ratings.uncertainty.style_effects import style_effects

Fit = BradleyTerryResult | StyleControlResult | StyleComparison

Cluster = Literal["vote", "voter", "prompt", "two_way"]

FEWEST = 2
"""Clusters, or contestants, below which there is nothing to compare."""


def covariance(
    fit: Fit, battles: Battles, *, cluster: Cluster, correction: Correction = "jackknife"
) -> Covariance:
    """Estimate the covariance of the parameters of ``fit``, which was fitted to ``battles``.

    Two-way is voter + prompt - (voter and prompt), of Cameron, Gelbach and Miller (2011), Journal of Business
    and Economic Statistics 29, 238-249. ``vote`` treats votes as independent: too narrow wherever a voter
    votes twice.

    Raises
    ------
    InvalidBattlesError
        When these are not the battles that were fitted.
    TooFewClustersError
        When the column is missing or holds fewer than two clusters.
    """
    counted = battles.counted(fit.controlled.both_bad if isinstance(fit, StyleComparison) else fit.both_bad)
    check_correction(correction)
    _check_fitted(fit, counted)
    if cluster == "two_way":
        return _two_way(fit, counted, correction)
    if cluster not in ("vote", "voter", "prompt"):
        raise InvalidOptionError(f"cluster {cluster!r} is not one of vote, voter, prompt, two_way")
    if cluster == "vote":
        return _by_vote(fit, counted, correction)
    return _one_way(fit, counted, cluster_codes(counted, cluster), cluster, correction)


def _check_fitted(fit: Fit, counted: Battles) -> None:
    if isinstance(fit, BradleyTerryResult):
        check_fitted_to(fit, counted)
    else:
        one = fit.controlled if isinstance(fit, StyleComparison) else fit
        check_same_contestants(one.contestants, counted)


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
