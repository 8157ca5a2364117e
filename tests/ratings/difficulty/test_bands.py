"""The tube formula against theory and against simulation."""

import numpy as np
import pytest
from scipy.stats import norm, t

from ratings.difficulty.bands import critical


@pytest.mark.parametrize("degrees", [1.0, 5.0, 30.0])
def test_a_path_of_length_zero_gives_students_quantile(degrees):
    found = critical(0.05, np.array([degrees]), np.zeros(1))
    np.testing.assert_allclose(found, t.isf(0.025, degrees), rtol=1e-9)


def test_one_straight_line_gives_the_bound_that_is_exact_for_it():
    """Two coefficients over all slopes draw half a circle; max |t|^2 is then chi-squared on 2, -2 ln(.05)."""
    found = critical(0.05, np.array([1e9]), np.array([np.pi]))
    exact = np.sqrt(-2 * np.log(0.05))
    assert exact < found[0] < exact + 0.13  # the ends of the path are counted apart, so a little more


@pytest.mark.parametrize("degrees", [4, 12, 1000])
def test_the_largest_t_along_a_path_exceeds_the_critical_value_as_often_as_claimed(degrees):
    rng = np.random.default_rng(degrees)
    x = np.linspace(-1.0, 1.0, 41)
    shapes = np.stack([np.ones(41), x, x**2], axis=1)
    shapes /= np.linalg.norm(shapes, axis=1, keepdims=True)
    length = np.arccos(np.clip((shapes[:-1] * shapes[1:]).sum(axis=1), -1, 1)).sum()
    scale = np.sqrt(rng.chisquare(degrees, 20_000) / degrees)
    largest = np.abs(rng.normal(size=(20_000, 3)) @ shapes.T).max(axis=1) / scale
    found = critical(0.05, np.array([float(degrees)]), np.array([length]))
    assert 0.040 < np.mean(largest > found) < 0.053
    assert found > norm.isf(0.025)
