import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from ratings import (
    LOCAL_FLOOR,
    PUBLISHED_FLOOR,
    EvidenceFloor,
    InvalidOptionError,
    Taste,
    bradley_terry,
    covariance,
    format_csv,
    rating_table,
    simulate,
    strength_intervals,
    to_points,
)
from ratings.ranks.comparisons import comparisons
from ratings.ranks.rank_sets import rank_sets
from tests.ratings.samples import any_wins, battles_of, of_wins

CROWD = [
    (a, b, winner, f"v{voter}", f"p{(voter + shift) % 6}")
    for shift, (a, b) in enumerate([("A", "B"), ("B", "C"), ("C", "A")])
    for voter in range(12)
    for winner in ("a", "b" if voter % 3 else "a")
]
"""24 votes on each of three pairs by 12 voters on 6 prompts; A beats B beats C beats A."""


def by_name(table):
    return {row.contestant: row for row in table.rows}


def numbers(row):
    return [
        row.rating,
        row.low,
        row.high,
        row.low_generalise,
        row.high_generalise,
        row.rank_low,
        row.rank_high,
    ]


def test_two_contestants_by_hand():
    """A wins 3 of 4: 1000 +- 200 log10(3).

    Three voters are few, so low and high cluster by prompt: p holds three wins of A, q the win of B. As in
    test_intervals, the difference has variance 80/9, so half an interval is 200 log10(e) sqrt(80/9) t(1).
    """
    rows = [
        ("A", "B", "a", "v", "p"),
        ("A", "B", "a", "w", "p"),
        ("B", "A", "b", "x", "p"),
        ("A", "B", "b", "x", "q"),
    ]
    table = rating_table(battles_of(rows), floor=LOCAL_FLOOR)
    first, second = table.rows
    assert (first.contestant, second.contestant) == ("A", "B")
    assert first.rating == pytest.approx(1000 + 200 * math.log10(3), abs=1e-9)
    assert second.rating == pytest.approx(1000 - 200 * math.log10(3), abs=1e-9)
    half = 200 * math.log10(math.e) * math.sqrt(80 / 9) * t.isf(0.025, 1)
    assert first.high - first.rating == pytest.approx(half, abs=1e-8)
    assert first.rating - first.low == pytest.approx(half, abs=1e-8)
    assert (first.rank_low, first.rank_high, second.rank_low, second.rank_high) == (1, 2, 1, 2)
    assert (first.votes, first.voters, first.prompts) == (4, 3, 2)
    assert (first.tie_rate, first.both_bad_rate, first.state) == (0, 0, "preliminary")
    assert table.interval_note == "these_few_voters"


def test_the_table_prints_the_fit_and_its_two_intervals():
    battles = simulate(
        [-0.5, 0.0, 0.5],
        n_voters=25,
        n_prompts=9,
        votes_per_voter=30,
        taste=Taste(0.5, 0.5),
        rng=np.random.default_rng(7),
    )
    table = rating_table(battles, floor=PUBLISHED_FLOOR, level=0.9)
    fit = bradley_terry(battles)
    here, beyond = (
        strength_intervals(fit, covariance(fit, battles, cluster=kind), level=0.9)
        for kind in ("voter", "two_way")
    )
    for place, name in enumerate(fit.contestants):
        row = by_name(table)[name]
        expected = [
            fit.strengths[place],
            here.low[place],
            here.high[place],
            beyond.low[place],
            beyond.high[place],
        ]
        np.testing.assert_allclose(numbers(row)[:5], to_points(np.array(expected)), atol=1e-8)
        assert row.state == "rated"
    assert table.interval_note == "these_prompts"
    assert table.notes == ()
    assert [row.rating for row in table.rows] == sorted((row.rating for row in table.rows), reverse=True)


