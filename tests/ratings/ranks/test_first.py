from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import norm, t

from ratings.errors import InvalidOptionError
from ratings.ranks.comparisons import normal_comparisons
from ratings.ranks.first import could_be_first, rank_probabilities
from tests.ratings.ranks.test_rank_sets import compared_strengths, independent


def test_of_two_the_bound_is_one_sided():
    bound = norm.isf(0.05) * np.sqrt(2)
    assert could_be_first(independent([0.0, 1.05 * bound])).tolist() == [False, True]
    assert could_be_first(independent([0.0, 0.95 * bound])).tolist() == [True, True]


def test_the_bound_grows_with_the_number_of_rivals():
    """Against one leader of many equals: Dunnett's one-sided 5 % points, 1.92 for two and 2.42 for nine."""
    for k, dunnett in ((3, 1.92), (10, 2.42)):
        for share, is_possible in ((1.04, False), (0.96, True)):
            strengths = np.zeros(k)
            strengths[0] = share * dunnett * np.sqrt(2)
            assert could_be_first(independent(strengths))[1:].tolist() == [is_possible] * (k - 1)


def test_few_clusters_exclude_by_students_bonferroni():
    bound = t.isf(0.05 / 2, 5) * np.sqrt(2)
    for share, is_possible in ((1.01, False), (0.99, True)):
        compared = replace(independent([share * bound, 0.0, 0.0]), degrees=np.full(3, 5.0))
        assert could_be_first(compared).tolist() == [True, is_possible, is_possible]


def test_the_truly_first_is_nearly_always_in_the_set():
    rng = np.random.default_rng(11)
    held = [could_be_first(independent(rng.standard_normal(5)), n_draws=400, seed=i)[0] for i in range(500)]
    assert 0.93 <= np.mean(held) <= 0.97


def test_of_two_the_probability_to_be_first_is_the_normal_one():
    found = rank_probabilities(independent([0.0, 1.0]), n_draws=40_000)
    expected = norm.cdf(1 / np.sqrt(2))
    np.testing.assert_allclose(found, [[1 - expected, 1], [expected, 1]], atol=0.01)


def test_a_strength_of_few_clusters_is_drawn_with_students_tails():
    """Draws are centred: of two contestants each deviates by half the difference, in opposite directions."""
    compared = replace(independent([0.0, 4.0]), degrees=np.array([2.0, 2.0]))
    found = rank_probabilities(compared, n_draws=40_000)
    assert found[0, 0] == pytest.approx(t.sf(4 / np.sqrt(2), 2), abs=0.006)


def test_equals_are_equally_likely_at_every_rank():
    found = rank_probabilities(independent(np.zeros(5)), n_draws=40_000)
    np.testing.assert_allclose(found, np.tile(np.arange(1, 6) / 5, (5, 1)), atol=0.012)


@settings(max_examples=40)
@given(compared_strengths())
def test_probabilities_rise_to_one_and_share_out_the_ranks(compared):
    found = rank_probabilities(compared, n_draws=200)
    assert (np.diff(found, axis=1) >= 0).all()
    np.testing.assert_allclose(found[:, -1], 1)
    np.testing.assert_allclose(found.sum(axis=0), np.arange(1, len(found) + 1))


def test_without_a_rank_there_is_no_probability():
    whole = normal_comparisons(("A", "B", "C"), np.zeros(3), np.eye(3))
    compared = replace(normal_comparisons(("A", "C"), np.zeros(2), np.eye(2)), contestants=whole.contestants)
    compared = replace(compared, members=np.array([0, 2]))
    found = rank_probabilities(compared)
    assert found.shape == (3, 2)
    assert np.isnan(found[1]).all()
    assert not could_be_first(compared)[1]


def test_no_draws_are_refused():
    with pytest.raises(InvalidOptionError):
        rank_probabilities(independent([0.0, 1.0]), n_draws=0)
