import numpy as np
import pytest
from hypothesis import given, settings

from ratings import ConvergenceError, DisconnectedError, compare_with_choix, simulate
from tests.ratings import chatbot_arena
from tests.ratings.samples import battles_of, connected_wins, of_wins


@pytest.mark.parametrize("both_bad", ["half", "drop"])
def test_choix_agrees_within_a_millionth_of_a_point(both_bad):
    battles = simulate(
        np.linspace(-2, 2, 25), n_voters=100, n_prompts=10, votes_per_voter=100, rng=np.random.default_rng(1)
    )
    assert compare_with_choix(battles, both_bad=both_bad) < 1e-6


def test_choix_agrees_within_a_millionth_of_a_point_on_chatbot_arena():
    assert compare_with_choix(chatbot_arena.weighted()) < 1e-6


@settings(max_examples=50)
@given(connected_wins())
def test_choix_agrees_on_any_connected_counts(wins):
    assert compare_with_choix(of_wins(wins)) < 1e-5


def test_the_giant_component_alone_is_compared():
    rows = [("A", "B", "tie"), ("B", "C", "tie"), ("A", "C", "a"), ("A", "C", "b"), ("D", "A", "a")]
    assert compare_with_choix(battles_of(rows)) < 1e-6


def test_a_difference_is_found_when_there_is_one(monkeypatch):
    """The same counts with one win moved to the other side differ by points, not by rounding."""
    wins = np.array([[0.0, 30.0], [20.0, 0.0]])
    monkeypatch.setattr(
        "ratings.fits.second_opinion.win_matrix", lambda battles: wins + np.array([[0, 1], [-1, 0]])
    )
    assert compare_with_choix(of_wins(wins)) == pytest.approx(86.859 * np.log(31 / 19 * 20 / 30), abs=0.01)


def test_nobody_comparable_is_refused():
    with pytest.raises(DisconnectedError):
        compare_with_choix(battles_of([("A", "B", "a")]))


def test_a_fit_of_choix_that_does_not_converge_is_an_error(monkeypatch):
    monkeypatch.setattr("ratings.fits.second_opinion.MAX_ITERATIONS", 1)
    with pytest.raises(ConvergenceError, match="choix: "):
        compare_with_choix(of_wins([[0, 5, 1], [1, 0, 5], [2, 1, 0]]))
