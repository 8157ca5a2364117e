import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ratings import interval_overlap_ranks
from ratings.points import to_points, to_strengths


def ranks(*intervals):
    low, high = np.array(intervals, dtype=float).T
    best, worst = interval_overlap_ranks(low, high)
    return list(zip(best.tolist(), worst.tolist(), strict=True))


def test_ranks_by_hand():
    """The first is clear of all, the next two overlap, the last is below all."""
    assert ranks((90, 99), (50, 60), (55, 70), (10, 20)) == [(1, 1), (2, 3), (2, 3), (4, 4)]


def test_touching_intervals_overlap():
    assert ranks((10, 20), (20, 30)) == [(1, 2), (1, 2)]


def test_a_wide_interval_leaves_all_ranks_open():
    assert ranks((0, 100), (10, 20), (30, 40)) == [(1, 3), (2, 3), (1, 2)]


spans = st.lists(st.tuples(st.integers(-1000, 1000), st.integers(0, 1000)), min_size=1, max_size=12)


@given(spans)
def test_the_rank_by_the_middle_of_the_intervals_lies_between_the_bounds(drawn):
    low = np.array([middle - half for middle, half in drawn], dtype=float)
    high = np.array([middle + half for middle, half in drawn], dtype=float)
    best, worst = interval_overlap_ranks(low, high)
    middle = (low + high) / 2
    above = (middle[None, :] > middle[:, None]).sum(axis=1)
    below = (middle[None, :] < middle[:, None]).sum(axis=1)
    assert (best <= 1 + above).all()
    assert (worst >= len(drawn) - below).all()
    assert (best <= worst).all()


def test_400_points_are_odds_of_ten_and_strength_zero_is_1000():
    points = to_points(np.array([0.0, np.log(10)]))
    np.testing.assert_allclose(points, [1000, 1400], atol=1e-9)
    np.testing.assert_allclose(to_strengths(points), [0, np.log(10)], atol=1e-12)
