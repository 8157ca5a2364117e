"""Votes drawn from an outcome model with known parameters, and the chocolate puddings of Davidson (1970)."""

import numpy as np

from ratings.data.battles import Battles
from ratings.fits.outcome_models import MODELS, probabilities

PUDDINGS = [
    (1, 2, 19, 22, 16),
    (1, 3, 16, 19, 12),
    (2, 3, 19, 19, 10),
    (1, 4, 18, 23, 13),
    (2, 4, 23, 19, 9),
    (3, 4, 19, 20, 15),
    (1, 5, 13, 19, 18),
    (2, 5, 16, 20, 12),
    (3, 5, 16, 15, 17),
    (4, 5, 17, 14, 16),
    (1, 6, 18, 21, 12),
    (2, 6, 22, 20, 12),
    (3, 6, 13, 18, 10),
    (4, 6, 14, 19, 18),
    (5, 6, 11, 21, 12),
]
"""Brands i and j of six, votes for i, votes for j, ties: all 15 pairs, 738 votes."""


def puddings():
    """Davidson's votes, one weighted row for each pair and outcome."""
    return of_counts([(i - 1, j - 1, *votes) for i, j, *votes in PUDDINGS], names="123456")


def of_counts(rows, names="ABCDEFGH"):
    """Battles of rows (a, b, votes for a, for b, ties, both bad): one weighted battle for each outcome."""
    cells = [
        (a, b, code, float(count)) for a, b, *counts in rows for code, count in enumerate(counts) if count
    ]
    a, b, outcome, weight = map(np.array, zip(*cells, strict=True))
    return Battles(
        contestants=tuple(names[: max(a.max(), b.max()) + 1]), a=a, b=b, outcome=outcome, weight=weight
    )


def drawn(model, strengths, n, rng, *, tau=0.0, side=0.0, n_voters=None, n_prompts=None):
    """Return n unweighted votes between random pairs on random sides, drawn from the model."""
    k = len(strengths)
    a = rng.integers(k, size=n)
    b = (a + rng.integers(1, k, size=n)) % k
    levels = np.stack([strengths[a] + side / 2, strengths[b] - side / 2, np.full(n, tau)], axis=1)
    p = probabilities(MODELS[model], levels)
    outcome = (rng.random(n)[:, None] > np.cumsum(p, axis=1)[:, :3]).sum(axis=1)
    return Battles(
        contestants=tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:k]),
        a=a.astype(np.int32),
        b=b.astype(np.int32),
        outcome=outcome.astype(np.int8),
        voter=None if n_voters is None else rng.integers(n_voters, size=n),
        prompt=None if n_prompts is None else rng.integers(n_prompts, size=n),
    )
