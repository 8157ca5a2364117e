import numpy as np
import pytest
from scipy.stats import poisson

from ratings.uncertainty.poisson import BUCKETS, LARGE, poisson_drawer
from tests.ratings.uncertainty.laws import misfit


@pytest.mark.parametrize("mean", [0.01, 1.0, 9.3, 250.0, LARGE, 5000.0])
def test_numbers_have_the_exact_law(mean):
    drawn = poisson_drawer(np.full(30_000, mean))(np.random.default_rng(5))
    assert misfit(drawn, poisson(mean)) > 1e-3


def test_every_uniform_number_gives_the_quantile_of_scipy():
    """Also in the first and the last bucket of a table, which hold most of its values."""
    means = np.repeat([0.001, 0.5, 1.0, 3.7, 60.0, 511.0, LARGE], 4000)
    u = np.random.default_rng(5).random(len(means))
    drawn = poisson_drawer(means)(np.random.default_rng(5))
    at_ends = (u < 1 / BUCKETS) | (u > 1 - 1 / BUCKETS)
    assert at_ends[means == LARGE].sum() > 10
    below, at = poisson.cdf(drawn - 1, means), poisson.cdf(drawn, means)
    assert ((below <= u + 1e-11) & (u < at + 1e-11)).all()


def test_every_number_is_drawn_for_its_own_mean_in_any_order():
    means = np.array([4000.0, 0.01, 900.0, 30.0, 900.0, 2000.0])
    draw, stream = poisson_drawer(means), np.random.default_rng(2)
    found = np.mean([draw(stream) for _ in range(400)], axis=0)
    assert (np.abs(found - means) < 5 * np.sqrt(means / 400) + 0.02).all()


def test_no_means_give_no_numbers():
    assert poisson_drawer(np.zeros(0))(np.random.default_rng(1)).shape == (0,)