@pytest.mark.parametrize(("n_voters", "cluster"), [(25, "voter"), (6, "prompt")])
def test_ranks_are_the_rank_sets_of_the_first_interval_among_those_with_a_rating(n_voters, cluster):
    """E has a single vote: it informs the fit, but takes no rank away."""
    battles = simulate(
        [-1.5, 0.0, 0.0, 1.5, 0.0],
        n_voters=n_voters,
        n_prompts=9,
        votes_per_voter=900 // n_voters,
        taste=Taste(0.3, 0.3),
        rng=np.random.default_rng(7),
    )
    is_last = (battles.a == 4) | (battles.b == 4)
    keep = ~is_last
    keep[np.flatnonzero(is_last)[:12]] = True
    battles = battles.where(keep)
    floor = EvidenceFloor(votes=30, voters=5, prompts=5)
    table = rating_table(battles, floor=floor, level=0.9)
    fit = bradley_terry(battles)
    among = np.array([True] * 4 + [False])
    compared = comparisons(fit, covariance(fit, battles, cluster=cluster), among=among)
    facts = table.parameters
    assert facts["ranks"] == "step_down_max_t"
    found = rank_sets(compared, level=0.9, n_draws=facts["rank_draws"], seed=facts["rank_seed"])
    expected = list(zip(found.low.tolist(), found.high.tolist(), strict=True))
    rows = by_name(table)
    assert [(rows[name].rank_low, rows[name].rank_high) for name in fit.contestants[:4]] == expected[:4]
    assert (rows[fit.contestants[4]].rank_low, rows[fit.contestants[4]].rank_high) == (None, None)
    assert (expected[0], expected[3], expected[4]) == ((4, 4), (1, 1), (0, 0))


def test_rates_are_shares_of_a_contestants_own_votes():
    rows = [
        ("A", "B", "a"),
        ("A", "B", "b"),
        ("A", "B", "tie"),
        ("B", "C", "both_bad"),
        ("A", "C", "both_bad"),
    ]
    found = by_name(rating_table(battles_of(rows), floor=LOCAL_FLOOR))
    assert (found["A"].tie_rate, found["A"].both_bad_rate) == (0.25, 0.25)
    assert (found["C"].tie_rate, found["C"].both_bad_rate) == (0, 1)


def test_a_dropped_both_bad_is_no_evidence_but_stays_in_the_rate():
    rows = [("A", "B", "a"), ("A", "B", "b"), ("A", "B", "both_bad"), ("A", "B", "both_bad")]
    row = rating_table(battles_of(rows), floor=LOCAL_FLOOR, both_bad="drop").rows[0]
    assert (row.votes, row.both_bad_rate) == (2, 0.5)


@pytest.mark.parametrize(
    ("lacking", "rows"),
    [
        (
            "votes",
            [("D", "A", "a", f"v{i}", f"p{i % 5}") for i in range(29)] + [("A", "D", "tie", "v0", "p0")] * 0,
        ),
        ("voters", [("D", "A", "ab"[i % 2], f"v{i % 9}", f"p{i % 5}") for i in range(40)]),
        ("prompts", [("D", "A", "ab"[i % 2], f"v{i % 11}", f"p{i % 4}") for i in range(40)]),
    ],
)
def test_below_the_published_floor_there_is_no_number(lacking, rows):
    table = rating_table(battles_of(CROWD + rows), floor=PUBLISHED_FLOOR)
    row = by_name(table)["D"]
    assert numbers(row) == [None] * 7
    assert row.state == "not_enough_votes"
    assert by_name(table)["A"].state == "preliminary"
    assert table.rows[-1].contestant == "D"


def test_exactly_at_the_published_floor_there_is_a_number():
    rows = [("D", "A", "ab"[i % 2], f"v{i % 10}", f"p{i % 5}") for i in range(30)]
    row = by_name(rating_table(battles_of(CROWD + rows), floor=PUBLISHED_FLOOR))["D"]
    assert (row.votes, row.voters, row.prompts, row.state) == (30, 10, 5, "preliminary")
    assert None not in numbers(row)


def test_200_votes_are_no_longer_preliminary():
    rows = [("A", "B", "ab"[i % 2], f"v{i % 10}", f"p{i % 5}") for i in range(199)]
    assert rating_table(battles_of(rows), floor=PUBLISHED_FLOOR).rows[0].state == "preliminary"
    rows.append(("A", "B", "a", "v0", "p0"))
    assert rating_table(battles_of(rows), floor=PUBLISHED_FLOOR).rows[0].state == "rated"


