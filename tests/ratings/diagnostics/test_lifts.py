import math

import numpy as np
import pytest

from ratings.diagnostics.lifts import votes_to_lift
from ratings.errors import InvalidOptionError
from ratings.fits.bradley_terry import bradley_terry
from tests.ratings.chatbot_arena import weighted
from tests.ratings.samples import of_wins


def test_chatbot_arena_second_over_first():
    """1,374,996 votes: 427 direct, 1,552 for the target (100 k battles), 32,924 on any battle, to 2 %."""
    battles = weighted(both_bad=False)
    fit = bradley_terry(battles)
    first, second = (fit.contestants[place] for place in np.argsort(-fit.strengths)[:2])
    found = votes_to_lift(fit, battles, second, first)
    np.testing.assert_allclose(
        [found.direct, found.target_only, found.any_battle], [427, 1552, 32924], rtol=0.02
    )
    assert found.battles_for_target == pytest.approx(100_000, rel=0.02)
    assert (found.target, found.above) == (second, first)


def test_two_contestants_by_hand():
    """9 to 4: the sixth win more lifts B, and every battle is a battle of B."""
    battles = of_wins([[0, 9], [4, 0]])
    found = votes_to_lift(bradley_terry(battles), battles, "B", "A")
    assert (found.direct, found.target_only, found.battles_for_target, found.any_battle) == (6, 6, 6, 6)


def test_the_counts_are_the_smallest_that_an_exact_refit_confirms():
    wins = np.array([[0, 30, 40, 0], [20, 0, 30, 20], [20, 20, 0, 30], [0, 10, 20, 0.0]])
    battles = of_wins(wins)
    fit = bradley_terry(battles)
    found = votes_to_lift(fit, battles, "B", "A")

    def lead(votes, n):
        strengths = bradley_terry(of_wins(wins + n * np.array(votes))).strengths
        return strengths[1] - strengths[0]

    direct = [[0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    target = [[0, 0, 0, 0], [1 / 3, 0, 1 / 3, 1 / 3], [0, 0, 0, 0], [0, 0, 0, 0]]
    for votes, n in ((direct, found.direct), (target, found.target_only)):
        assert lead(votes, n - 1) <= 1e-9 < lead(votes, n)
    assert found.battles_for_target == math.ceil(found.target_only * 4 / 2)


def test_directed_votes_beat_none_and_follow_the_chain_between_two_that_never_met():
    """A and C only met through B: votes for C over B and for B over A are the ones that lift C."""
    battles = of_wins([[0, 6, 0], [4, 0, 6], [0, 4, 0]])
    found = votes_to_lift(bradley_terry(battles), battles, "C", "A")
    assert found.any_battle == 5  # 2.5 more for C and 2.5 more for B: 6.5 to 6, twice
    assert found.direct > 0


def test_a_target_that_is_not_below_is_refused():
    battles = of_wins([[0, 9], [4, 0]])
    with pytest.raises(InvalidOptionError, match="not below"):
        votes_to_lift(bradley_terry(battles), battles, "A", "B")
