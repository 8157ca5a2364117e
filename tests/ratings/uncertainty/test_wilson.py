import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from ratings.data.battles import Battles
from ratings.errors import InvalidOptionError
from ratings.uncertainty.wilson import pair_win_rates, wilson_interval
from tests.ratings.samples import battles_of

ROWS = [
    ("A", "B", "a"),
    ("B", "A", "b"),
    ("A", "B", "b"),
    ("B", "A", "tie"),
    ("C", "A", "a"),
    ("C", "A", "both_bad"),
]


def test_eight_of_ten_by_hand():
    """z^2 = 3.841459: (.8 + .1920729 -+ 1.959964 sqrt(.016 + .0096036)) / 1.3841459."""
    low, high = wilson_interval(0.8, 10, level=0.95)
    assert (float(low), float(high)) == pytest.approx((0.490162, 0.943318), abs=1e-6)


def test_the_interval_is_that_of_statsmodels():
    for votes in (1, 7, 400):
        won = np.arange(votes + 1)
        expected = proportion_confint(won, votes, alpha=0.1, method="wilson")
        np.testing.assert_allclose(wilson_interval(won / votes, votes, level=0.9), expected, atol=1e-12)


def test_no_interval_leaves_0_to_1_or_its_rate():
    votes = np.arange(1, 200)
    for rate in (0.0, 1.0):
        low, high = wilson_interval(rate, votes, level=0.95)
        assert ((low >= 0) & (low <= rate) & (rate <= high) & (high <= 1)).all()


def test_at_nine_tenths_of_20_votes_it_covers_where_the_normal_interval_does_not():
    """Published: .957 against .876 of the normal interval."""
    won = np.arange(21)
    low, high = wilson_interval(won / 20, 20, level=0.95)
    inside = (low <= 0.9) & (high >= 0.9)
    assert binom.pmf(won, 20, 0.9) @ inside == pytest.approx(0.957, abs=0.0005)
    half = 1.959964 * np.sqrt(won / 20 * (1 - won / 20) / 20)
    assert binom.pmf(won, 20, 0.9) @ (np.abs(won / 20 - 0.9) <= half) == pytest.approx(0.876, abs=0.0005)


def test_pairs_count_from_both_sides_and_ties_half():
    found = pair_win_rates(battles_of(ROWS))
    assert list(zip(found.i, found.j, strict=True)) == [(0, 1), (0, 2)]
    np.testing.assert_allclose(found.rate, [2.5 / 4, 0.5 / 2])
    np.testing.assert_array_equal(found.votes, [4, 2])
    np.testing.assert_array_equal(
        (found.low, found.high), wilson_interval(found.rate, found.votes, level=0.95)
    )
    assert (found.contestants, found.both_bad, found.level) == (("A", "B", "C"), "half", 0.95)


def test_dropped_both_bads_are_no_votes():
    found = pair_win_rates(battles_of(ROWS), both_bad="drop")
    np.testing.assert_array_equal((found.rate[1], found.votes[1]), (0, 1))


def test_weights_count_by_their_effective_number_whatever_their_unit():
    """Weights 3 and 1: a rate of 3/4 from 16 / 10 votes; three times as heavy, the same."""
    for unit in (1.0, 3.0):
        rows = [("A", "B", "a", 3.0 * unit), ("A", "B", "b", unit)]
        found = pair_win_rates(battles_of(rows, columns="model_a model_b winner weight"))
        np.testing.assert_allclose((found.rate[0], found.votes[0]), (0.75, 1.6))


def test_without_votes_there_are_no_pairs():
    nothing = np.zeros(0, dtype=np.int32)
    found = pair_win_rates(Battles(contestants=("A", "B"), a=nothing, b=nothing, outcome=nothing))
    assert len(found.i) == len(found.rate) == len(found.low) == 0


def test_a_level_that_is_none_is_refused():
    with pytest.raises(InvalidOptionError, match="level 95 is not between"):
        pair_win_rates(battles_of(ROWS), level=95)
