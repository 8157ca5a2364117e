"""The short study of coverage; tests/benchmarks/bench_coverage.py is the long one."""

import numpy as np
import pytest

from ratings import Taste, bradley_terry, simulate
from ratings.studies.coverage import (
    CoverageSetting,
    coverage_by_cluster,
    interval_coverage,
    population_strengths,
    prompt_strengths,
)

STRENGTHS = (-1.0, -0.6, -0.2, 0.2, 0.6, 1.0)
TASTE = Taste(voter_sd=0.7, prompt_sd=0.7)


@pytest.mark.parametrize(("n_prompts", "n_voters"), [(8, 40), (16, 20), (24, 40), (60, 20)])
def test_published_intervals_cover_what_they_claim(n_prompts, n_voters):
    """200 data sets leave an error of about .7 %; the bounds are 94 and 97 % and three errors."""
    setting = CoverageSetting(STRENGTHS, n_voters, n_prompts, 40, TASTE)
    found = interval_coverage(setting, n_data_sets=200, rng=np.random.default_rng(n_prompts))
    assert found.n_refused == 0
    assert 0.94 - 3 * found.error < found.these_prompts < 0.97 + 3 * found.error
    assert 0.94 - 3 * found.error < found.prompts_like_these < 0.97 + 3 * found.error
    assert found.naive < 0.85


def test_each_kind_of_dependence_that_is_ignored_costs_coverage():
    """The long study holds .663, .826, .904 and .943 to .02; 60 data sets leave an error of about .03."""
    setting = CoverageSetting(STRENGTHS, 120, 60, 40, Taste(voter_sd=0.7, prompt_sd=0.7, tie_rate=0.1))
    found = coverage_by_cluster(setting, n_data_sets=60, rng=np.random.default_rng(4))
    assert found["vote"] == pytest.approx(0.663, abs=0.08)
    assert found["voter"] == pytest.approx(0.826, abs=0.07)
    assert found["prompt"] == pytest.approx(0.904, abs=0.06)
    assert found["two_way"] == pytest.approx(0.943, abs=0.05)


def test_without_tastes_even_independent_votes_cover():
    setting = CoverageSetting(STRENGTHS, 40, 60, 40, Taste())
    found = interval_coverage(setting, n_data_sets=200, rng=np.random.default_rng(1))
    assert found.naive == pytest.approx(0.95, abs=0.03)


def test_where_few_voters_cast_most_votes_the_intervals_still_cover_and_plain_clustering_does_not():
    setting = CoverageSetting(STRENGTHS, 30, 8, 20, TASTE, activity_sd=1.2)
    jackknife, plain = (
        interval_coverage(setting, n_data_sets=150, rng=np.random.default_rng(1), correction=correction)
        for correction in ("jackknife", "plain")
    )
    assert jackknife.these_prompts > 0.94 - 3 * jackknife.error
    assert jackknife.prompts_like_these > 0.94 - 3 * jackknife.error
    assert jackknife.these_prompts > plain.these_prompts


def test_data_sets_without_finite_strengths_are_counted():
    setting = CoverageSetting(STRENGTHS, 4, 2, 6, TASTE)
    assert interval_coverage(setting, n_data_sets=60, rng=np.random.default_rng(1)).n_refused > 0


def test_without_tastes_the_targets_are_the_planted_strengths():
    planted = np.array(STRENGTHS)
    np.testing.assert_allclose(population_strengths(planted, Taste()), planted, atol=1e-9)
    np.testing.assert_allclose(prompt_strengths(planted, np.zeros((3, 6)), 0.0), planted, atol=1e-9)


def test_the_targets_are_what_very_many_votes_give():
    """A million votes: of new voters on fixed prompts, and of new voters on new prompts. Error about .01."""
    rng = np.random.default_rng(3)
    planted = np.array([-0.8, 0.1, 0.7])
    tastes = rng.normal(0.0, 0.7, (4, 3))
    fixed = simulate(
        planted, n_voters=200_000, n_prompts=4, votes_per_voter=5, taste=TASTE, prompt_taste=tastes, rng=rng
    )
    target = prompt_strengths(planted, tastes, 0.7)
    np.testing.assert_allclose(bradley_terry(fixed).strengths, target, atol=0.015)
    fresh = simulate(planted, n_voters=200_000, n_prompts=100_000, votes_per_voter=5, taste=TASTE, rng=rng)
    target = population_strengths(planted, TASTE)
    np.testing.assert_allclose(bradley_terry(fresh).strengths, target, atol=0.015)
    assert np.abs(target).max() < 0.75  # tastes pull odds towards even
