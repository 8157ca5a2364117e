"""Mean, slope and corner read off curves that a hand can draw."""

import numpy as np
import pytest

from ratings.difficulty.bands import Band
from ratings.difficulty.basis import spline_basis
from ratings.difficulty.figures import corner_of, trend_weights

GRID = np.linspace(1.0, 5.0, 5)


def band_of(curve, half):
    curve, half = np.array(curve)[:, None], np.full((5, 1), half)
    return Band(curve, half / 2, curve - half, curve + half, curve - 2 * half, curve + 2 * half)


def test_mean_and_slope_of_a_line_are_its_own_whatever_the_prompts():
    prompts = np.array([1.0, 1.0, 2.0, 4.0, 5.0, 3.0])
    basis = spline_basis(prompts)
    x = np.linspace(1.0, 5.0, 30)
    line, *_ = np.linalg.lstsq(basis.at(x), 2.0 - 0.7 * x, rcond=None)
    mean, slope = trend_weights(basis.at(prompts), prompts, np.array([1.0, 1, 1, 1, 1, 3])) @ line
    assert mean == pytest.approx(2.0 - 0.7 * (1 + 1 + 2 + 4 + 5 + 9) / 8)
    assert slope == pytest.approx(-0.7)


def test_a_single_difficulty_has_no_slope():
    basis = spline_basis(np.ones(3))
    mean, slope = trend_weights(basis.at(np.ones(3)), np.ones(3), np.ones(3))
    assert mean == 1.0
    assert np.isnan(slope)


def test_the_corner_lies_where_the_curve_falls_through_even_odds():
    corner, low, high = corner_of(GRID, band_of([3.0, 1.0, -1.0, -3.0, -5.0], 1.5), 0)
    assert (corner, low, high) == (pytest.approx(2.5), pytest.approx(1.75), pytest.approx(3.25))


@pytest.mark.parametrize("curve", [[3, 2, 2, 1, 0.5], [-1, -2, -3, -4, -5], [-2, -1, 0, 1, 2]])
def test_curves_that_never_fall_through_even_odds_have_no_corner(curve):
    assert corner_of(GRID, band_of(curve, 1.0), 0) == (None, None, None)


def test_a_wide_band_leaves_the_corner_open_at_either_end():
    corner, low, high = corner_of(GRID, band_of([1.0, 0.5, -0.5, -1.0, -1.5], 2.0), 0)
    assert corner == pytest.approx(2.5)
    assert (low, high) == (-np.inf, np.inf)


def test_a_curve_that_recovers_has_its_corner_at_the_first_fall():
    corner, low, high = corner_of(GRID, band_of([1.0, -1.0, 1.0, -1.0, -1.0], 0.5), 0)
    assert (corner, low, high) == (pytest.approx(1.5), pytest.approx(1.25), pytest.approx(1.75))
