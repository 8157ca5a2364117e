import numpy as np
import pytest
from hypothesis import given, settings

from ratings.diagnostics.refits import is_above, places, refitted, smallest
from ratings.errors import InvalidOptionError
from ratings.fits.bradley_terry import bradley_terry
from tests.ratings.samples import any_wins, connected_wins, of_wins


@given(connected_wins(most=5))
@settings(max_examples=15)
def test_a_refit_is_the_fit_from_wherever_it_starts(wins):
    start = np.linspace(-1, 1, len(wins))
    np.testing.assert_allclose(refitted(wins, start), bradley_terry(of_wins(wins)).strengths, atol=1e-9)


@given(any_wins(most=4, largest=1))
@settings(max_examples=15)
def test_a_refit_is_none_exactly_where_no_finite_strengths_exist(wins):
    reach = np.linalg.matrix_power(np.eye(len(wins)) + wins, len(wins)) > 0
    assert (refitted(wins, np.zeros(len(wins))) is not None) == reach.all()


@pytest.mark.parametrize("threshold", [1, 2, 7, 99, 100])
def test_smallest_finds_the_threshold(threshold):
    assert smallest(lambda n: n >= threshold, 0, 100) == threshold


def test_equal_to_the_tolerance_is_not_above():
    assert not is_above(np.array([1e-10, 0.0]), 0, 1)
    assert is_above(np.array([1e-8, 0.0]), 0, 1)


def test_places_are_codes_and_wrong_names_are_told():
    fit = bradley_terry(of_wins([[0, 2], [1, 0]]))
    assert places(fit, "B", "A") == [1, 0]
    with pytest.raises(InvalidOptionError, match="'Q' is not a contestant"):
        places(fit, "A", "Q")
    with pytest.raises(InvalidOptionError, match="with itself"):
        places(fit, "A", "A")
