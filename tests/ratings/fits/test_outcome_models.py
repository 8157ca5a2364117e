import numpy as np
import pytest

from ratings.data.battles import Outcome
from ratings.fits.outcome_models import MODELS, log_probability, probabilities

LEVELS = np.random.default_rng(4).normal(0, 1.5, (40, 3))
WITH_TIES = ("rao_kupper", "davidson", "grounded")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("outcome", Outcome)
def test_derivatives_are_those_of_finite_differences(name, outcome):
    model, step = MODELS[name], 1e-5
    _, gradient, hessian = log_probability(model, outcome, LEVELS)
    for place in range(3):
        move = np.zeros(3)
        move[place] = step
        above, below = (log_probability(model, outcome, LEVELS + sign * move) for sign in (1, -1))
        np.testing.assert_allclose(gradient[:, place], (above[0] - below[0]) / (2 * step), atol=1e-8)
        np.testing.assert_allclose(hessian[:, place], (above[1] - below[1]) / (2 * step), atol=1e-8)


@pytest.mark.parametrize("name", WITH_TIES)
def test_probabilities_sum_to_one_and_swap_with_the_sides(name):
    p = probabilities(MODELS[name], LEVELS)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-12)
    assert (p >= 0).all()
    np.testing.assert_allclose(probabilities(MODELS[name], LEVELS[:, [1, 0, 2]]), p[:, [1, 0, 2, 3]])


@pytest.mark.parametrize("name", WITH_TIES)
def test_ties_vanish_with_the_tie_parameter(name):
    levels = LEVELS.copy()
    levels[:, 2] = -30.0
    assert probabilities(MODELS[name], levels)[:, Outcome.TIE].max() < 1e-10


def test_probabilities_by_hand():
    """u = ln 2, v = 0; lambda = 3 (tau = ln 2) and nu = 2."""
    levels = np.array([[np.log(2.0), 0.0, np.log(2.0)]])
    rao_kupper, davidson, grounded = (probabilities(MODELS[name], levels)[0] for name in WITH_TIES)
    np.testing.assert_allclose(rao_kupper, [2 / 5, 1 / 7, 16 / 35, 0], atol=1e-12)
    tie = 2 * np.sqrt(2)
    np.testing.assert_allclose(davidson, np.array([2, 1, tie, 0]) / (3 + tie), atol=1e-12)
    np.testing.assert_allclose(grounded, [2 / 6, 1 / 8, 1 - 2 / 6 - 1 / 8 - 1 / 4, 1 / 4], atol=1e-12)


@pytest.mark.parametrize("name", ["half", "rao_kupper", "davidson"])
def test_models_without_a_level_see_differences_only_and_pool_both_bad(name):
    for outcome in Outcome:
        here = log_probability(MODELS[name], outcome, LEVELS)[0]
        raised = log_probability(MODELS[name], outcome, LEVELS + np.array([1.7, 1.7, 0.0]))[0]
        np.testing.assert_allclose(raised, here, atol=1e-12)
    tie, both_bad = (log_probability(MODELS[name], code, LEVELS) for code in (Outcome.TIE, Outcome.BOTH_BAD))
    for one, other in zip(tie, both_bad, strict=True):
        np.testing.assert_array_equal(one, other)


def test_half_win_has_no_probability_of_a_tie():
    with pytest.raises(ValueError, match="no probability of a tie"):
        probabilities(MODELS["half"], LEVELS)