def test_outside_the_giant_component_nobody_is_comparable():
    rows = [("D", "A", "a", f"v{i % 12}", f"p{i % 6}") for i in range(40)]
    for floor in (PUBLISHED_FLOOR, LOCAL_FLOOR):
        row = by_name(rating_table(battles_of(CROWD + rows), floor=floor))["D"]
        assert numbers(row) == [None] * 7
        assert (row.state, row.votes) == ("not_comparable", 40)


def test_the_centre_is_the_mean_of_those_with_a_rating():
    """E has three votes, which inform the fit; yet E's strength does not move the centre of the others."""
    rows = [*CROWD, ("E", "A", "a", "v1", "p1"), ("E", "B", "a", "v2", "p2"), ("E", "A", "b", "v3", "p3")]
    table = rating_table(battles_of(rows), floor=PUBLISHED_FLOOR)
    ratings = [row.rating for row in table.rows if row.rating is not None]
    assert len(ratings) == 3
    assert np.mean(ratings) == pytest.approx(1000, abs=1e-9)


def test_rows_without_a_rating_come_last_by_name():
    rows = [*CROWD, ("Z", "A", "a", "v1", "p1"), ("X", "B", "a", "v2", "p2"), ("Y", "A", "b", "v3", "p3")]
    assert [row.contestant for row in rating_table(battles_of(rows), floor=PUBLISHED_FLOOR).rows[3:]] == [
        "X",
        "Y",
        "Z",
    ]


def test_equal_ratings_are_sorted_by_name():
    rows = [("B", "A", "tie"), ("C", "A", "tie"), ("B", "C", "tie")]
    assert [row.contestant for row in rating_table(battles_of(rows), floor=LOCAL_FLOOR).rows] == [
        "A",
        "B",
        "C",
    ]


@pytest.mark.parametrize(("n_voters", "note"), [(9, "these_few_voters"), (10, "these_prompts")])
def test_fewer_than_ten_voters_are_these_few_voters(n_voters, note):
    rows = [("A", "B", "aab"[i % 3], f"v{i % n_voters}", f"p{i % 7}") for i in range(70)]
    table = rating_table(battles_of(rows), floor=LOCAL_FLOOR)
    assert table.interval_note == note
    assert (
        table.parameters["interval_cluster"] == {"these_few_voters": "prompt", "these_prompts": "voter"}[note]
    )
    fit = bradley_terry(battles_of(rows))
    cov = covariance(fit, battles_of(rows), cluster=table.parameters["interval_cluster"])
    assert table.rows[0].low == pytest.approx(to_points(strength_intervals(fit, cov).low)[0])


def test_one_voter_has_an_interval_by_prompt_but_none_that_generalises():
    rows = [("A", "B", "aab"[i % 3], "me", f"p{i % 4}") for i in range(14)]
    table = rating_table(battles_of(rows), floor=LOCAL_FLOOR)
    row = table.rows[0]
    assert row.low < row.rating < row.high
    assert (row.low_generalise, row.high_generalise) == (None, None)
    assert table.notes == (
        "low_generalise and high_generalise are blank: 1 voter to cluster by; an interval needs at least 2",
    )


def test_one_prompt_has_no_interval_for_few_voters_and_no_rank():
    rows = [("A", "B", "aab"[i % 3], f"v{i % 3}", "only") for i in range(15)]
    table = rating_table(battles_of(rows), floor=LOCAL_FLOOR)
    assert table.rows[0].rating is not None
    assert numbers(table.rows[0])[1:] == [None] * 6
    assert "low and high are blank: 1 prompt to cluster by; an interval needs at least 2" in table.notes


def test_without_voters_the_published_floor_cannot_be_reached_and_a_note_says_so():
    battles = of_wins([[0, 60], [40, 0]])
    table = rating_table(battles, floor=PUBLISHED_FLOOR)
    assert {row.state for row in table.rows} == {"not_enough_votes"}
    assert table.notes == (
        "no contestant can show the 10 voters of the floor: there is no voter column",
        "no contestant can show the 5 prompts of the floor: there is no prompt column",
    )


