"""The difficulty response: exact at one difficulty, invariant, refusing what it cannot say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings import bradley_terry, covariance, strength_intervals
from ratings.data.battles import Battles
from ratings.difficulty.prompt_difficulty import estimated_difficulty
from ratings.difficulty.response import NO_LEVEL, difficulty_response
from ratings.errors import (
    DisconnectedError,
    InvalidBattlesError,
    InvalidOptionError,
    RatingsError,
    TooFewClustersError,
)
from ratings.fits.outcome_fit import fit_outcomes
from ratings.points import SCALE
from tests.ratings.difficulty.planted import LEVELS, Planted, draw

DIFFICULTY = np.repeat(LEVELS, 6)
PLANTED = Planted((1.8, 1.2, 0.9, 0.4), (-0.5, -0.9, -0.6, -0.7), (0.0, 0.0, -0.1, 0.1), prompt_sd=0.4)


def some_votes(n_votes=1500, seed=6):
    return draw(PLANTED, DIFFICULTY, n_votes=n_votes, rng=np.random.default_rng(seed))


def changed(battles, **columns):
    own = {name: getattr(battles, name) for name in ("contestants", "a", "b", "outcome", "voter", "prompt")}
    return Battles(**(own | columns))


@pytest.mark.parametrize("cluster", ["prompt", "voter", "two_way"])
def test_one_difficulty_reduces_exactly_to_bradley_terry_and_its_intervals(cluster):
    """Sixty voters and thirty prompts all hold more than the share that is left out exactly."""
    battles = some_votes()
    found = difficulty_response(battles, np.ones(30), cluster=cluster, model="half")
    fit = bradley_terry(battles)
    np.testing.assert_allclose(found.relative.value, fit.strengths[None], atol=1e-12)
    if cluster == "two_way":  # votes of one voter on one prompt are too few to be left out exactly
        return
    plain = strength_intervals(fit, covariance(fit, battles, cluster=cluster))
    np.testing.assert_allclose(found.relative.error[0], plain.standard_error, rtol=1e-9)
    np.testing.assert_allclose(found.relative.low[0], plain.low, rtol=1e-9)
    np.testing.assert_allclose(found.relative.high_everywhere[0], plain.high, rtol=1e-9)


def test_one_difficulty_reduces_exactly_to_the_grounded_fit():
    battles = some_votes()
    found = difficulty_response(battles, np.full(30, 7.0), cluster="prompt")
    fit = fit_outcomes(battles, model="grounded")
    np.testing.assert_allclose(found.absolute.value[0], fit.parameters[:4], atol=1e-9)
    np.testing.assert_allclose(found.relative.value[0], fit.strengths, atol=1e-9)
    assert found.tie_parameter == pytest.approx(fit.parameters[4], abs=1e-9)
    assert found.log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-9)
    assert found.difficulty.tolist() == [7.0]
    assert all(np.isnan(row.roll_off) and row.corner is None for row in found.rows)


def test_the_result_hangs_together():
    found = difficulty_response(some_votes(), DIFFICULTY, cluster="two_way", level=0.9)
    assert (found.model, found.note, found.level, found.n_clusters) == ("grounded", "", 0.9, (60, 30))
    np.testing.assert_allclose(found.difficulty, np.linspace(1.0, 5.0, 41))
    np.testing.assert_allclose(found.relative.value.sum(axis=1), 0.0, atol=1e-12)
    absolute = found.absolute.value
    np.testing.assert_allclose(found.relative.value, absolute - absolute.mean(axis=1, keepdims=True))
    np.testing.assert_allclose(found.acceptable.value, 1 / (1 + np.exp(-absolute)))
    for band in (found.relative, found.absolute, found.acceptable):
        assert np.all(band.low_everywhere < band.low) and np.all(band.low < band.value)
        assert np.all(band.value < band.high) and np.all(band.high < band.high_everywhere)
    assert set(found.floored) <= set(found.contestants)
    for place, row in enumerate(found.rows):
        assert row.low_difficulty_gain == pytest.approx(SCALE * found.relative.value[0, place])
        assert row.mean == pytest.approx(SCALE * found.relative.value[::10, place].mean())
        trend = np.polyfit(LEVELS, SCALE * found.relative.value[::10, place], 1)[0]
        assert row.roll_off == pytest.approx(trend)
        assert row.roll_off_low < row.roll_off < row.roll_off_high
        if row.corner is not None:
            assert row.corner_low < row.corner < row.corner_high
            level = np.interp(row.corner, found.difficulty, absolute[:, place])
            assert level == pytest.approx(0.0, abs=1e-9)
    assert sum(row.corner is not None for row in found.rows) >= 2


def test_without_both_bad_votes_only_relative_curves_exist_and_the_note_says_so():
    battles = some_votes()
    kept = battles.where(battles.outcome != 3)
    found = difficulty_response(kept, DIFFICULTY, cluster="prompt")
    assert (found.model, found.note) == ("half", NO_LEVEL)
    assert found.absolute is found.acceptable is found.tie_parameter is None
    assert found.rows[0].corner is None
    with pytest.raises(InvalidOptionError, match="'grounded' needs both-bad votes and ties"):
        difficulty_response(kept, DIFFICULTY, cluster="prompt", model="grounded")


@pytest.mark.parametrize("model", ["half", "grounded"])
def test_sides_names_row_order_and_weights_of_nothing_do_not_matter(model):
    battles = some_votes()
    found = difficulty_response(battles, DIFFICULTY, cluster="prompt", model=model).relative
    order = np.random.default_rng(1).permutation(len(battles))
    swapped = np.array([1, 0, 2, 3])[battles.outcome]
    names = np.array([2, 0, 3, 1])
    extra = np.concatenate([np.ones(len(battles)), np.zeros(50)])
    longer = {
        name: np.concatenate([getattr(battles, name), getattr(battles, name)[:50]])
        for name in ("a", "b", "outcome", "voter", "prompt")
    }
    for other, columns in (
        (battles.where(order), range(4)),
        (changed(battles, a=battles.b, b=battles.a, outcome=swapped), range(4)),
        (changed(battles, a=names[battles.a], b=names[battles.b]), names),
        (changed(battles, **longer, weight=extra), range(4)),
    ):
        again = difficulty_response(other, DIFFICULTY, cluster="prompt", model=model).relative
        np.testing.assert_allclose(again.value[:, list(columns)], found.value, atol=1e-6)
        np.testing.assert_allclose(again.high[:, list(columns)], found.high, atol=1e-5)


def test_a_change_of_unit_changes_the_unit_only():
    battles = some_votes()
    first = difficulty_response(battles, DIFFICULTY, cluster="prompt")
    second = difficulty_response(battles, 10.0 * DIFFICULTY - 4.0, cluster="prompt")
    np.testing.assert_allclose(second.relative.value, first.relative.value, atol=1e-8)
    np.testing.assert_allclose(second.absolute.high, first.absolute.high, atol=1e-7)
    for one, other in zip(first.rows, second.rows, strict=True):
        assert other.roll_off == pytest.approx(one.roll_off / 10.0)
        assert (other.corner is None) == (one.corner is None)
        assert other.corner is None or other.corner == pytest.approx(10.0 * one.corner - 4.0)


def test_a_monotone_change_of_scale_keeps_the_order_at_each_difficulty():
    planted = Planted((2.0, 1.4, 0.8, 0.2), (-0.1, -0.9, 0.0, -0.5), (0.0,) * 4)
    battles = draw(planted, DIFFICULTY, n_votes=20_000, rng=np.random.default_rng(2))
    orders = []
    for scaled in (DIFFICULTY, np.exp(DIFFICULTY / 2), DIFFICULTY**0.3):
        found = difficulty_response(battles, scaled, cluster="prompt")
        at_levels = [
            np.interp(np.unique(scaled), found.difficulty, curve) for curve in found.relative.value.T
        ]
        orders.append(np.argsort(at_levels, axis=0))
    np.testing.assert_array_equal(orders[1], orders[0])
    np.testing.assert_array_equal(orders[2], orders[0])
    assert len({tuple(column) for column in orders[0].T}) > 1  # the curves do cross


def test_more_votes_narrow_the_bands():
    few, many = (
        difficulty_response(some_votes(n), DIFFICULTY, cluster="voter").relative for n in (1500, 12_000)
    )
    assert np.mean(many.error) < 0.5 * np.mean(few.error)


def test_estimated_difficulties_are_used_battle_by_battle():
    battles = some_votes()
    estimated = estimated_difficulty(battles)
    found = difficulty_response(battles, estimated, cluster="prompt")
    assert found.difficulty[0] == estimated.battle.min()
    assert found.difficulty[-1] == estimated.battle.max()
    with pytest.raises(InvalidBattlesError, match="estimated for 1500 battles, but there are 10"):
        difficulty_response(battles.where(np.arange(1500) < 10), estimated, cluster="prompt")


def test_what_cannot_be_fitted_is_refused_with_its_name():
    battles = some_votes()
    with pytest.raises(InvalidBattlesError, match=r"shape \(7,\); it needs a number for each prompt"):
        difficulty_response(battles, DIFFICULTY[:7], cluster="prompt")
    holed = np.where(np.arange(30) == 4, np.nan, DIFFICULTY)
    with pytest.raises(InvalidBattlesError, match="prompt 4 has difficulty nan, not a number"):
        difficulty_response(battles, holed, cluster="prompt")
    with pytest.raises(InvalidOptionError, match="'davidson' is not one of half, grounded"):
        difficulty_response(battles, DIFFICULTY, cluster="prompt", model="davidson")
    with pytest.raises(TooFewClustersError, match="no prompt column"):
        difficulty_response(changed(battles, prompt=None), DIFFICULTY, cluster="voter")
    easy_only = battles.where(((battles.a != 2) & (battles.b != 2)) | (DIFFICULTY[battles.prompt] == 1))
    with pytest.raises(InvalidBattlesError, match="contestant-2 met prompts of a single difficulty"):
        difficulty_response(easy_only, DIFFICULTY, cluster="prompt")
    beaten = battles.where((battles.outcome == 0) & (battles.b == 3) | (battles.a != 3) & (battles.b != 3))
    with pytest.raises(DisconnectedError, match="contestant-3"):
        difficulty_response(beaten, DIFFICULTY, cluster="prompt", model="half")


@settings(max_examples=25)
@given(
    cells=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 3), st.integers(0, 9)),
        min_size=20,
        max_size=48,
    ),
    difficulty=st.sampled_from([(1, 1, 2, 2), (1, 2, 3, 4), (2, 2, 2, 2), (1, 5, 1, 9)]),
    model=st.sampled_from(["half", "grounded", None]),
)
def test_any_votes_give_numbers_or_a_reason(cells, difficulty, model):
    """Separated, one-sided and thin votes included: no NaN, no infinite band, no other exception."""
    pair, prompt, outcome, weight = np.array(cells).T
    battles = Battles(
        contestants=("A", "B", "C"),
        a=np.array([0, 0, 1])[pair],
        b=np.array([1, 2, 2])[pair],
        outcome=outcome,
        prompt=prompt,
        weight=weight.astype(float),
    )
    try:
        found = difficulty_response(battles, np.array(difficulty, dtype=float), cluster="prompt", model=model)
    except RatingsError as error:
        assert str(error)
        return
    for band in (found.relative, found.absolute):
        if band is not None:
            assert all(np.isfinite(values).all() for values in vars(band).values())
    assert all(np.isfinite([row.mean, row.mean_error]).all() for row in found.rows)
