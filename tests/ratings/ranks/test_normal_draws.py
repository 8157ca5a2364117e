import numpy as np
import pytest
from scipy.stats import norm

from ratings.ranks.normal_draws import normal_draws, upper_quantile


def test_draws_have_the_covariance():
    covariance = np.array([[2.0, 0.6, 0.0], [0.6, 1.0, -0.4], [0.0, -0.4, 0.5]])
    drawn = normal_draws(covariance, n_draws=100_000, seed=4)
    np.testing.assert_allclose(drawn.mean(axis=1), 0, atol=0.015)
    np.testing.assert_allclose(np.cov(drawn), covariance, atol=0.025)


def test_draws_are_these_numbers_on_every_machine():
    """Known first numbers of PCG64 from seed 1; they run over the contestants of one draw, then the next."""
    first, second = [0.51182162, 0.95046370], [0.14415961, 0.94864945]
    expected = norm.ppf([first, second]).T
    np.testing.assert_allclose(normal_draws(np.eye(2), n_draws=2, seed=1), expected, atol=1e-6)


def test_a_singular_covariance_moves_its_draws_no_more_than_itself():
    """Three clusters of six contestants; rounding of the zero eigenvalues must not turn the draws."""
    root = np.random.default_rng(0).standard_normal((6, 3))
    noise = np.random.default_rng(1).standard_normal((6, 6)) * 1e-15
    one, other = (normal_draws(root @ root.T + shift, n_draws=50, seed=1) for shift in (0.0, noise + noise.T))
    np.testing.assert_allclose(one, other, atol=1e-11)


@pytest.mark.parametrize(("level", "expected"), [(0.95, 95.0), (0.5, 50.0), (0.01, 1.0)])
def test_of_99_draws_the_quantile_is_the_one_that_makes_the_level_exact(level, expected):
    drawn = np.random.default_rng(0).permutation(np.arange(1.0, 100.0))
    assert upper_quantile(drawn, level) == expected
