"""How difficult each prompt is, read from the both-bad votes of the other contestants.

A both-bad vote on outputs of a and b to prompt q has, in the grounded model with a prompt effect,

    logit P(both bad) = delta_q - log(exp(theta_a) + exp(theta_b)),    delta_q ~ Normal(mean, deviation^2)

so difficulty is in log-odds: one unit more makes everybody's odds of being acceptable e times smaller. theta
comes from one grounded fit without prompt effects; mean and deviation maximise the likelihood of all prompts,
with the difficulties integrated out over a grid.

A contestant's bad output would make its own prompt look difficult, and the curve would then show what was
put in. So each battle takes the difficulty of its prompt from the battles that involve neither of its
contestants. The estimate is the posterior mean: shrunk so that a prompt with estimated difficulty d is, on
average, of difficulty d, which leaves slopes nearly unbiased (Berkson 1950, Journal of the American
Statistical Association 45, 164-180).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_expit, logit

from ratings.data.battles import Battles, Outcome
from ratings.data.counts import cluster_codes
from ratings.data.validation import FloatArray, read_only
from ratings.errors import ConvergenceError, InvalidBattlesError
from ratings.fits.outcome_fit import fit_outcomes

DECIMALS = 1
"""Difficulties are rounded to a tenth, finer than they are known, so that battles collapse."""
REACH, STEP = 10.0, 0.05
"""The grid of difficulties around the one that fits all votes; its step is the smallest deviation told."""
MAX_ROUNDS = 200
BLOCK = 20_000
"""Sets of battles integrated at once; bounds the memory, not the result."""
NOTHING = 1e-9
"""Weight up to which votes are what rounding left of none."""
FEWEST = 4
"""Contestants: two in the battle, and two others who judge its prompt's difficulty."""


@dataclass(frozen=True, eq=False)
class EstimatedDifficulty:
    """Difficulty of the prompts, in log-odds.

    Attributes
    ----------
    prompt : float array (Q,)
        By prompt code, from all battles; NaN for a prompt without battles.
    battle : float array (n,)
        For each battle, that of its prompt from the battles that involve neither of its contestants.
    mean, deviation : float
        Of the difficulties of all prompts.
    """

    prompt: FloatArray
    battle: FloatArray
    mean: float
    deviation: float


@dataclass(frozen=True, eq=False)
class _Evidence:
    """Weight of votes, of both-bad votes, and of votes times offset; arrays of one shape."""

    votes: FloatArray
    bad: FloatArray
    offset: FloatArray


def estimated_difficulty(battles: Battles) -> EstimatedDifficulty:
    """Estimate difficulties from both-bad votes.

    A set of battles enters through its votes, its both-bad votes and its mean offset.

    Raises
    ------
    InvalidBattlesError
        When there are fewer than four contestants.
    TooFewClustersError
        When there is no prompt column.
    UnboundedError, ConvergenceError
        When the grounded model has no finite fit, as without both-bad votes or without ties.
    """
    if battles.n_contestants < FEWEST:
        raise InvalidBattlesError(f"{battles.n_contestants} contestants; the difficulty needs {FEWEST}")
    prompt = cluster_codes(battles, "prompt")
    n_prompts = int(prompt.max(initial=-1)) + 1
    votes = battles.weight
    bad = votes * (battles.outcome == Outcome.BOTH_BAD)
    offset = _offsets(battles)
    values = (votes, bad, votes * offset)
    whole = _Evidence(*(_summed(prompt, value, n_prompts) for value in values))
    share = bad.sum() / votes.sum()
    grid = logit(share) + votes @ offset / votes.sum() + np.arange(-REACH, REACH + STEP / 2, STEP)
    mean, deviation = _prior(whole, grid)
    others, place = _left_out(battles, prompt, values)
    known = np.round(_posterior_mean(whole, grid, mean, deviation), DECIMALS)
    return EstimatedDifficulty(
        prompt=read_only(np.where(whole.votes > 0, known, np.nan)),
        battle=read_only(np.round(_posterior_mean(others, grid, mean, deviation), DECIMALS)[place]),
        mean=mean,
        deviation=deviation,
    )


