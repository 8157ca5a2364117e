"""How often rank sets find equals apart: for a short test and a long study."""

from dataclasses import dataclass, replace

import numpy as np

from ratings.errors import DisconnectedError
from ratings.fits.bradley_terry import bradley_terry
from ratings.ranks.comparisons import comparisons, normal_comparisons
from ratings.ranks.first import could_be_first
from ratings.ranks.rank_sets import rank_sets
from ratings.studies.simulate import Taste, contestant_names, simulate
from ratings.uncertainty.intervals import covariance


@dataclass(frozen=True)
class Crowd:
    """Equal contestants, judged by voters and on prompts of their own tastes."""

    n_contestants: int
    n_voters: int
    n_prompts: int
    cluster: str
    votes_per_voter: int = 40
    activity_sd: float = 0.0

    def compared(self, rng):
        """Draw votes and compare the contestants; only what the clusters stand for varies."""
        tastes = {"voter": (0.7, 0.0), "prompt": (0.0, 0.7), "two_way": (0.7, 0.7)}[self.cluster]
        while True:
            battles = simulate(
                np.zeros(self.n_contestants),
                n_voters=self.n_voters,
                n_prompts=self.n_prompts,
                votes_per_voter=self.votes_per_voter,
                activity_sd=self.activity_sd,
                taste=Taste(*tastes),
                rng=rng,
            )
            try:
                fit = bradley_terry(battles)
            except DisconnectedError:
                continue
            return comparisons(fit, covariance(fit, battles, cluster=self.cluster))


@dataclass(frozen=True)
class Clusters:
    """Means of normal effects of clusters, with the covariance that they show themselves."""

    n_contestants: int
    n_clusters: int
    n_factors: int = 0

    def compared(self, rng):
        """Draw the effects; with factors the contestants move together."""
        k, c = self.n_contestants, self.n_clusters
        effects = rng.standard_normal((c, k))
        effects += rng.standard_normal((c, self.n_factors)) @ rng.standard_normal((self.n_factors, k))
        known = normal_comparisons(contestant_names(k), effects.mean(axis=0), np.cov(effects.T) / c)
        return replace(known, degrees=np.full(k, c - 1.0))


def errors(setting, *, n_data_sets, n_draws, rng):
    """Return how often any two equals are found apart, and how often the first of them is excluded."""
    found = np.zeros((n_data_sets, 2))
    for index in range(n_data_sets):
        compared = setting.compared(rng)
        sets = rank_sets(compared, n_draws=n_draws, seed=index)
        possible = could_be_first(compared, n_draws=n_draws, seed=index)
        found[index] = sum(sets.n_rejected) > 0, not possible[0]
    return found.mean(axis=0)


def allowed(n_data_sets, n_errors=2):
    """5 % and some Monte Carlo standard errors."""
    return 0.05 + n_errors * np.sqrt(0.05 * 0.95 / n_data_sets)
