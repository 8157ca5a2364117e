import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit, logit

from ratings.diagnostics.calibration import calibration


def drawn(slope, n=20_000, seed=1):
    """Predictions, and outcomes whose log-odds are ``slope`` times those predicted."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1.2, n)
    return expit(x), (rng.random(n) < expit(slope * x)).astype(float), rng.integers(0, 500, n)


def test_bins_and_error_by_hand():
    """From the favourite's side: .62 .62 .62 (2 of 3 won) and .81 (a half)."""
    predicted, observed = np.array([0.62, 0.38, 0.62, 0.19]), np.array([1.0, 0.0, 0.0, 0.5])
    found = calibration(predicted, observed, np.ones(4), np.arange(4))
    np.testing.assert_allclose(found.low, [0.6, 0.8])
    np.testing.assert_allclose(found.high, [0.65, 0.85])
    np.testing.assert_allclose(found.predicted, [0.62, 0.81])
    np.testing.assert_allclose(found.observed, [2 / 3, 0.5])
    np.testing.assert_allclose(found.weight, [3, 1])
    assert found.error == pytest.approx((3 * (2 / 3 - 0.62) + 0.31) / 4)


@pytest.mark.parametrize("slope", [-1.6, 0.5, 1.0, 1.6])
def test_planted_slopes_are_recovered(slope):
    predicted, observed, cluster = drawn(slope)
    found = calibration(predicted, observed, np.ones(len(predicted)), cluster)
    assert abs(found.slope - slope) < 3 * found.slope_error
    assert found.slope_error < 0.03
    assert found.error < 0.02 if slope == 1 else found.error > 0.04


def test_slope_and_error_are_those_of_a_clustered_logistic_regression():
    predicted, observed, cluster = drawn(0.8, n=600)
    cluster %= 30
    found = calibration(predicted, observed, np.ones(600), cluster)
    is_flipped = predicted < 0.5
    y, p = np.where(is_flipped, 1 - observed, observed), np.maximum(predicted, 1 - predicted)
    theirs = sm.GLM(y, logit(p)[:, None], family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": cluster}
    )
    assert found.slope == pytest.approx(theirs.params[0], rel=1e-6)
    # statsmodels also multiplies the variance by (n - 1) / (n - 1), that is 1, for a single coefficient
    assert found.slope_error == pytest.approx(theirs.bse[0], rel=1e-6)


def test_sides_do_not_matter():
    predicted, observed, cluster = drawn(0.8, n=300)
    one = calibration(predicted, observed, np.ones(300), cluster)
    other = calibration(1 - predicted, 1 - observed, np.ones(300), cluster)
    assert one.slope == pytest.approx(other.slope)
    np.testing.assert_allclose(one.observed, other.observed)


@pytest.mark.parametrize(
    ("predicted", "observed", "slope"),
    [([0.5, 0.5], [1, 0], math.nan), ([0.7, 0.2], [1, 0], math.inf), ([0.7, 0.2], [0, 1], -math.inf)],
)
def test_slopes_that_do_not_exist_are_not_invented(predicted, observed, slope):
    found = calibration(np.array(predicted), np.array(observed, dtype=float), np.ones(2), np.arange(2))
    np.testing.assert_equal(found.slope, slope)
    assert math.isnan(found.slope_error)


def test_weights_count():
    predicted, observed = np.array([0.7, 0.7]), np.array([1.0, 0.0])
    found = calibration(predicted, observed, np.array([3.0, 1.0]), np.arange(2))
    assert found.observed[0] == 0.75
    assert found.slope == pytest.approx(math.log(3) / math.log(7 / 3))
