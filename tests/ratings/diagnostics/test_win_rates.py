import math

import numpy as np
import pytest
from hypothesis import given, settings

from ratings.data.battles import Battles
from ratings.diagnostics.win_rates import win_rates
from ratings.fits.bradley_terry import bradley_terry
from ratings.studies.simulate import Taste, simulate
from tests.ratings.samples import battles_of, connected_wins, of_wins

PAIRS = np.triu_indices(6, 1)


def votes(seed, tie_rate=0.3):
    rng = np.random.default_rng(seed)
    taste = Taste(tie_rate=tie_rate)
    return simulate(
        np.linspace(-1, 1, 6), n_voters=100, n_prompts=9, votes_per_voter=30, taste=taste, rng=rng
    )


def test_rates_by_hand():
    """A 4, B 1 and a tie against each other; C met only B, and even."""
    rows = [("A", "B", "a")] * 3 + [("B", "A", "b"), ("B", "A", "a"), ("A", "B", "tie")]
    battles = battles_of([*rows, ("B", "C", "a"), ("C", "B", "a")])
    found = win_rates(bradley_terry(battles), battles)
    np.testing.assert_allclose(found.observed[0], [math.nan, 4.5 / 6, math.nan])
    np.testing.assert_allclose(found.observed[1], [1.5 / 6, math.nan, 0.5])
    np.testing.assert_allclose(found.votes, [[0, 6, 0], [6, 0, 2], [0, 2, 0]])
    np.testing.assert_allclose(found.predicted[0], [math.nan, 0.75, 0.75])  # C is as good as B
    assert found.undecided_rate == pytest.approx(1 / (6 * 4 * 3 / 16 + 2))


def test_a_residual_by_hand():
    """A cycle of 3-1 wins: all equal, each pair off by one; two thirds of the variance are fitted away."""
    battles = of_wins(np.array([[0, 3, 1], [1, 0, 3], [3, 1, 0]]))
    battles = Battles(
        contestants=battles.contestants,
        a=np.repeat(battles.a, battles.weight.astype(int)),
        b=np.repeat(battles.b, battles.weight.astype(int)),
        outcome=np.zeros(12, dtype=np.int8),
    )
    found = win_rates(bradley_terry(battles), battles)
    assert found.z[0, 1] == pytest.approx(1 / math.sqrt(4 / 4 * (1 - 2 / 3)))
    np.testing.assert_allclose(found.z, -found.z.T)


@pytest.mark.parametrize("tie_rate", [0.0, 0.3, 0.5])
def test_residuals_are_standard_normal_where_the_model_holds(tie_rate):
    """40 data sets of 15 pairs: mean 0 and variance 1 within four Monte Carlo errors."""
    z = []
    for seed in range(40):
        battles = votes(seed, tie_rate)
        z.append(win_rates(bradley_terry(battles), battles).z[PAIRS])
    z = np.concatenate(z)
    assert abs(z.mean()) < 4 / math.sqrt(len(z))
    assert abs((z**2).mean() - 1) < 4 * math.sqrt(2 / len(z))


def test_a_planted_misfit_stands_out():
    battles = votes(1)
    is_pair = (np.minimum(battles.a, battles.b) == 1) & (np.maximum(battles.a, battles.b) == 4)
    outcome = np.where(is_pair, battles.a == 4, battles.outcome).astype(np.int8)  # 1 now always beats 4
    changed = Battles(contestants=battles.contestants, a=battles.a, b=battles.b, outcome=outcome)
    found = win_rates(bradley_terry(changed), changed).z
    assert np.unravel_index(np.nanargmax(found), found.shape) == (1, 4)
    assert found[1, 4] > 8


def test_weights_widen_what_is_expected_of_a_residual():
    """One vote of weight w, as for inverse propensities, is w times as far and not one bit surer."""
    battles = votes(2)
    heavy = Battles(
        contestants=battles.contestants,
        a=battles.a,
        b=battles.b,
        outcome=battles.outcome,
        weight=np.full(len(battles), 7.0),
    )
    one, other = (win_rates(bradley_terry(part), part) for part in (battles, heavy))
    np.testing.assert_allclose(one.z[PAIRS], other.z[PAIRS], rtol=1e-6)
    np.testing.assert_allclose(other.votes, 7 * one.votes)


def test_a_pair_that_decides_its_own_fit_has_no_residual():
    battles = of_wins([[0, 3], [1, 0]])
    assert np.isnan(win_rates(bradley_terry(battles), battles).z).all()
    ties = battles_of([("A", "B", "tie"), ("A", "B", "both_bad")])
    assert np.isnan(win_rates(bradley_terry(ties), ties).z).all()


@given(connected_wins(most=5))
@settings(max_examples=20)
def test_observed_and_predicted_wins_have_the_same_sum_and_rates_add_to_one(wins):
    battles = of_wins(wins)
    found = win_rates(bradley_terry(battles), battles)
    expected = np.nansum(found.votes * found.predicted, axis=1)
    np.testing.assert_allclose(np.nansum(found.votes * found.observed, axis=1), expected, atol=1e-6)
    met = found.votes > 0
    np.testing.assert_allclose((found.observed + found.observed.T)[met], 1)
    assert np.isnan(found.observed[~met]).all()
    np.testing.assert_allclose(found.z + found.z.T, np.where(np.isnan(found.z), np.nan, 0), atol=1e-9)


def test_dropped_both_bad_votes_are_not_observed():
    battles = battles_of([("A", "B", "a"), ("A", "B", "b"), ("A", "B", "both_bad")])
    assert win_rates(bradley_terry(battles, both_bad="drop"), battles).votes[0, 1] == 2
