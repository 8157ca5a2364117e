import numpy as np
import pytest

from ratings.studies.simulate import Taste, simulate
from ratings.tables.bootstrap_table import bootstrap_table
from ratings.tables.floor import LOCAL_FLOOR, PUBLISHED_FLOOR
from ratings.tables.table import rating_table
from ratings.tables.text import format_text
from tests.ratings.samples import battles_of


def simulated():
    return simulate(
        np.linspace(-0.7, 0.7, 5),
        n_voters=60,
        n_prompts=40,
        votes_per_voter=30,
        taste=Taste(voter_sd=0.7, prompt_sd=0.7),
        rng=np.random.default_rng(2),
    )


def test_the_table_of_a_bootstrap_has_the_ratings_of_the_rating_table():
    battles = simulated()
    options = {"floor": PUBLISHED_FLOOR, "both_bad": "drop"}
    table = bootstrap_table(
        battles, cluster="voter", n_resamples=200, rng=np.random.default_rng(4), **options
    )
    ratings = rating_table(battles, **options)
    assert [row.contestant for row in table.rows] == [row.contestant for row in ratings.rows]
    for row, other in zip(table.rows, ratings.rows, strict=True):
        assert row.rating == pytest.approx(other.rating, abs=1e-9)
        assert row.low < row.rating < row.high
    assert (table.parameters["n_disconnected"], table.parameters["draws"]) == (0, "multinomial")
    assert table.notes == ()


def test_a_table_with_disconnected_resamples_warns_of_narrow_intervals():
    rows = [("A", "B", winner, voter) for voter, winner in [("u", "a"), ("v", "a"), ("w", "b")]]
    table = bootstrap_table(
        battles_of(rows), floor=LOCAL_FLOOR, cluster="voter", n_resamples=300, rng=np.random.default_rng(4)
    )
    assert "of 300 resamples have no finite ratings and are left out" in table.notes[0]


def test_a_table_without_rated_contestants_says_so():
    rows = [("A", "B", "a", "v"), ("A", "B", "b", "w")]
    table = bootstrap_table(
        battles_of(rows), floor=PUBLISHED_FLOOR, cluster="voter", n_resamples=10, rng=np.random.default_rng(4)
    )
    assert (table.rows, table.notes) == (
        (),
        (
            "no contestant reaches the floor",
            "without a rating: A (not enough votes), B (not enough votes)",
        ),
    )


def test_notes_name_the_unrated_and_say_that_few_resamples_are_rough():
    rows = [("A", "B", winner, f"v{i}") for i, winner in enumerate("abaabb")] + [("C", "A", "a", "v0")]
    options = {"floor": LOCAL_FLOOR, "cluster": "voter"}
    few, enough = (
        bootstrap_table(battles_of(rows * 5), n_resamples=n, rng=np.random.default_rng(4), **options).notes
        for n in (99, 100)
    )
    assert few[0] == "percentiles of 99 resamples are rough: take at least 100, better 1000"
    assert few[-1] == enough[-1] == "without a rating: C (not comparable)"
    assert not any("rough" in note for note in enough)


def test_a_table_of_single_votes_is_narrower_than_one_of_voters():
    options = {"floor": PUBLISHED_FLOOR, "n_resamples": 300}
    votes, voters = (
        bootstrap_table(simulated(), cluster=cluster, rng=np.random.default_rng(4), **options)
        for cluster in ("vote", "voter")
    )
    assert votes.parameters["bootstrap_cluster"] == "vote"
    assert "300 vote resamples" in format_text(votes)
    errors = [{row.contestant: row.standard_error for row in table.rows} for table in (votes, voters)]
    assert np.mean([errors[0][name] / errors[1][name] for name in errors[0]]) < 0.9
