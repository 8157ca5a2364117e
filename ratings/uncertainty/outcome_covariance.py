"""Covariance and intervals of all parameters of an outcome fit: strengths, tie parameter, side intercept.

The rules are those of ``ratings.uncertainty.intervals``, whose ``strength_intervals`` and
``difference_interval`` take these covariances too. ``model`` adds the inverse information, which is right
only if the votes are independent and the model true.
"""

from typing import Literal

import numpy as np

from ratings.data.battles import Battles
from ratings.data.counts import cluster_codes
from ratings.data.validation import read_only
from ratings.errors import InvalidBattlesError, InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import check_same_contestants
from ratings.fits.layout import inverse_information
from ratings.fits.outcome_fit import OutcomeFit, natural_tie
from ratings.uncertainty.clusters import Correction, check_correction
from ratings.uncertainty.contrasts import Covariance, Intervals, contrast_intervals
from ratings.uncertainty.intervals import FEWEST
from ratings.uncertainty.outcome_influence import outcome_influence
from ratings.uncertainty.outcome_scores import ClusterCells, clustered, votes_alone

OutcomeCluster = Literal["model", "vote", "voter", "prompt", "two_way"]


def outcome_covariance(
    fit: OutcomeFit, battles: Battles, *, cluster: OutcomeCluster, correction: Correction = "jackknife"
) -> Covariance:
    """Estimate the covariance (p, p) of all parameters of ``fit``, in the order of ``fit.parameters``.

    Where the jackknife would take too long the plain rule is used, and the result's ``correction`` says so.

    Parameters
    ----------
    battles : Battles
        Those that were fitted.
    cluster : {"model", "vote", "voter", "prompt", "two_way"}
        What may be dependent inside; ``model`` is the inverse information.

    Raises
    ------
    TooFewClustersError
        When the column is missing or holds fewer than two clusters.
    """
    counted = battles.counted("half")
    check_correction(correction)
    check_same_contestants(fit.contestants, counted)
    if len(counted) != fit.n_battles:
        raise InvalidBattlesError(f"{fit.n_battles} battles were fitted, these are {len(counted)}")
    if cluster == "two_way":
        return _two_way(fit, counted, correction)
    if cluster == "model":
        inverse = inverse_information(fit.information, fit.layout.gauge, has_level=fit.has_level)
        everything = np.ones(len(inverse), dtype=bool)
        return Covariance(
            cluster="model",
            correction=None,
            matrix=read_only(inverse),
            n_clusters=fit.n_battles,
            is_estimable=everything,
        )
    if cluster == "vote":
        return _one_way(votes_alone(fit, counted), "vote", correction)
    if cluster not in ("voter", "prompt"):
        raise InvalidOptionError(f"cluster {cluster!r} is not one of model, vote, voter, prompt, two_way")
    return _one_way(clustered(fit, counted, cluster_codes(counted, cluster)), cluster, correction)


def absolute_intervals(fit: OutcomeFit, cov: Covariance, *, level: float = 0.95) -> Intervals:
    """Return intervals of the absolute strengths; those of a grounded fit give P(acceptable) by ``expit``.

    Raises
    ------
    InvalidOptionError
        When strengths have no absolute level.
    """
    if not fit.has_level:
        raise InvalidOptionError(f"a {fit.model} fit without a prior has no absolute level")
    k, p = len(fit.strengths), len(fit.parameters)
    return contrast_intervals(np.eye(k, p), fit.parameters[:k], cov, cov.is_estimable[:k], level)


def tie_interval(fit: OutcomeFit, cov: Covariance, *, level: float = 0.95) -> Intervals:
    """Return the interval of the tie parameter on its natural scale, as arrays of length one.

    The ends are those of an interval of tau, carried over, so that they stay in range.
    """
    place = fit.layout.tie_place
    if place is None:
        raise InvalidOptionError(f"a {fit.model} fit has no tie parameter")
    found = _single(fit, cov, place, level)
    low, high = (np.array([natural_tie(fit.model, float(end[0]))[0]]) for end in (found.low, found.high))
    error = found.standard_error * natural_tie(fit.model, float(fit.parameters[place]))[1]
    return Intervals(low, high, error, found.degrees, found.fallback, level)


def side_interval(fit: OutcomeFit, cov: Covariance, *, level: float = 0.95) -> Intervals:
    """Return the interval of the side intercept, as arrays of length one."""
    place = fit.layout.side_place
    if place is None:
        raise InvalidOptionError("this fit has no side intercept; fit with side=True")
    return _single(fit, cov, place, level)


def _single(fit: OutcomeFit, cov: Covariance, place: int, level: float) -> Intervals:
    contrast = np.zeros((1, len(fit.parameters)))
    contrast[0, place] = 1.0
    return contrast_intervals(
        contrast, fit.parameters[place : place + 1], cov, cov.is_estimable[[place]], level
    )


def _one_way(cells: ClusterCells, cluster: OutcomeCluster, correction: Correction) -> Covariance:
    c = cells.n_clusters
    if c < FEWEST:
        plural = "" if c == 1 else "s"
        raise TooFewClustersError(f"{c} {cluster}{plural} to cluster by; an interval needs at least {FEWEST}")
    found = outcome_influence(cells, correction)
    is_estimable = found.is_estimable.copy()
    is_estimable[: cells.layout.n_contestants] &= cells.met() > 1
    return Covariance(
        cluster=cluster,
        correction=found.correction,
        matrix=read_only(found.outer * ((c - 1) / c if found.correction == "jackknife" else c / (c - 1))),
        n_clusters=c,
        is_estimable=is_estimable,
        shares=cells if cluster in ("voter", "prompt") else None,
    )


def _two_way(fit: OutcomeFit, battles: Battles, correction: Correction) -> Covariance:
    """Voter + prompt - (voter and prompt), all with the same correction."""
    voter, prompt = cluster_codes(battles, "voter"), cluster_codes(battles, "prompt")
    cell = voter * (int(prompt.max(initial=0)) + 1) + prompt
    by_voter = _one_way(clustered(fit, battles, voter), "voter", correction)
    by_prompt = _one_way(clustered(fit, battles, prompt), "prompt", correction)
    by_cell = _one_way(clustered(fit, battles, cell), "two_way", correction)
    if len({by_voter.correction, by_prompt.correction, by_cell.correction}) > 1:
        return _two_way(fit, battles, "plain")
    return Covariance(
        cluster="two_way",
        correction=by_cell.correction,
        matrix=read_only(by_voter.matrix + by_prompt.matrix - by_cell.matrix),
        n_clusters=min(by_voter.n_clusters, by_prompt.n_clusters),
        is_estimable=by_voter.is_estimable & by_prompt.is_estimable,
        one_way=(by_voter, by_prompt),
    )
