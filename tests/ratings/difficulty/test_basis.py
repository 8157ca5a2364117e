"""The spline basis: sums to one, never larger than the data, and its roughness is exact."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.interpolate import BSpline

from ratings.difficulty.basis import MOST_FUNCTIONS, spline_basis


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 9, 200])
def test_there_are_never_more_functions_than_difficulties_and_all_are_told_apart(n):
    values = np.cumsum(np.random.default_rng(n).exponential(size=n))
    basis = spline_basis(np.repeat(values, 2))
    design = basis.at(values)
    assert basis.size == min(n, MOST_FUNCTIONS)
    assert np.linalg.matrix_rank(design) == basis.size
    np.testing.assert_allclose(design.sum(axis=1), 1.0)
    assert (basis.lowest, basis.highest) == (values[0], values[-1])


@pytest.mark.parametrize("n", [3, 4, 5, 9])
def test_roughness_is_the_integral_of_second_derivatives(n):
    basis = spline_basis(np.arange(n) ** 1.5)
    bends = [BSpline(basis.knots, column, basis.degree).derivative(2) for column in np.eye(basis.size)]
    inner = np.unique(basis.knots)[1:-1]
    for b, first in enumerate(bends):
        for c, second in enumerate(bends):
            found = quad(lambda x, f=first, g=second: f(x) * g(x), 0, 1, points=inner if len(inner) else None)
            assert basis.roughness[b, c] == pytest.approx(found[0], abs=1e-6)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 30])
def test_straight_lines_are_not_rough_and_everything_else_is(n):
    basis = spline_basis(np.linspace(2.0, 7.0, n))
    x = np.linspace(2.0, 7.0, 50)
    line, *_ = np.linalg.lstsq(basis.at(x), 3.0 - 2.0 * x * (n > 1), rcond=None)
    assert line @ basis.roughness @ line == pytest.approx(0.0, abs=1e-8)
    assert np.linalg.matrix_rank(basis.roughness, tol=1e-6) == basis.n_curved


def test_beyond_the_range_the_end_counts():
    basis = spline_basis(np.arange(5.0))
    np.testing.assert_array_equal(basis.at(np.array([-3.0, 9.0])), basis.at(np.array([0.0, 4.0])))
