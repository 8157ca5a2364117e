import dataclasses

import numpy as np
import pytest

from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.outcome_fit import fit_outcomes
from ratings.points import SCALE
from ratings.tables.floor import LOCAL_FLOOR, PUBLISHED_FLOOR, EvidenceFloor
from ratings.tables.sensitivity import COLUMNS, sensitivity_table
from tests.ratings import chatbot_arena
from tests.ratings.samples import battles_of
from tests.ratings.votes_under_models import drawn, of_counts

STRENGTHS = np.array([-0.9, -0.2, 0.3, 0.8])


def column(table, name):
    return {row.contestant: getattr(row, name) for row in table.rows}


def test_columns_are_the_fits_they_name_around_one_mean():
    votes = drawn("grounded", STRENGTHS, 800, np.random.default_rng(1))
    table = sensitivity_table(votes, floor=LOCAL_FLOOR)
    assert table.notes == ()
    expected = {
        "rating": bradley_terry(votes),
        "both_bad_dropped": bradley_terry(votes, both_bad="drop"),
        "ties_dropped": bradley_terry(votes.where(votes.outcome < 2)),
        **{model: fit_outcomes(votes, model=model) for model in ("rao_kupper", "davidson", "grounded")},
    }
    for name, fit in expected.items():
        found = column(table, name)
        for contestant, strength in zip(fit.contestants, fit.strengths, strict=True):
            assert found[contestant] == pytest.approx(1000 + SCALE * strength, abs=1e-6)
    levels = fit_outcomes(votes, model="grounded").parameters[:4]
    for contestant, level in zip("ABCD", levels, strict=True):
        assert column(table, "acceptable")[contestant] == pytest.approx(1 / (1 + np.exp(-level)))
    assert [row.contestant for row in table.rows] == sorted(
        "ABCD", key=lambda name: -column(table, "rating")[name]
    )


def test_chatbot_arena_moves_by_48_points_at_the_top_when_both_bad_is_dropped():
    table = sensitivity_table(chatbot_arena.weighted(), floor=LOCAL_FLOOR)
    top = table.rows[0]
    assert top.contestant == "chatgpt-4o-latest"
    assert top.both_bad_dropped - top.rating == pytest.approx(48.03, abs=0.01)
    assert top.both_bad_dropped == pytest.approx(1251.96, abs=0.02)
    assert table.notes == ()
    assert all(getattr(row, name) is not None for row in table.rows for name in COLUMNS)


def test_a_change_of_rank_is_told_with_its_column():
    """B ties often with C and A never does: without ties B beats C by more than A does."""
    rows = [(0, 2, 14, 6), (1, 2, 9, 1, 30), (0, 1, 5, 5)]
    table = sensitivity_table(of_counts(rows), floor=LOCAL_FLOOR)
    moved = {row.contestant: (row.rank_change, row.rank_change_in) for row in table.rows}
    assert moved["A"] == moved["B"] == (1, "ties_dropped")
    assert moved["C"] == (0, "")


def test_a_column_without_a_finite_fit_is_blank_and_the_note_says_why():
    votes = of_counts([(0, 1, 4, 2), (1, 2, 3, 3), (2, 0, 1, 2)])
    table = sensitivity_table(votes, floor=LOCAL_FLOOR)
    for name in ("rao_kupper", "davidson", "grounded", "acceptable"):
        assert set(column(table, name).values()) == {None}
    assert [note.partition(" is blank: ")[0] for note in table.notes] == [
        "rao_kupper",
        "davidson",
        "grounded",
    ]
    assert "there is no tie" in table.notes[0]
    for row in table.rows:
        assert row.rating == pytest.approx(row.ties_dropped, abs=1e-9)
        assert row.rank_change == 0


def test_who_is_comparable_through_ties_only_is_blank_where_they_are_dropped():
    votes = of_counts([(0, 1, 4, 2), (1, 2, 3, 3), (2, 0, 1, 2), (0, 3, 0, 0, 3)])
    table = sensitivity_table(votes, floor=LOCAL_FLOOR)
    without = column(table, "ties_dropped")
    assert without["D"] is None
    others = [row for row in table.rows if row.contestant != "D"]
    mean, headline = (np.mean([getattr(row, name) for row in others]) for name in ("ties_dropped", "rating"))
    assert mean == pytest.approx(headline, abs=1e-9)
    assert any("ties_dropped is blank where" in note and note.endswith(": D") for note in table.notes)


def test_nobody_at_the_floor_gives_no_rows_and_says_so():
    table = sensitivity_table(battles_of([("A", "B", "a"), ("B", "A", "a")]), floor=PUBLISHED_FLOOR)
    assert table.rows == ()
    assert table.notes == (
        "no contestant reaches the floor",
        "without a rating: A (not enough votes), B (not enough votes)",
    )


def test_who_has_no_rating_is_named_with_the_reason():
    votes = of_counts([(0, 1, 4, 2, 1, 1), (1, 2, 3, 3), (0, 2, 2, 2), (3, 0, 5, 0)])
    table = sensitivity_table(votes, floor=EvidenceFloor(votes=3, voters=0, prompts=0))
    assert table.notes == ("without a rating: D (not enough votes)",)
    table = sensitivity_table(votes, floor=LOCAL_FLOOR)
    assert table.notes == ("without a rating: D (not comparable)",)


def test_rows_are_frozen_and_columns_are_listed():
    table = sensitivity_table(of_counts([(0, 1, 4, 2, 1, 1)]), floor=LOCAL_FLOOR)
    assert table.parameters["columns"] == list(COLUMNS)
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.rows[0].rating = 0.0
