"""How often rank sets find equals apart, and how long they take; the figures of ratings/README.md.

Run with ``pytest tests/benchmarks/bench_ranks.py -s``; about eight minutes on one core.

First column: any two equals are found apart. Second: one given of them is excluded from the first place.
"""

import sys
import time

import numpy as np
import pytest

from ratings.ranks.comparisons import normal_comparisons
from ratings.ranks.first import could_be_first, rank_probabilities
from ratings.ranks.rank_sets import rank_sets
from ratings.studies.simulate import contestant_names
from tests.ratings.ranks.family_wise import Clusters, Crowd, allowed, errors

N_DATA_SETS = 1000
SETTINGS = {
    "normal, independent": [Clusters(k, c) for k in (3, 6, 12, 25) for c in (8, 16, 24, 60, 1000)],
    "normal, two factors": [Clusters(k, c, 2) for k in (3, 6, 12, 25) for c in (8, 16, 24, 60, 1000)],
    "votes, by voter": [Crowd(k, v, 24, "voter") for k in (6, 12) for v in (20, 60, 200)],
    "votes, by voter, uneven": [Crowd(6, v, 24, "voter", activity_sd=1.2) for v in (20, 60)],
    "votes, by prompt": [Crowd(k, 9, p, "prompt") for k in (3, 6) for p in (8, 16, 24, 60)],
    "votes, two ways": [
        *(Crowd(6, 40, p, "two_way") for p in (8, 16, 24, 60)),
        Crowd(12, 120, 60, "two_way"),
    ],
}


@pytest.mark.parametrize("group", SETTINGS)
def test_equals_are_found_apart_in_five_percent_of_data_sets_at_most(group):
    """Two Monte Carlo errors over a group; four in one setting, as chance lifts some of many above two."""
    found = []
    for setting in SETTINGS[group]:
        rng = np.random.default_rng(2026)
        found.append(errors(setting, n_data_sets=N_DATA_SETS, n_draws=1000, rng=rng))
        sys.stdout.write("\n{:7.1%} {:7.1%}  {}".format(*found[-1], setting))
        sys.stdout.flush()
    mean = np.mean(found, axis=0)
    sys.stdout.write("\n{:7.1%} {:7.1%}  all: {}\n".format(*mean, group))
    assert np.max(found) <= allowed(N_DATA_SETS, 4)
    assert (mean <= allowed(N_DATA_SETS * len(found), 2)).all()


@pytest.mark.parametrize(("k", "n_draws"), [(129, 4000), (129, 10_000), (300, 4000), (300, 10_000)])
def test_time(k, n_draws):
    rng = np.random.default_rng(0)
    root = rng.standard_normal((k, 2 * k))
    compared = normal_comparisons(contestant_names(k), rng.normal(0, 60, k), root @ root.T)
    for function in (rank_sets, could_be_first, rank_probabilities):
        start = time.process_time()
        function(compared, n_draws=n_draws)
        sys.stdout.write(f"\n{k} contestants, {n_draws} draws, {function.__name__}: ")
        sys.stdout.write(f"{time.process_time() - start:.2f} s of CPU")
