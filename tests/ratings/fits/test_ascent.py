import numpy as np
import pytest

from ratings.errors import ConvergenceError
from ratings.fits.ascent import ascend, check_maximum

NOTHING_FREE = np.zeros(1)


def hill(x):
    """Minus log cosh: concave, but a full Newton step from 2 jumps to -11 and then ever farther."""
    return -float(np.logaddexp(x, -x)[0]), -np.tanh(x), np.diag(1 - np.tanh(x) ** 2)


def two_peaks(x):
    """Minus (x^2 - 1)^2: between the peaks it curves upwards."""
    return -float((x[0] ** 2 - 1) ** 2), -4 * x * (x**2 - 1), np.diag(12 * x**2 - 4)


def shore(x):
    """Minus e^-x: rises for ever."""
    return -float(np.exp(-x[0])), np.exp(-x), np.diag(np.exp(-x))


@pytest.mark.parametrize("start", [2.0, -5.0])
def test_steps_that_overshoot_are_shortened(start):
    found, n_iterations = ascend(hill, np.array([start]), NOTHING_FREE, scale=1.0)
    assert found == pytest.approx([0.0], abs=1e-9)
    assert n_iterations < 30


def test_upward_curvature_leads_to_a_peak_and_not_to_the_saddle():
    found, _ = ascend(two_peaks, np.array([0.1]), NOTHING_FREE, scale=1.0)
    assert found == pytest.approx([1.0], abs=1e-9)


def test_what_rises_for_ever_raises():
    with pytest.raises(ConvergenceError, match="ran away"):
        ascend(shore, np.array([0.0]), NOTHING_FREE, scale=1.0)


def test_a_flat_direction_is_no_maximum_unless_it_is_the_free_one():
    gap = np.array([[1.0, -1.0], [-1.0, 1.0]])
    check_maximum(gap, np.ones(2))
    with pytest.raises(ConvergenceError):
        check_maximum(gap, np.zeros(2))
    with pytest.raises(ConvergenceError):
        check_maximum(np.diag([1.0, -1.0]), np.zeros(2))
