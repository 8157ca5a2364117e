import csv
import io
import json

import numpy as np

from ratings import (
    LOCAL_FLOOR,
    PUBLISHED_FLOOR,
    EvidenceFloor,
    bootstrap_table,
    format_csv,
    format_json,
    format_text,
    rating_table,
    simulate,
)
from ratings.tables.outcome_table import outcome_table
from tests.ratings.samples import battles_of

ROWS = [("A", "B", "aab"[i % 3], f"v{i % 12}", f"p{i % 5}") for i in range(60)] + [
    ("C", "A", "a", "v1", "p1")
]
TABLE = rating_table(battles_of(ROWS), floor=PUBLISHED_FLOOR)


def test_csv_has_the_columns_of_the_contract():
    header = format_csv(TABLE).split("\n")[0]
    assert header == (
        "contestant,rating,low,high,low_generalise,high_generalise,rank_low,rank_high,"
        "votes,voters,prompts,tie_rate,both_bad_rate,state"
    )


def test_csv_round_trips_within_a_hundred_millionth_of_a_point():
    read = list(csv.DictReader(io.StringIO(format_csv(TABLE))))
    assert [row["contestant"] for row in read] == ["A", "B", "C"]
    assert abs(float(read[0]["rating"]) - TABLE.rows[0].rating) <= 5e-9
    assert abs(float(read[0]["low_generalise"]) - TABLE.rows[0].low_generalise) <= 5e-9


def test_csv_leaves_blank_what_does_not_exist_and_ends_lines_with_lf():
    text = format_csv(TABLE)
    assert text.endswith("C,,,,,,,,1,1,1,0.00000000,0.00000000,not_enough_votes\n")
    assert "\r" not in text


def test_csv_quotes_names_that_hold_commas():
    rows = [("one, two", "B", "a"), ("one, two", "B", "b")]
    text = format_csv(rating_table(battles_of(rows), floor=LOCAL_FLOOR))
    assert list(csv.reader(io.StringIO(text)))[2][0] == "one, two"


def test_json_holds_rows_notes_and_parameters():
    read = json.loads(format_json(TABLE))
    assert read["rows"][0]["contestant"] == "A"
    assert read["rows"][2]["rating"] is None
    assert read["interval_note"] == "these_prompts"
    assert read["parameters"] == TABLE.parameters


def test_text_is_aligned_and_says_what_the_intervals_mean():
    lines = format_text(TABLE).split("\n")
    columns = "contestant rating interval generalise rank votes voters prompts tie both bad state"
    assert lines[0].split() == columns.split()
    ends = {
        line.index(f" {row.votes} ") + len(str(row.votes))
        for line, row in zip(lines[1:], TABLE.rows, strict=False)
    }
    assert ends == {lines[0].index("votes") + len("votes") - 1}
    assert lines[3].endswith("not enough votes")
    assert "interval: 95 %, for these prompts (clustered by voter)" in lines
    assert "generalise: 95 %, for prompts like these (clustered by voter and prompt)" in lines
    rank = "rank: what the votes of the interval leave open; all ranks hold together with 95 % certainty"
    assert rank in lines


def test_text_of_few_voters_says_so():
    rows = [("A", "B", "aab"[i % 7 % 3], f"v{i % 3}", f"p{i % 5}") for i in range(30)]
    text = format_text(rating_table(battles_of(rows), floor=LOCAL_FLOOR, level=0.9))
    assert "interval: 90 %, for these few voters (clustered by prompt)" in text


def test_text_has_no_legend_for_what_no_row_has():
    votes = battles_of([("A", "B", "a"), ("A", "B", "b")])
    text = format_text(rating_table(votes, floor=LOCAL_FLOOR))
    assert [line.partition(":")[0] for line in text.split("\n\n")[1].splitlines()] == [
        "low and high are blank",
        "low_generalise and high_generalise are blank",
    ]
    nobody = format_text(rating_table(votes, floor=EvidenceFloor(9, 0, 0)))
    assert "\n\n" not in nobody
    grounded = outcome_table(votes, floor=EvidenceFloor(9, 0, 0), model="grounded", cluster="vote")
    assert format_text(grounded).endswith("\n\ngrounded model\nno contestant reaches the floor\n")


def test_a_bootstrap_is_formatted_alike():
    battles = simulate([0.0, 0.4], n_voters=20, n_prompts=6, votes_per_voter=10, rng=np.random.default_rng(1))
    table = bootstrap_table(
        battles, floor=PUBLISHED_FLOOR, cluster="two_way", n_resamples=50, rng=np.random.default_rng(1)
    )
    assert format_csv(table).startswith("contestant,rating,low,high,standard_error\ncontestant-1,10")
    assert json.loads(format_json(table))["parameters"]["bootstrap_cluster"] == "two_way"
    assert "interval: 95 %, 50 two-way resamples, percentiles" in format_text(table)
