"""A short version of tests/benchmarks/bench_ranks.py."""

import numpy as np
import pytest

from tests.ratings.ranks.family_wise import Clusters, Crowd, allowed, errors


@pytest.mark.parametrize(
    ("setting", "n_data_sets"),
    [
        (Clusters(5, 8), 400),
        (Clusters(5, 60), 400),
        (Crowd(5, n_voters=20, n_prompts=12, cluster="voter"), 120),
        (Crowd(5, n_voters=8, n_prompts=24, cluster="prompt"), 120),
    ],
    ids=str,
)
def test_equals_are_found_apart_in_five_percent_of_data_sets_at_most(setting, n_data_sets):
    any_two, first = errors(setting, n_data_sets=n_data_sets, n_draws=400, rng=np.random.default_rng(2026))
    assert any_two <= allowed(n_data_sets)
    assert first <= allowed(n_data_sets)