def _summed(place: NDArray[np.int64], values: FloatArray, n: int = 0) -> FloatArray:
    return np.asarray(np.bincount(place, values, n), dtype=np.float64)


def _offsets(battles: Battles) -> FloatArray:
    """Return log(exp(theta_a) + exp(theta_b)) of each battle, theta from a fit without difficulty."""
    theta = fit_outcomes(battles, model="grounded").parameters
    return np.asarray(np.logaddexp(theta[battles.a], theta[battles.b]), dtype=np.float64)


def _left_out(
    battles: Battles, prompt: NDArray[np.int64], values: tuple[FloatArray, FloatArray, FloatArray]
) -> tuple[_Evidence, NDArray[np.int64]]:
    """Return the evidence on a prompt without the battles of either of a pair, and each battle's place in it.

    All battles less those of a, less those of b, plus those of a and b together, which went twice.
    """
    k = battles.n_contestants
    a, b = battles.a.astype(np.int64), battles.b.astype(np.int64)
    names, place = np.unique((prompt * k + np.minimum(a, b)) * k + np.maximum(a, b), return_inverse=True)
    met, first, second = names // k**2, names // k, names // k**2 * k + names % k
    parts = []
    for value in values:
        own = _summed(np.concatenate([prompt * k + a, prompt * k + b]), np.concatenate([value, value]))
        rest = _summed(prompt, value)[met] - own[first] - own[second] + _summed(place, value)
        parts.append(rest)
    return _Evidence(np.maximum(parts[0], 0.0), np.maximum(parts[1], 0.0), parts[2]), place


def _prior(evidence: _Evidence, grid: FloatArray) -> tuple[float, float]:
    """Return mean and deviation of the prompts' difficulties, by maximum marginal likelihood."""
    likelihood = _likelihood(evidence, grid)

    def surprise(prior: FloatArray) -> float:
        chance = likelihood @ _normal(grid, prior[0], math.exp(prior[1]))
        return -float(np.log(np.maximum(chance, np.finfo(float).tiny)).sum())

    centre = float(grid.mean())
    bounds = [(centre - REACH / 2, centre + REACH / 2), (math.log(STEP), math.log(REACH / 2))]
    found = minimize(
        surprise, np.array([centre, 0.0]), method="L-BFGS-B", bounds=bounds, options={"maxiter": MAX_ROUNDS}
    )
    if not found.success:
        raise ConvergenceError(f"the spread of the difficulties did not settle: {found.message}")
    return float(found.x[0]), math.exp(found.x[1])


def _posterior_mean(evidence: _Evidence, grid: FloatArray, mean: float, deviation: float) -> FloatArray:
    """Return the posterior means; the prior's where there is no evidence."""
    prior, found = _normal(grid, mean, deviation), np.empty(len(evidence.votes))
    for first in range(0, len(found), BLOCK):
        rows = slice(first, first + BLOCK)
        part = _Evidence(evidence.votes[rows], evidence.bad[rows], evidence.offset[rows])
        posterior = _likelihood(part, grid) * prior
        found[rows] = posterior @ grid / posterior.sum(axis=1)
    return found


def _likelihood(evidence: _Evidence, grid: FloatArray) -> FloatArray:
    """Return the likelihood (sets, nodes) of each difficulty, 1 at the best node."""
    votes, bad = evidence.votes[:, None], evidence.bad[:, None]
    there = evidence.votes > NOTHING
    offset = np.divide(evidence.offset, evidence.votes, out=np.zeros(len(there)), where=there)
    level = grid - offset[:, None]
    log = votes * log_expit(level) - (votes - bad) * level  # log(1 - p) = log p - level
    return np.asarray(np.exp(log - log.max(axis=1, keepdims=True)), dtype=np.float64)


def _normal(grid: FloatArray, mean: float, deviation: float) -> FloatArray:
    """Return the chances of the nodes under a normal distribution."""
    weight = np.exp(-(((grid - mean) / deviation) ** 2) / 2.0)
    return np.asarray(weight / weight.sum(), dtype=np.float64)
