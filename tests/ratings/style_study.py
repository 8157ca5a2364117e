"""Do style-controlled intervals hold the truth? Votes with planted style, tastes of voters and of prompts.

Tastes make every fit a little wrong, so the truth is what the fit would find with infinitely many votes: it
is fitted once to the expected shares of a large sample of battles.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ratings.data.battles import Battles
from ratings.fits.style import compare_style
from ratings.uncertainty.intervals import covariance
from ratings.uncertainty.style_intervals import coefficient_intervals, style_intervals

STRENGTHS = np.array([-0.8, -0.4, -0.1, 0.1, 0.4, 0.8])
GAMMA = np.array([0.8, -0.5])
SIDE = 0.2
SCALES = {"length": 1.0, "bold": 1.0}
"""Fixed, so that a coefficient means the same in every data set."""
HABIT = 0.4 * np.column_stack([[-1, 1, -0.5, 0.5, 0, 1], [0.5, -0.5, 1, 0, -1, 0]])
"""Mean logarithm of each contestant's features; the strongest is verbose."""
NODES = 40


@dataclass(frozen=True)
class StyleSetting:
    n_voters: int
    votes_per_voter: int
    n_prompts: int
    voter_sd: float
    prompt_sd: float


@dataclass(frozen=True)
class Held:
    """Share of 95 % intervals that hold the truth, and the Monte Carlo error of the strengths'."""

    controlled: float
    raw: float
    tax: float
    coefficients: float
    error: float


def features(who, prompt, habit_of_output, rng):
    """Features of the outputs shown: of a contestant and prompt, or drawn anew for each battle."""
    if habit_of_output is None:
        return np.exp(HABIT[who] + rng.normal(0, 0.6, (len(who), 2)))
    return np.exp(HABIT[who] + habit_of_output[who, prompt])


def votes(setting, rng):
    k, n = len(STRENGTHS), setting.n_voters * setting.votes_per_voter
    voter = np.repeat(np.arange(setting.n_voters), setting.votes_per_voter)
    prompt = rng.integers(setting.n_prompts, size=n)
    a = rng.integers(k, size=n)
    b = (a + rng.integers(1, k, size=n)) % k
    shift = rng.normal(0, setting.voter_sd, (setting.n_voters, k))[voter]
    shift += rng.normal(0, setting.prompt_sd, (setting.n_prompts, k))[prompt]
    own = rng.normal(0, 0.6, (k, setting.n_prompts, 2)) if setting.prompt_sd else None
    f_a, f_b = (features(who, prompt, own, rng) for who in (a, b))
    rows = np.arange(n)
    gap = STRENGTHS[a] - STRENGTHS[b] + shift[rows, a] - shift[rows, b]
    p = expit(gap + SIDE + (f_a - f_b) / (f_a + f_b) @ GAMMA)
    u, undecided = rng.random(n), 1.2 * p * (1 - p)
    outcome = np.where(u < p - undecided / 2, 0, np.where(u < p + undecided / 2, 2, 1)).astype(np.int8)
    return battles_of(a, b, outcome, f_a, f_b, voter=voter, prompt=prompt)


def battles_of(a, b, outcome, f_a, f_b, **columns):
    return Battles(
        contestants=tuple("ABCDEF"),
        a=a,
        b=b,
        outcome=outcome,
        feature_names=tuple(SCALES),
        features_a=f_a,
        features_b=f_b,
        **columns,
    )


def truth(setting, n):
    """Fits to the expected shares: each battle once as a win, once as a loss, weighted by their chances."""
    rng = np.random.default_rng(99)
    k = len(STRENGTHS)
    a = rng.integers(k, size=n)
    b = (a + rng.integers(1, k, size=n)) % k
    f_a, f_b = (features(who, None, None, rng) for who in (a, b))
    gap = STRENGTHS[a] - STRENGTHS[b] + SIDE + (f_a - f_b) / (f_a + f_b) @ GAMMA
    node, weight = np.polynomial.hermite_e.hermegauss(NODES)
    spread = np.sqrt(2) * np.hypot(setting.voter_sd, setting.prompt_sd)
    p = sum(w * expit(gap + spread * x) for x, w in zip(node, weight / weight.sum(), strict=True))
    outcome = np.repeat([0, 1], n)
    twice = [np.concatenate([values, values]) for values in (a, b)]
    both = [np.concatenate([values, values]) for values in (f_a, f_b)]
    battles = battles_of(*twice, outcome, *both, weight=np.concatenate([p, 1 - p]))
    return compare_style(battles, scales=SCALES)


def study(setting, cluster, *, n_data_sets, seed, n_truth):
    rng = np.random.default_rng([seed, setting.n_voters, setting.n_prompts])
    target = truth(setting, n_truth)
    held = []
    for _ in range(n_data_sets):
        battles = votes(setting, rng)
        both = compare_style(battles, scales=SCALES)
        cov = covariance(both, battles, cluster=cluster)
        found, terms = style_intervals(both, cov), coefficient_intervals(both.controlled, cov)
        held.append(
            [
                np.mean((one.low <= its) & (its <= one.high))
                for one, its in (
                    (found.controlled, target.controlled.strengths),
                    (found.raw, target.raw.strengths),
                    (found.tax, target.tax),
                    (terms, target.controlled.coefficients),
                )
            ]
        )
    mean = np.mean(held, axis=0)
    error = float(np.std(held, axis=0, ddof=1).max() / np.sqrt(n_data_sets))
    return Held(*map(float, mean), error)
