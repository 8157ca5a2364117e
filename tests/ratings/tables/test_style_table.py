import json
from dataclasses import replace

import numpy as np
import pytest

from ratings.errors import InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.style import compare_style
from ratings.points import SCALE, to_points
from ratings.tables.floor import LOCAL_FLOOR, PUBLISHED_FLOOR, EvidenceFloor
from ratings.tables.style_table import style_table
from ratings.tables.text import format_text
from ratings.uncertainty.intervals import covariance
from ratings.uncertainty.style_intervals import coefficient_intervals, style_intervals
from tests.ratings.style_samples import clustered, drawn

BATTLES = clustered(seed=2, n=1500, n_voters=30, n_prompts=20)


def by_name(table):
    return {row.contestant: row for row in table.rows}


def test_the_table_holds_the_comparison_in_points():
    table = style_table(BATTLES, floor=PUBLISHED_FLOOR, cluster="voter")
    both = compare_style(BATTLES)
    cov = covariance(both, BATTLES, cluster="voter")
    found = style_intervals(both, cov)
    for place, name in enumerate("ABCDE"):
        row = by_name(table)[name]
        assert row.rating == pytest.approx(to_points(both.raw.strengths)[place])
        assert row.style_rating == pytest.approx(to_points(both.controlled.strengths)[place])
        assert row.tax == pytest.approx(row.rating - row.style_rating)
        assert row.low == pytest.approx(to_points(found.raw.low)[place])
        assert row.style_high == pytest.approx(to_points(found.controlled.high)[place])
        assert (row.tax_low, row.tax_high) == pytest.approx(
            (SCALE * found.tax.low[place], SCALE * found.tax.high[place])
        )
        assert row.state == "rated"
    terms = coefficient_intervals(both.controlled, cov)
    assert [row.term for row in table.coefficients] == ["side", "length", "bold"]
    assert [row.low for row in table.coefficients] == pytest.approx(terms.low.tolist())
    assert [row.points for row in table.coefficients] == pytest.approx(SCALE * both.controlled.coefficients)
    assert table.notes == ()


def test_rows_go_by_style_controlled_rating_and_average_a_thousand():
    table = style_table(BATTLES, floor=PUBLISHED_FLOOR, cluster="voter")
    shown = [row.style_rating for row in table.rows]
    assert shown == sorted(shown, reverse=True)
    assert np.mean(shown) == pytest.approx(1000)
    assert np.mean([row.rating for row in table.rows]) == pytest.approx(1000)
    assert sum(row.tax for row in table.rows) == pytest.approx(0, abs=1e-9)


def test_where_sides_are_fair_raw_is_bradley_terry_to_within_a_point():
    battles = drawn(3, 20_000, side=0.0)
    table = by_name(style_table(battles, floor=LOCAL_FLOOR, cluster="vote"))
    plain = to_points(bradley_terry(battles).strengths)
    assert [table[name].rating for name in "ABCDE"] == pytest.approx(plain.tolist(), abs=0.5)


def test_contestants_below_the_floor_have_no_numbers_and_are_not_in_the_mean():
    few = clustered(seed=4, n=1500, n_voters=30, n_prompts=20)
    rare = ((few.a == 0) | (few.b == 0)) & (np.arange(len(few)) > 100)
    table = style_table(few.where(~rare), floor=EvidenceFloor(200, 0, 0), cluster="voter")
    last = table.rows[-1]
    assert (last.contestant, last.state) == ("A", "not_enough_votes")
    assert last.rating is last.style_rating is last.tax is last.low is None
    assert np.mean([row.style_rating for row in table.rows[:-1]]) == pytest.approx(1000)


def test_nobody_at_the_floor_leaves_coefficients_alone():
    table = style_table(BATTLES, floor=EvidenceFloor(10_000, 0, 0), cluster="voter")
    assert {row.rating for row in table.rows} == {None}
    assert len(table.coefficients) == 3
    assert table.notes == ("no contestant reaches the floor",)


def test_notes_name_dropped_features_and_blank_intervals():
    only = np.where((BATTLES.a == 4) | (BATTLES.b == 4), 0, np.maximum(BATTLES.voter, 1))
    constant = {f"features_{side}": getattr(BATTLES, f"features_{side}").copy() for side in "ab"}
    for values in constant.values():
        values[:, 1] = 2.0
    table = style_table(replace(BATTLES, voter=only, **constant), floor=LOCAL_FLOOR, cluster="voter")
    assert table.notes == (
        "without a coefficient, for they never differ: bold",
        "intervals are blank where they would hang on one cluster: E",
    )
    assert by_name(table)["E"].style_rating is not None
    assert by_name(table)["E"].style_low is None


def test_parameters_hold_all_that_computes_the_table_again():
    table = style_table(BATTLES, floor=LOCAL_FLOOR, cluster="two_way", features=("bold",), level=0.9)
    facts = json.loads(json.dumps(table.parameters, allow_nan=False))
    assert facts["features"] == ["bold"]
    assert (facts["interval_cluster"], facts["level"], facts["both_bad"]) == ("two_way", 0.9, "half")
    fixed = {"bold": facts["scales"]["bold"]}
    again = style_table(
        BATTLES, floor=LOCAL_FLOOR, cluster="two_way", features=("bold",), scales=fixed, level=0.9
    )
    assert again.rows == table.rows


def test_what_cannot_be_rated_is_refused():
    with pytest.raises(TooFewClustersError, match="no voter column"):
        style_table(drawn(1, 300), floor=LOCAL_FLOOR, cluster="voter")
    with pytest.raises(InvalidOptionError, match="level 95"):
        style_table(BATTLES, floor=LOCAL_FLOOR, cluster="voter", level=95)
    with pytest.raises(InvalidOptionError, match="'loud' is not a feature"):
        style_table(one_way(), floor=LOCAL_FLOOR, cluster="voter", features=("loud",))


def one_way():
    """Battles that the contestant first by name always wins: nobody is comparable."""
    upward = BATTLES.where(BATTLES.a < BATTLES.b)
    return replace(upward, outcome=np.zeros(len(upward), dtype=np.int8))


def test_where_nobody_is_comparable_there_are_states_and_a_note():
    table = style_table(one_way(), floor=LOCAL_FLOOR, cluster="voter", features=("bold",))
    assert [(row.contestant, row.state) for row in table.rows] == [
        (name, "not_comparable") for name in "ABCDE"
    ]
    assert {row.rating for row in table.rows} == {row.tax_low for row in table.rows} == {None}
    assert table.coefficients == ()
    assert table.notes[0].startswith("no two contestants are comparable: ")
    assert (table.parameters["features"], table.parameters["side"]) == (["bold"], True)
    assert format_text(table).endswith("and back\n")
    assert "interval:" not in format_text(table)
    json.dumps(table.parameters, allow_nan=False)