def test_without_voters_a_local_table_has_ratings_and_blank_intervals_with_a_note():
    table = rating_table(of_wins([[0, 60], [40, 0]]), floor=LOCAL_FLOOR)
    row = table.rows[0]
    assert row.rating == pytest.approx(1000 + 200 * math.log10(1.5))
    assert (row.voters, row.prompts) == (None, None)
    assert numbers(row)[1:] == [None] * 6
    assert table.notes == (
        "low and high are blank: there is no voter column to cluster by",
        "low_generalise and high_generalise are blank: there is no voter column to cluster by",
    )


def test_without_prompts_only_the_wider_claim_is_missing():
    rows = [("A", "B", "aab"[i % 3], f"v{i % 13}") for i in range(60)]
    row = rating_table(battles_of(rows), floor=LOCAL_FLOOR).rows[0]
    assert row.low is not None
    assert row.low_generalise is None


def test_an_interval_that_hangs_on_one_cluster_is_blank_with_a_note():
    rows = [("A", "B", "aab"[i % 3], f"v{i % 13}", f"p{i % 5}") for i in range(60)]
    rows += [("A", "C", "a", "v1", "p1"), ("A", "C", "b", "v1", "p2"), ("B", "C", "tie", "v1", "p3")]
    table = rating_table(battles_of(rows), floor=LOCAL_FLOOR)
    row = by_name(table)["C"]
    assert row.rating is not None
    assert numbers(row)[1:] == [None] * 6
    assert by_name(table)["A"].low is not None
    assert "low and high are blank where they would hang on one cluster: C" in table.notes


def test_a_fallback_is_named():
    """All the variation lies between voters; what remains after subtraction is less than theirs."""
    rows = [
        ("A", "B", "a" if voter < 8 else "b", f"v{voter}", f"p{prompt}")
        for voter in range(12)
        for prompt in range(6)
    ]
    table = rating_table(battles_of(rows), floor=LOCAL_FLOOR)
    assert table.notes == (
        "low_generalise and high_generalise use the voter-clustered variance, "
        "the two-way one being smaller: A, B",
    )
    wide = [row.high_generalise - row.low_generalise for row in table.rows]
    narrow = [row.high - row.low for row in table.rows]
    assert all(w > n for w, n in zip(wide, narrow, strict=True))


def test_weights_of_zero_leave_votes_out_of_every_column():
    rows = [(*row, 1.0) for row in CROWD]
    voided = [("A", "B", "a", "w", "q", 0.0)] * 50
    assert format_csv(rating_table(battles_of(rows + voided), floor=PUBLISHED_FLOOR)) == format_csv(
        rating_table(battles_of(rows), floor=PUBLISHED_FLOOR)
    )


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_table_is_the_same_to_the_byte_in_any_order_of_votes(seed):
    order = np.random.default_rng(seed).permutation(len(CROWD))
    shuffled = [CROWD[place] for place in order]
    assert format_csv(rating_table(battles_of(shuffled), floor=PUBLISHED_FLOOR)) == format_csv(
        rating_table(battles_of(CROWD), floor=PUBLISHED_FLOOR)
    )


def test_swapping_sides_leaves_the_table_as_it_is():
    other = {"a": "b", "b": "a", "tie": "tie", "both_bad": "both_bad"}
    swapped = [(b, a, other[winner], *rest) for a, b, winner, *rest in CROWD]
    assert format_csv(rating_table(battles_of(swapped), floor=PUBLISHED_FLOOR)) == format_csv(
        rating_table(battles_of(CROWD), floor=PUBLISHED_FLOOR)
    )


def test_parameters_are_json_and_say_how_the_table_was_made():
    floor = EvidenceFloor(votes=3, voters=2, prompts=1)
    table = rating_table(battles_of(CROWD), floor=floor, both_bad="drop", level=0.9)
    parameters = json.loads(json.dumps(table.parameters))
    assert parameters == table.parameters
    assert parameters["floor"] == {"votes": 3, "voters": 2, "prompts": 1, "component": "giant"}
    assert (parameters["both_bad"], parameters["level"], parameters["centre"]) == ("drop", 0.9, 1000)
    assert parameters["scale"] == pytest.approx(400 / math.log(10))


