"""The short version of tests/benchmarks/bench_style.py."""

import pytest

from tests.ratings.style_study import StyleSetting, study

N = 30


@pytest.mark.parametrize(
    ("setting", "cluster"),
    [
        (StyleSetting(60, 25, 30, 0.0, 0.0), "vote"),
        (StyleSetting(60, 25, 30, 0.7, 0.0), "voter"),
        (StyleSetting(60, 25, 24, 0.7, 0.7), "two_way"),
    ],
    ids=["single votes", "voters", "voters and prompts"],
)
def test_style_controlled_intervals_hold_the_truth(setting, cluster):
    found = study(setting, cluster, n_data_sets=N, seed=1, n_truth=60_000)
    for share in (found.controlled, found.raw, found.tax, found.coefficients):
        assert abs(share - 0.95) < 0.01 + 4 * found.error


def test_intervals_that_take_clustered_votes_as_independent_do_not():
    found = study(StyleSetting(60, 25, 30, 0.9, 0.0), "vote", n_data_sets=N, seed=1, n_truth=60_000)
    assert found.controlled < 0.9
