"""Do the intervals cover? A study by simulation, in which the truth is known.

Voters and prompts have tastes of their own, so no fixed strength is *the* truth. The targets are the
strengths that Bradley-Terry would find with infinitely many votes: for *these prompts*, over all voters on
exactly the prompts of a data set; for *prompts like these*, over all voters and all prompts.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ratings.data.battles import Battles
from ratings.data.pairs import Pairs
from ratings.data.validation import FloatArray
from ratings.errors import DisconnectedError
from ratings.fits.bradley_terry import BradleyTerryResult, bradley_terry
from ratings.fits.newton import newton
from ratings.studies.simulate import Taste, simulate
from ratings.uncertainty.clusters import Correction
from ratings.uncertainty.contrasts import Covariance
from ratings.uncertainty.intervals import Cluster, covariance, strength_intervals

NODES = 40
"""Points of the Gauss-Hermite rule that averages over tastes; more change nothing at 1e-9."""


@dataclass(frozen=True)
class CoverageSetting:
    """What is simulated: arguments of ``simulate``, with new voters and prompts for each data set."""

    strengths: tuple[float, ...]
    n_voters: int
    n_prompts: int
    votes_per_voter: int
    taste: Taste
    activity_sd: float = 0.0


@dataclass(frozen=True)
class Coverage:
    """Share of intervals that hold their target, over data sets and contestants.

    Attributes
    ----------
    these_prompts : float
        Of voter-clustered intervals, for the target of these prompts.
    prompts_like_these : float
        Of two-way intervals, for the target of prompts like these.
    naive : float
        Of intervals that take votes as independent, for the target of prompts like these.
    error : float
        Largest Monte Carlo standard error of the three; data sets are independent, contestants of one are
        not.
    n_data_sets, n_refused : int
        Data sets drawn, and how many of them had no finite strengths.
    """

    these_prompts: float
    prompts_like_these: float
    naive: float
    error: float
    n_data_sets: int
    n_refused: int


def interval_coverage(
    setting: CoverageSetting,
    *,
    n_data_sets: int,
    rng: np.random.Generator,
    correction: Correction = "jackknife",
    level: float = 0.95,
) -> Coverage:
    """Simulate data sets, fit each, and count how often the intervals hold the targets."""
    strengths = np.array(setting.strengths)
    everywhere = population_strengths(strengths, setting.taste)
    held = []
    for _ in range(n_data_sets):
        tastes = rng.normal(0.0, setting.taste.prompt_sd, (setting.n_prompts, len(strengths)))
        battles = _draw(setting, tastes, rng)
        try:
            fit = bradley_terry(battles)
        except DisconnectedError:
            continue
        here = prompt_strengths(strengths, tastes, setting.taste.voter_sd)
        two_way = covariance(fit, battles, cluster="two_way", correction=correction)
        naive = covariance(fit, battles, cluster="vote", correction=correction)
        claims = ((two_way.one_way[0], here), (two_way, everywhere), (naive, everywhere))
        held.append([_share_held(fit, cov, level, target) for cov, target in claims])
    return _summary(np.array(held), n_data_sets)


def coverage_by_cluster(
    setting: CoverageSetting, *, n_data_sets: int, rng: np.random.Generator, level: float = 0.95
) -> dict[Cluster, float]:
    """Return, by what is taken as dependent, the share of plain intervals that hold the population target."""
    strengths = np.array(setting.strengths)
    target = population_strengths(strengths, setting.taste)
    held: dict[Cluster, list[float]] = {"vote": [], "voter": [], "prompt": [], "two_way": []}
    for _ in range(n_data_sets):
        tastes = rng.normal(0.0, setting.taste.prompt_sd, (setting.n_prompts, len(strengths)))
        battles = _draw(setting, tastes, rng)
        fit = bradley_terry(battles)
        for cluster, shares in held.items():
            cov = covariance(fit, battles, cluster=cluster, correction="plain")
            shares.append(_share_held(fit, cov, level, target))
    return {cluster: float(np.mean(shares)) for cluster, shares in held.items()}


def population_strengths(strengths: FloatArray, taste: Taste) -> FloatArray:
    """Return the target of prompts like these: strengths (K,) fitted to all voters on all prompts."""
    spread = float(np.hypot(taste.voter_sd, taste.prompt_sd))
    return _pseudo_true(_mean_wins(strengths[None, :], spread))


def prompt_strengths(strengths: FloatArray, prompt_taste: FloatArray, voter_sd: float) -> FloatArray:
    """Return the target of these prompts: strengths (K,) fitted to all voters on prompts of tastes (Q, K)."""
    return _pseudo_true(_mean_wins(strengths + prompt_taste, voter_sd))


def _mean_wins(seen: FloatArray, spread: float) -> FloatArray:
    """Return P(i beats j), (K, K), over prompts of strengths (Q, K) and tastes of deviation ``spread``.

    The difference of two tastes is normal with deviation ``sqrt(2) * spread``; a vote without a winner is
    taken in equal parts from both sides, so it does not appear.
    """
    node, weight = np.polynomial.hermite_e.hermegauss(NODES)
    gap = seen[:, :, None] - seen[:, None, :]
    p = expit(gap[..., None] + np.sqrt(2.0) * spread * node) @ (weight / weight.sum())
    return np.asarray(p.mean(axis=0), dtype=np.float64)


def _pseudo_true(wins: FloatArray) -> FloatArray:
    """Return the strengths that Bradley-Terry fits to win probabilities, all pairs meeting equally often."""
    k = len(wins)
    i, j = np.triu_indices(k, 1)
    found, _ = newton(Pairs(i, j, k), wins[i, j][None, :], wins[j, i][None, :], np.zeros((1, k)))
    return np.asarray(found[0] - found[0].mean(), dtype=np.float64)


def _draw(setting: CoverageSetting, tastes: FloatArray, rng: np.random.Generator) -> Battles:
    return simulate(
        setting.strengths,
        n_voters=setting.n_voters,
        n_prompts=setting.n_prompts,
        votes_per_voter=setting.votes_per_voter,
        activity_sd=setting.activity_sd,
        taste=setting.taste,
        prompt_taste=tastes,
        rng=rng,
    )


def _share_held(fit: BradleyTerryResult, cov: Covariance, level: float, target: FloatArray) -> float:
    found = strength_intervals(fit, cov, level=level)
    return float(np.mean((found.low <= target) & (target <= found.high)))


def _summary(held: FloatArray, n_data_sets: int) -> Coverage:
    mean = held.mean(axis=0)
    error = held[:, :2].std(axis=0, ddof=1) / np.sqrt(len(held))
    return Coverage(
        these_prompts=float(mean[0]),
        prompts_like_these=float(mean[1]),
        naive=float(mean[2]),
        error=float(error.max()),
        n_data_sets=n_data_sets,
        n_refused=n_data_sets - len(held),
    )
