"""Difficulties estimated from both-bad votes: near the planted ones, and without circularity."""

import numpy as np
import pytest

from ratings.data.battles import Battles
from ratings.difficulty import prompt_difficulty
from ratings.difficulty.prompt_difficulty import estimated_difficulty
from ratings.difficulty.response import difficulty_response
from ratings.errors import ConvergenceError, InvalidBattlesError, TooFewClustersError, UnboundedError
from tests.ratings.difficulty.planted import Planted, draw

STRENGTHS = (1.6, 1.4, 1.2, 1.0, 0.8, 0.6)
FLAT = (0.0,) * 6


def with_outcomes(battles, outcome):
    return Battles(
        contestants=battles.contestants, a=battles.a, b=battles.b, outcome=outcome, prompt=battles.prompt
    )


def test_planted_difficulties_are_found_in_their_own_unit():
    rng = np.random.default_rng(3)
    planted = Planted(STRENGTHS, (-1.0,) * 6, FLAT)
    difficulty = 3.0 + 1.2 * rng.normal(size=80)
    battles = draw(planted, difficulty, n_votes=8000, rng=rng)
    found = estimated_difficulty(battles)
    assert np.corrcoef(found.prompt, difficulty)[0, 1] > 0.93
    assert found.deviation == pytest.approx(1.2, abs=0.2)
    assert np.polyfit(found.battle, difficulty[battles.prompt], 1)[0] == pytest.approx(1.0, abs=0.12)


def test_a_battle_s_own_contestants_have_no_say_in_its_difficulty():
    """On prompt 0 all battles of the first two turn both-bad: that moves the battles of others only."""
    rng = np.random.default_rng(5)
    planted = Planted(STRENGTHS, (-1.0,) * 6, FLAT)
    battles = draw(planted, 3.0 + rng.normal(size=120), n_votes=9000, rng=rng)
    pair = np.isin(battles.a, [0, 1]) | np.isin(battles.b, [0, 1])
    own = np.isin(battles.a, [0, 1]) & np.isin(battles.b, [0, 1])
    changed = with_outcomes(battles, np.where(pair & (battles.prompt == 0), 3, battles.outcome))
    before, after = estimated_difficulty(battles), estimated_difficulty(changed)
    here = battles.prompt == 0
    assert (own & here).any()
    others = here & ~pair
    np.testing.assert_allclose(after.battle[own & here], before.battle[own & here], atol=0.1)
    assert np.all(after.battle[others] > before.battle[others] + 0.5)


def test_contestants_that_fail_each_on_prompts_of_their_own_get_no_slope_from_that():
    """No prompt is harder than another; with its own votes a contestant's curve falls, without them not."""
    planted = Planted(STRENGTHS, FLAT, FLAT, taste_sd=1.0)
    slopes = {"left out": [], "own": []}
    for seed in range(2):
        battles = draw(planted, np.full(60, 3.0), n_votes=6000, rng=np.random.default_rng(seed))
        found = estimated_difficulty(battles)
        for name, difficulty in (("left out", found), ("own", found.prompt)):
            response = difficulty_response(battles, difficulty, cluster="prompt", model="grounded")
            if len(response.difficulty) > 1:
                slopes[name].append(np.polyfit(response.difficulty, response.absolute.value, 1)[0].mean())
    assert np.mean(slopes["own"]) < -1.0
    assert abs(np.mean(slopes["left out"])) < 0.5


def test_prompts_that_do_not_differ_get_one_difficulty():
    battles = draw(
        Planted(STRENGTHS, FLAT, FLAT), np.full(30, 3.0), n_votes=3000, rng=np.random.default_rng(1)
    )
    alternating = np.arange(3000) % 4  # the same share of both-bad on all prompts, as never by chance
    order = np.argsort(battles.prompt, kind="stable")
    outcome = np.empty(3000, dtype=np.int8)
    outcome[order] = alternating
    found = estimated_difficulty(with_outcomes(battles, outcome))
    assert found.deviation < 0.1
    assert np.ptp(found.battle) < 0.1


def test_a_prompt_without_votes_has_no_difficulty():
    battles = draw(Planted(STRENGTHS, FLAT, FLAT), np.full(5, 3.0), n_votes=900, rng=np.random.default_rng(1))
    weight = (battles.prompt != 2).astype(float)
    unweighted = with_outcomes(battles, battles.outcome)
    found = estimated_difficulty(
        Battles(
            contestants=battles.contestants,
            a=battles.a,
            b=battles.b,
            outcome=battles.outcome,
            prompt=battles.prompt,
            weight=weight,
        )
    )
    np.testing.assert_array_equal(np.isnan(found.prompt), [False, False, True, False, False])
    assert not np.isnan(estimated_difficulty(unweighted).prompt).any()


def test_too_few_contestants_no_prompts_and_no_both_bad_are_refused():
    battles = draw(Planted(STRENGTHS, FLAT, FLAT), np.full(5, 3.0), n_votes=300, rng=np.random.default_rng(1))
    few = battles.among(np.array([True, True, True, False, False, False]))
    with pytest.raises(InvalidBattlesError, match="3 contestants; the difficulty needs 4"):
        estimated_difficulty(few)
    with pytest.raises(UnboundedError, match="no both_bad"):
        estimated_difficulty(with_outcomes(battles, battles.outcome % 3))
    bare = Battles(contestants=battles.contestants, a=battles.a, b=battles.b, outcome=battles.outcome)
    with pytest.raises(TooFewClustersError, match="no prompt column"):
        estimated_difficulty(bare)


def test_a_spread_that_does_not_settle_is_never_returned(monkeypatch):
    battles = draw(Planted(STRENGTHS, FLAT, FLAT), np.full(5, 3.0), n_votes=300, rng=np.random.default_rng(1))
    monkeypatch.setattr(prompt_difficulty, "MAX_ROUNDS", 1)
    with pytest.raises(ConvergenceError, match="the spread of the difficulties did not settle"):
        estimated_difficulty(battles)
