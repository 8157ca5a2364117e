import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.data.pairs import Pairs
from ratings.errors import ConvergenceError
from ratings.fits import chord
from ratings.fits.chord import newton_near
from ratings.fits.newton import information, mean_zero_inverse, newton
from ratings.points import SCALE
from tests.ratings.samples import connected_wins


def fitted(wins):
    """Return pairs, wins of either side, and the strengths and inverse information at their maximum."""
    i, j = np.nonzero(np.triu(wins + wins.T))
    pairs, won, lost = Pairs(i, j, len(wins)), wins[i, j], wins[j, i]
    centre = newton(pairs, won[None], lost[None], np.zeros((1, len(wins))))[0]
    return pairs, won, lost, centre[0], mean_zero_inverse(information(pairs, won + lost, centre[0]))


def newton_from_zero(pairs, won, lost):
    return newton(pairs, won.T, lost.T, np.zeros((won.shape[1], pairs.n_contestants)))[0]


@settings(max_examples=40)
@given(wins=connected_wins(), seed=st.integers(0, 99))
def test_sets_near_and_far_are_fitted_as_by_newtons_method_from_zero(wins, seed):
    """Factors of 1/30 to 30 are far from what chord steps reach; the first set is the fitted one itself."""
    pairs, won, lost, centre, g = fitted(wins)
    factor = np.exp(np.random.default_rng(seed).uniform(-1, 1, (2, len(won), 4)) * [0, 0.2, 1, 3.4])
    sets = won[:, None] * factor[0], lost[:, None] * factor[1]
    found = newton_near(pairs, *sets, centre, g)
    np.testing.assert_allclose(SCALE * found, SCALE * newton_from_zero(pairs, *sets), rtol=0, atol=1e-6)


def test_a_set_of_two_contestants_has_the_log_odds_of_its_wins():
    pairs, _, _, centre, g = fitted(np.array([[0.0, 60], [40, 0]]))
    won, lost = np.array([[60.0, 50, 75]]), np.array([[40.0, 50, 25]])
    found = newton_near(pairs, won, lost, centre, g)
    np.testing.assert_allclose(found @ [1, -1], np.log([1.5, 1, 3]), rtol=0, atol=1e-9)


def test_what_chord_steps_leave_open_newtons_method_finishes(monkeypatch):
    pairs, won, lost, centre, g = fitted(np.array([[0.0, 60, 5], [40, 0, 9], [7, 8, 0]]))
    factor = np.random.default_rng(1).uniform(0.5, 2, (2, 3, 6))
    sets = won[:, None] * factor[0], lost[:, None] * factor[1]
    expected = newton_near(pairs, *sets, centre, g)
    monkeypatch.setattr(chord, "MAX_STEPS", 3)
    np.testing.assert_allclose(newton_near(pairs, *sets, centre, g), expected, rtol=0, atol=1e-9)


def test_strengths_too_wide_for_exponentials_are_left_to_newtons_method():
    """A chain of 40 contestants, each a million million times likelier to win than the next."""
    k = 40
    pairs = Pairs(np.arange(k - 1), np.arange(1, k), k)
    won, lost = np.full((k - 1, 1), 1e6), np.full((k - 1, 1), 1e-6)
    centre = np.linspace(1, -1, k) * (k - 1) / 2 * np.log(1e12)
    g = np.eye(k)
    assert np.ptp(centre) > chord.WIDEST
    won[5] *= 2
    expected = centre + np.where(np.arange(k) <= 5, 1, 0) * np.log(2)
    found = newton_near(pairs, won, lost, centre, g)[0]
    np.testing.assert_allclose(found - found.mean(), expected - expected.mean(), rtol=0, atol=1e-6)


def test_a_set_without_finite_strengths_is_never_returned():
    pairs, won, lost, centre, g = fitted(np.array([[0.0, 6], [4, 0]]))
    with pytest.raises(ConvergenceError):
        newton_near(pairs, won[:, None], np.zeros_like(lost)[:, None], centre, g)
