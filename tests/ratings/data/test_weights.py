import numpy as np
import pytest

from ratings.data.battles import Battles
from ratings.data.weights import effective_sample_size, inverse_propensity_weights, weighted_by_propensity
from ratings.errors import InvalidBattlesError, InvalidOptionError
from ratings.fits.bradley_terry import bradley_terry


def test_effective_sample_size_by_hand():
    """Weights 1, 1, 2: 16 / 6; equal weights count as they are; nothing counts as nothing."""
    assert effective_sample_size(np.array([1.0, 1.0, 2.0])) == pytest.approx(16 / 6)
    assert effective_sample_size(np.full(7, 3.0)) == pytest.approx(7)
    assert effective_sample_size(np.zeros(0)) == 0.0


def test_weights_are_inverse_propensities_of_mean_one():
    found = inverse_propensity_weights(np.array([0.5, 0.25, 0.25]))
    np.testing.assert_allclose(found.weight, [0.6, 1.2, 1.2])
    assert found.clip_rate == 0.0
    assert found.effective_size == pytest.approx(9 / (0.36 + 2 * 1.44))


def test_rare_draws_are_clipped_and_the_rate_is_told():
    """Raw weights 1 (99 times) and 901 have mean 10; at twice the mean the last becomes 20 beside 1."""
    propensity = np.append(np.ones(99), 1 / 901)
    found = inverse_propensity_weights(propensity, largest=2.0)
    assert found.clip_rate == 0.01
    assert found.weight[-1] / found.weight[0] == pytest.approx(20.0)
    assert found.weight.mean() == pytest.approx(1.0)


@pytest.mark.parametrize("wrong", [0.0, -0.1, 1.5, np.nan])
def test_what_is_no_probability_is_refused_with_its_row(wrong):
    with pytest.raises(InvalidBattlesError, match="row 2"):
        inverse_propensity_weights(np.array([0.5, wrong]))


def test_a_clip_below_the_mean_and_a_wrong_length_are_refused():
    with pytest.raises(InvalidOptionError, match="not more than 1"):
        inverse_propensity_weights(np.ones(2), largest=1.0)
    battles = Battles(contestants=("A", "B"), a=np.array([0]), b=np.array([1]), outcome=np.array([0]))
    with pytest.raises(InvalidBattlesError, match="2 propensities for 1 battles"):
        weighted_by_propensity(battles, inverse_propensity_weights(np.ones(2)))


def test_weighting_undoes_a_sampler_that_prefers_close_prompts():
    """Half of the prompts favour A by 2 log-odds, half by 0; the even ones are served nine times as often."""
    rng = np.random.default_rng(3)
    n = 60_000
    is_even = rng.random(n) < 0.9
    p = np.where(is_even, 0.5, 1 / (1 + np.exp(-2.0)))
    won = rng.random(n) < p
    battles = Battles(
        contestants=("A", "B"),
        a=np.zeros(n, dtype=np.int32),
        b=np.ones(n, dtype=np.int32),
        outcome=np.where(won, 0, 1).astype(np.int8),
    )
    weights = inverse_propensity_weights(np.where(is_even, 0.9, 0.1))
    uniform = np.log((0.5 + 1 / (1 + np.exp(-2.0))) / (1.5 - 1 / (1 + np.exp(-2.0))))
    gap = np.diff(bradley_terry(weighted_by_propensity(battles, weights)).strengths)[0]
    naive = np.diff(bradley_terry(battles).strengths)[0]
    error = 1 / np.sqrt(weights.effective_size * 0.21)  # of the log-odds at p = .7
    assert abs(-gap - uniform) < 3 * error
    assert abs(-naive - uniform) > 10 * error