def test_a_table_without_battles_between_comparable_contestants_has_no_numbers():
    table = rating_table(battles_of([("A", "B", "a"), ("B", "C", "a")]), floor=LOCAL_FLOOR)
    assert [(row.contestant, row.state, row.rating) for row in table.rows] == [
        (name, "not_comparable", None) for name in "ABC"
    ]


@pytest.mark.parametrize("options", [{"level": 0}, {"level": 1.5}, {"both_bad": "third"}])
def test_options_that_do_not_exist_are_refused(options):
    with pytest.raises(InvalidOptionError):
        rating_table(battles_of(CROWD), floor=LOCAL_FLOOR, **options)


def test_a_level_beyond_the_draws_leaves_the_ranks_blank_with_a_note():
    rng = np.random.default_rng(7)
    battles = simulate([0.0, 0.5], n_voters=25, n_prompts=9, votes_per_voter=30, rng=rng)
    kept = rating_table(battles, floor=LOCAL_FLOOR, level=0.9999)
    assert all(row.rank_low is not None for row in kept.rows)
    table = rating_table(battles, floor=LOCAL_FLOOR, level=0.99999)
    assert {(row.rank_low, row.rank_high) for row in table.rows} == {(None, None)}
    assert all(row.low < row.rating < row.high for row in table.rows)
    assert "rank_low and rank_high are blank: 10000 draws show levels up to 0.9999" in table.notes


def test_who_never_lost_or_never_won_is_named():
    extra = [
        ("Top", "A", "a", "v1", "p1"),
        ("B", "Low", "a", "v2", "p2"),
        ("Idle", "A", "b", "v3", "p3", 0.0),
    ]
    rows = [(*row, 1.0)[:6] for row in [*CROWD, *extra]]
    table = rating_table(battles_of(rows), floor=LOCAL_FLOOR)
    assert table.notes[:2] == (
        "never lost, so the votes set it no upper bound: Top",
        "never won, so the votes set it no lower bound: Low",
    )
    assert by_name(table)["Top"].state == by_name(table)["Low"].state == "not_comparable"
    assert not any(
        note.startswith("never") for note in rating_table(battles_of(CROWD), floor=LOCAL_FLOOR).notes
    )


votes = st.tuples(
    st.sampled_from(["AB", "AC", "BC", "CB", "CD", "DA"]),
    st.sampled_from(["a", "b", "tie", "both_bad"]),
    st.integers(0, 12),
    st.integers(0, 6),
)


@settings(max_examples=150)
@given(st.lists(votes, min_size=1, max_size=60), st.sampled_from([LOCAL_FLOOR, PUBLISHED_FLOOR]))
def test_any_votes_give_a_table_without_nan_in_which_every_blank_has_its_reason(drawn, floor):
    rows = [(pair[0], pair[1], winner, f"v{voter}", f"p{prompt}") for pair, winner, voter, prompt in drawn]
    table = rating_table(battles_of(rows), floor=floor)
    for row in table.rows:
        assert (row.rating is None) == (row.state in ("not_enough_votes", "not_comparable"))
        assert all(value is None or math.isfinite(value) for value in numbers(row))
        assert row.low is None or row.low < row.rating < row.high
        assert row.low_generalise is None or row.low_generalise < row.rating < row.high_generalise
        assert (row.rank_low is None) == (row.low is None)
    assert_ranks_hold_the_order([row for row in table.rows if row.rank_low is not None])
    if any(row.rating is not None and row.low is None for row in table.rows):
        assert any(note.startswith("low and high are blank") for note in table.notes)


def assert_ranks_hold_the_order(rows):
    """Each rank set holds the place by rating among those ranked, whichever way equals are ordered."""
    for row in rows:
        above = sum(other.rating > row.rating + 1e-6 for other in rows)
        below = sum(other.rating < row.rating - 1e-6 for other in rows)
        assert 1 <= row.rank_low <= 1 + above
        assert len(rows) - below <= row.rank_high <= len(rows)


@given(any_wins())
def test_any_counts_give_a_table(wins):
    table = rating_table(of_wins(wins), floor=LOCAL_FLOOR)
    assert len(table.rows) == len(wins)
