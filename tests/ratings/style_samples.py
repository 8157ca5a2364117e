"""Votes with planted style, for the tests of style control."""

from dataclasses import replace

import numpy as np
from scipy.special import expit

from ratings.data.battles import POINTS_FOR_A, Battles
from ratings.data.style_rows import style_rows

STRENGTHS = np.array([-0.8, -0.3, 0.1, 0.3, 0.7])
GAMMA = np.array([0.5, -0.3])


def drawn(seed, n, *, strengths=STRENGTHS, gamma=GAMMA, side=0.2, tie_rate=0.3, verbosity=0.5, **columns):
    """Votes with planted style: contestant k writes exp(verbosity * k) words in the middle."""
    rng = np.random.default_rng(seed)
    k, n_features = len(strengths), len(gamma)
    a = rng.integers(k, size=n).astype(np.int32)
    b = ((a + rng.integers(1, k, size=n)) % k).astype(np.int32)
    habit = verbosity * np.outer(np.linspace(-1, 1, k), np.ones(n_features))
    f_a, f_b = (np.exp(habit[one] + rng.normal(0, 0.6, (n, n_features))) for one in (a, b))
    p = expit(strengths[a] - strengths[b] + side + (f_a - f_b) / (f_a + f_b) @ gamma)
    undecided = 4 * tie_rate * p * (1 - p)
    u = rng.random(n)
    outcome = np.where(u < p - undecided / 2, 0, np.where(u < p + undecided / 2, 2, 1)).astype(np.int8)
    return Battles(
        contestants=tuple("ABCDEFGHIJKL"[:k]),
        a=a,
        b=b,
        outcome=outcome,
        feature_names=("length", "bold")[:n_features],
        features_a=f_a,
        features_b=f_b,
        **columns,
    )


def clustered(seed=1, n=300, n_voters=12, n_prompts=9, **planted):
    """Votes of voters with unequal activity, on prompts, in no order; many cells hold one vote."""
    rng = np.random.default_rng(seed)
    battles = drawn(seed, n, **planted)
    voter = rng.choice(n_voters, size=n, p=np.arange(1, n_voters + 1) / (n_voters * (n_voters + 1) / 2))
    return replace(battles, voter=voter, prompt=rng.integers(n_prompts, size=n))


def two_contestants(rows, **columns):
    """Battles of A (side a) with B from (winner, length_a, length_b, weight)."""
    winner, f_a, f_b, weight = (np.array(column) for column in zip(*rows, strict=True))
    n = len(rows)
    return Battles(
        contestants=("A", "B"),
        a=np.zeros(n, np.int32),
        b=np.ones(n, np.int32),
        outcome=winner.astype(np.int8),
        weight=weight.astype(float),
        feature_names=("length",),
        features_a=f_a.astype(float)[:, None],
        features_b=f_b.astype(float)[:, None],
        **columns,
    )


def design_matrix(battles):
    rows, n = style_rows(battles), np.arange(len(battles))
    design = np.zeros((len(battles), battles.n_contestants + len(rows.terms)))
    design[n, battles.a] += 1
    design[n, battles.b] -= 1
    design[:, battles.n_contestants :] = rows.z.T
    return design, POINTS_FOR_A[battles.outcome]


def unit(names):
    return dict.fromkeys(names, 1.0)
