"""Votes with planted curves over difficulty, and the curves that endless votes of the kind would give."""

from dataclasses import dataclass

import numpy as np

from ratings.data.battles import Battles
from ratings.difficulty.basis import spline_basis
from ratings.difficulty.cells import Cells
from ratings.difficulty.problem import CurveProblem
from ratings.difficulty.smoothing import smooth_curves
from ratings.fits.outcome_models import MODELS, probabilities

NAMES = tuple(f"contestant-{index}" for index in range(40))
LEVELS = np.arange(1.0, 6.0)
TIE_PARAMETER = -0.3


@dataclass(frozen=True)
class Planted:
    """Curves ``level + slope * (d - 3) + bend * (d - 3)^2``, and how prompts of one level differ."""

    level: tuple[float, ...]
    slope: tuple[float, ...]
    bend: tuple[float, ...]
    prompt_sd: float = 0.0  # a prompt's own difficulty, the same for all contestants
    taste_sd: float = 0.0  # how well a contestant's output to a prompt came out

    def at(self, difficulty):
        """Curves (n, K) at difficulties (n,)."""
        d = np.asarray(difficulty)[:, None] - 3.0
        return np.array(self.level) + np.array(self.slope) * d + np.array(self.bend) * d**2

    def seen(self, difficulty, rng):
        """What contestants are worth on prompts of these difficulties."""
        q, k = len(difficulty), len(self.level)
        own = self.prompt_sd * rng.normal(size=(q, 1)) + self.taste_sd * rng.normal(size=(q, k))
        return self.at(difficulty) + own


def draw(planted, difficulty, *, n_votes, rng, n_voters=60):
    """Votes on prompts of the difficulties (Q,), pairs and sides uniform."""
    levels = planted.seen(difficulty, rng)
    k = levels.shape[1]
    prompt, a = rng.integers(len(difficulty), size=n_votes), rng.integers(k, size=n_votes)
    b = (a + rng.integers(1, k, size=n_votes)) % k
    seen = np.stack([levels[prompt, a], levels[prompt, b], np.full(n_votes, TIE_PARAMETER)], axis=1)
    below = np.cumsum(probabilities(MODELS["grounded"], seen), axis=1)[:, :3]
    return Battles(
        contestants=NAMES[:k],
        a=a.astype(np.int32),
        b=b.astype(np.int32),
        outcome=(rng.random(n_votes)[:, None] > below).sum(axis=1).astype(np.int8),
        voter=rng.integers(n_voters, size=n_votes).astype(np.int32),
        prompt=prompt.astype(np.int32),
    )


def endless(planted, model, *, n_prompts=2000, votes=1e5):
    """Curves (5, K) fitted to expected votes on very many prompts of levels 1 to 5."""
    rng = np.random.default_rng(5)
    k = len(planted.level)
    i, j = np.triu_indices(k, 1)
    weight = []
    for level in LEVELS:
        seen = planted.seen(np.full(n_prompts, level), rng)
        arguments = np.stack([seen[:, i], seen[:, j], np.full((n_prompts, len(i)), TIE_PARAMETER)], axis=2)
        chance = probabilities(MODELS["grounded"], arguments.reshape(-1, 3))
        weight.append(chance.reshape(n_prompts, len(i), 4).mean(axis=0))
    cells = Cells(
        i=np.tile(i, 5),
        j=np.tile(j, 5),
        difficulty=np.repeat(LEVELS, len(i)),
        weight=votes * np.concatenate(weight),
        contestants=NAMES[:k],
        row_cell=np.zeros(0, dtype=np.int64),
        row_outcome=np.zeros(0, dtype=np.int64),
    )
    basis = spline_basis(LEVELS)
    problem = CurveProblem(cells, basis, basis.at(cells.difficulty), model)
    curves = smooth_curves(problem).parameters[: problem.n_coefficients].reshape(k, -1).T
    return basis.at(np.linspace(1.0, 5.0, 41)) @ curves


def relative(curves):
    """Curves (G, K) less their mean at each difficulty."""
    return curves - curves.mean(axis=1, keepdims=True)
