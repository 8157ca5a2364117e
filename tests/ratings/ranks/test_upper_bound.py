import numpy as np

from ratings.ranks.upper_bound import lmarena_upper_bound_rank


def ranks(*intervals):
    low, high = np.array(intervals, dtype=float).T
    return lmarena_upper_bound_rank(low, high).tolist()


def test_upper_bound_ranks_by_hand():
    """Only whole intervals above count; two overlap and share the second rank, whoever is below."""
    assert ranks((90, 99), (50, 60), (55, 70), (10, 20)) == [1, 2, 2, 4]


def test_touching_intervals_share_a_rank():
    assert ranks((10, 20), (20, 30)) == [1, 1]


def test_a_wide_interval_reaches_the_top():
    assert ranks((0, 100), (10, 20), (30, 40)) == [1, 2, 1]


def test_without_an_interval_there_is_no_rank():
    assert ranks((np.nan, np.nan), (10, 20), (30, 40)) == [0, 2, 1]
