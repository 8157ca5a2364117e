import importlib

import numpy as np
import pytest

from ratings import (
    LOCAL_FLOOR,
    PUBLISHED_FLOOR,
    Battles,
    DisconnectedError,
    InvalidOptionError,
    Taste,
    TooFewClustersError,
    bootstrap,
    bootstrap_table,
    bradley_terry,
    covariance,
    rating_table,
    simulate,
    strength_intervals,
)
from ratings.points import SCALE
from tests.ratings.samples import battles_of, of_wins

CLUSTERS = ["voter", "prompt", "two_way"]


def simulated(n_voters=60, n_prompts=40, votes_per_voter=30, k=5, seed=2):
    return simulate(
        np.linspace(-0.7, 0.7, k),
        n_voters=n_voters,
        n_prompts=n_prompts,
        votes_per_voter=votes_per_voter,
        taste=Taste(voter_sd=0.7, prompt_sd=0.7),
        rng=np.random.default_rng(seed),
    )


def run(battles, cluster="voter", n_resamples=200, seed=1, **options):
    return bootstrap(
        battles, cluster=cluster, n_resamples=n_resamples, rng=np.random.default_rng(seed), **options
    )


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_same_seed_gives_the_same_resamples_and_another_seed_others(cluster):
    battles = simulated()
    first, again, other = run(battles, cluster), run(battles, cluster), run(battles, cluster, seed=9)
    np.testing.assert_array_equal(first.distribution, again.distribution)
    assert not np.array_equal(first.distribution, other.distribution)


@pytest.mark.parametrize("cluster", ["voter", "prompt"])
def test_the_spread_agrees_with_the_matching_sandwich(cluster):
    """Within 6 %: 2,000 resamples leave 1.6 %, and C - 1 of C clusters are worth 1 to 2 %."""
    battles = simulated()
    fit = bradley_terry(battles)
    sandwich = strength_intervals(fit, covariance(fit, battles, cluster=cluster)).standard_error
    np.testing.assert_allclose(run(battles, cluster, 2000).standard_error / sandwich, 1, atol=0.06)


def test_the_pigeonhole_errs_on_the_wide_side():
    battles = simulated()
    fit = bradley_terry(battles)
    sandwich = strength_intervals(fit, covariance(fit, battles, cluster="two_way")).standard_error
    ratio = run(battles, "two_way", 1000).standard_error / sandwich
    assert (ratio > 0.95).all()
    assert (ratio < 1.5).all()


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_every_resample_is_fitted_to_the_end(cluster):
    """Each resample, rebuilt as weighted battles and fitted from the start, gives the same strengths."""
    battles = simulated(n_voters=15, n_prompts=9, votes_per_voter=12)
    result = run(battles, cluster, 25)
    draws = np.random.default_rng(1)
    kinds = ["voter", "prompt"] if cluster == "two_way" else [cluster]
    weights = [np.ones(len(battles)) for _ in range(25)]
    for kind in kinds:
        codes = getattr(battles, kind)
        n = codes.max() + 1
        for resample, drawn in enumerate(draws.integers(n, size=(25, n))):
            weights[resample] *= np.bincount(drawn, minlength=n)[codes]
    fitted = []
    for weight in weights:
        try:
            fitted.append(bradley_terry(reweighted(battles, weight)).strengths)
        except DisconnectedError:
            continue
    assert len(fitted) == len(result.distribution) == 25 - result.n_disconnected
    assert SCALE * np.abs(np.array(fitted) - result.distribution).max() < 1e-6


def reweighted(battles, weight):
    return Battles(
        contestants=battles.contestants,
        a=battles.a,
        b=battles.b,
        outcome=battles.outcome,
        weight=weight,
    )


def test_resamples_without_finite_strengths_are_counted_not_hidden():
    """Two voters, one for each side: half of the resamples draw one of them twice."""
    battles = battles_of([("A", "B", "a", "v"), ("A", "B", "b", "w")])
    result = run(battles, n_resamples=1000)
    assert result.n_resamples == 1000
    assert len(result.distribution) == 1000 - result.n_disconnected
    assert 420 < result.n_disconnected < 580
    np.testing.assert_allclose(result.distribution, 0, atol=1e-9)


def test_when_no_resample_can_be_fitted_there_is_no_interval():
    battles = battles_of([("A", "B", "a", "v"), ("A", "B", "b", "w")])
    result = next(
        r for r in (run(battles, n_resamples=1, seed=seed) for seed in range(50)) if r.n_disconnected
    )
    assert np.isnan(result.low).all()
    assert np.isnan(result.standard_error).all()


def test_one_resample_has_no_standard_error():
    battles = simulated()
    result = run(battles, n_resamples=1)
    assert np.isnan(result.standard_error).all()
    np.testing.assert_array_equal(result.low, result.high)


def test_percentiles_hold_the_level():
    result = run(simulated(), n_resamples=400, level=0.8)
    inside = (result.distribution >= result.low) & (result.distribution <= result.high)
    np.testing.assert_allclose(inside.mean(axis=0), 0.8, atol=0.01)
    assert (result.level, result.cluster, result.both_bad) == (0.8, "voter", "half")


def test_progress_is_told_after_each_block():
    told = []
    run(simulated(), n_resamples=600, progress=told.append)
    assert told == [250, 500, 600]


def test_the_block_size_bounds_memory_and_does_not_change_the_answer(monkeypatch):
    battles = simulated()
    whole = run(battles, n_resamples=40)
    monkeypatch.setattr(importlib.import_module("ratings.uncertainty.bootstrap"), "BLOCK", 500)
    np.testing.assert_array_equal(run(battles, n_resamples=40).distribution, whole.distribution)


def test_what_cannot_be_resampled_is_refused():
    battles = battles_of([("A", "B", "a", "v", "p"), ("A", "B", "b", "v", "q")])
    with pytest.raises(TooFewClustersError, match="fewer than 2 voters; resampling them shows nothing"):
        run(battles)
    with pytest.raises(TooFewClustersError, match="there is no prompt column"):
        run(of_wins([[0, 1], [1, 0]]), "prompt")
    with pytest.raises(InvalidOptionError, match="'vote' is not one of voter, prompt, two_way"):
        run(battles, "vote")
    with pytest.raises(InvalidOptionError, match="n_resamples 0 is not at least 1"):
        run(battles, "prompt", 0)
    with pytest.raises(InvalidOptionError, match="level 1 is not between"):
        run(battles, "prompt", level=1)
    with pytest.raises(DisconnectedError):
        run(battles_of([("A", "B", "a", "v"), ("A", "B", "a", "w")]))


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
    assert table.parameters["n_disconnected"] == 0
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
    assert (table.rows, table.notes) == ((), ("no contestant reaches the floor",))
