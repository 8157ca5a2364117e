"""The table says numbers where there is evidence and words where there is none."""

import re

import pytest

from arena.ui.rating_table import (
    interval_words,
    points_words,
    rank_words,
    rating_table,
    share_words,
    state_words,
)
from arena.ui.words import words
from tests.ui.rows import HOSTILE, row, unrated

W = words()


def cells(html: str) -> list[list[str]]:
    body = html.split("<tbody>")[1]
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line) for line in body.split("</tr>") if "<t" in line]


@pytest.mark.parametrize("field", ["name", "family", "provider"])
def test_hostile_words_of_a_contestant_are_escaped(field):
    html = rating_table([row(**{field: HOSTILE})], W)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_rated_row_shows_its_numbers():
    (found,) = cells(rating_table([row()], W))
    assert found[0] == "1–2"
    assert found[1].startswith("Quartz Nine")
    assert found[2:] == ["1043", "1010 … 1076", "990 … 1096", "1,234", "56", "8", "12%", "4%"]


@pytest.mark.parametrize("state", ["not_enough_votes", "not_comparable"])
def test_unrated_row_shows_words_in_place_of_numbers(state):
    html = rating_table([unrated(state=state)], W)
    assert W[f"board.state.{state}"] in html
    assert 'colspan="3"' in html
    assert "None" not in html


def test_preliminary_row_keeps_its_numbers_and_says_so():
    html = rating_table([row(state="preliminary")], W)
    assert "1043" in html
    assert W["board.state.preliminary"] in html


def test_rows_are_ordered_by_rating_with_the_unrated_last():
    rows = [unrated("Late"), row("Low", rating=900.0), row("High", rating=1100.0)]
    names = [re.sub(r"<.*", "", line[1]) for line in cells(rating_table(rows, W))]
    assert names == ["High", "Low", "Late"]


def test_family_that_only_repeats_the_name_is_left_out():
    html = rating_table([row("Quartz", family="quartz", provider="QUARTZ")], W)
    assert "quartz" not in html.split("<tbody>")[1].replace("Quartz", "")


@pytest.mark.parametrize(("low", "high", "words_"), [(1, 1, "1"), (2, 4, "2–4"), (None, None, "–")])
def test_rank_is_one_number_or_a_span(low, high, words_):
    assert rank_words(row(rank_low=low, rank_high=high)) == words_


def test_points_are_whole_and_minus_is_a_minus():
    assert [points_words(points) for points in (1043.6, -0.2, -1439.0)] == ["1044", "0", "−1439"]


def test_missing_numbers_are_a_dash():
    assert interval_words(None, 3.0) == interval_words(3.0, None) == share_words(None) == "–"


def test_plainly_rated_row_needs_no_warning():
    assert state_words(row(), W) is None


def test_every_column_has_a_heading_and_the_table_a_name():
    html = rating_table([row()], W)
    assert html.count('scope="col"') == 10
    assert "<caption" in html
    assert 'scope="row"' in html
