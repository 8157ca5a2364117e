import numpy as np

from ratings.points import to_points, to_strengths


def test_400_points_are_odds_of_ten_and_strength_zero_is_1000():
    points = to_points(np.array([0.0, np.log(10)]))
    np.testing.assert_allclose(points, [1000, 1400], atol=1e-9)
    np.testing.assert_allclose(to_strengths(points), [0, np.log(10)], atol=1e-12)
