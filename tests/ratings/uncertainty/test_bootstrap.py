import importlib

import numpy as np
import pytest
from scipy.stats import poisson

from ratings.data.battles import Battles
from ratings.errors import DisconnectedError, InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.newton import newton
from ratings.points import SCALE
from ratings.studies.simulate import Taste, simulate
from ratings.uncertainty.bootstrap import bootstrap, bootstrap_difference, recentred
from ratings.uncertainty.draws import drawer, streams, table_of_draws
from ratings.uncertainty.intervals import covariance, strength_intervals
from ratings.uncertainty.resamples import resampled, vote_cells
from tests.ratings.chatbot_arena import single
from tests.ratings.samples import battles_of, of_wins

CLUSTERS = ["vote", "voter", "prompt", "two_way"]
DRAWS = ["multinomial", "poisson"]


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


@pytest.mark.parametrize("draws", DRAWS)
@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_same_seed_gives_the_same_resamples_and_another_seed_others(cluster, draws):
    battles = simulated()
    first, again = run(battles, cluster, 60, draws=draws), run(battles, cluster, 60, draws=draws)
    assert first.distribution.tobytes() == again.distribution.tobytes()
    assert not np.array_equal(first.distribution, run(battles, cluster, 60, seed=9, draws=draws).distribution)


def test_the_first_resamples_are_the_same_however_many_are_drawn():
    battles = simulated()
    few, many = run(battles, n_resamples=30), run(battles, n_resamples=90)
    np.testing.assert_allclose(few.distribution, many.distribution[:30], rtol=0, atol=1e-12)


@pytest.mark.parametrize("cluster", ["vote", "voter", "prompt"])
def test_the_spread_agrees_with_the_matching_sandwich(cluster):
    """Within 6 %: 2,000 resamples leave 1.6 %, and C - 1 of C clusters are worth 1 to 2 %."""
    battles = simulated()
    fit = bradley_terry(battles)
    sandwich = strength_intervals(fit, covariance(fit, battles, cluster=cluster)).standard_error
    np.testing.assert_allclose(run(battles, cluster, 2000).standard_error / sandwich, 1, atol=0.06)


@pytest.mark.parametrize("cluster", ["vote", "voter", "prompt"])
def test_poisson_and_multinomial_draws_agree(cluster):
    """Within 9 %: each leaves 1.6 %, and a random number of C clusters 1 to 2 %."""
    battles = simulated()
    fixed, free = (run(battles, cluster, 2000, draws=draws) for draws in DRAWS)
    np.testing.assert_allclose(free.standard_error / fixed.standard_error, 1, atol=0.09)
    assert (fixed.draws, free.draws) == ("multinomial", "poisson")


def test_the_pigeonhole_errs_on_the_wide_side():
    battles = simulated()
    fit = bradley_terry(battles)
    sandwich = strength_intervals(fit, covariance(fit, battles, cluster="two_way")).standard_error
    ratio = run(battles, "two_way", 1000).standard_error / sandwich
    assert (ratio > 0.95).all()
    assert (ratio < 1.5).all()


@pytest.mark.parametrize("draws", DRAWS)
@pytest.mark.parametrize("cluster", ["voter", "prompt", "two_way"])
def test_every_resample_is_fitted_to_the_end(cluster, draws):
    """Each resample, rebuilt as weighted battles and fitted from the start, gives the same strengths."""
    battles = simulated(n_voters=15, n_prompts=9, votes_per_voter=12)
    result = run(battles, cluster, 25, draws=draws)
    fitted = []
    for stream in streams(25, np.random.default_rng(1)):
        weight = np.ones(len(battles))
        for kind in ["voter", "prompt"] if cluster == "two_way" else [cluster]:
            codes = getattr(battles, kind)
            n = codes.max() + 1
            if draws == "multinomial":
                drawn = np.bincount(stream.integers(n, size=n), minlength=n)
            else:
                drawn = poisson.ppf(stream.random(n), 1)
            weight *= drawn[codes]
        try:
            fitted.append(bradley_terry(reweighted(battles, weight)).strengths)
        except DisconnectedError:
            continue
    assert len(fitted) == len(result.distribution) == 25 - result.n_disconnected
    assert SCALE * np.abs(np.array(fitted) - result.distribution).max() < 1e-6


def test_every_resample_of_votes_is_fitted_to_the_end():
    """With weights that all differ a vote is a kind of its own, so its draws are those of its stream."""
    battles = reweighted(simulated(n_voters=10), np.random.default_rng(5).permutation(300) / 100 + 0.5)
    result = run(battles, "vote", 25)
    order = np.lexsort([battles.weight, kind_of(battles)])
    for stream, found in zip(streams(25, np.random.default_rng(1)), result.distribution, strict=True):
        drawn = np.zeros(len(battles))
        drawn[order] = np.bincount(stream.integers(len(battles), size=len(battles)), minlength=len(battles))
        again = bradley_terry(reweighted(battles, battles.weight * drawn))
        assert SCALE * np.abs(again.strengths - found).max() < 1e-6


def test_resamples_of_real_votes_are_fitted_to_a_millionth_of_a_point():
    votes = single(np.random.default_rng(0))
    result = run(votes, "vote", 10)
    cells = vote_cells(votes)
    drawn = table_of_draws(drawer(cells.units[0], "multinomial"), streams(10, np.random.default_rng(1)))
    np.testing.assert_array_equal(drawn.sum(axis=0), 1_670_250)
    won, lost = resampled(cells, [drawn])
    found = newton(cells.pairs, won.T, lost.T, np.zeros((10, votes.n_contestants)))[0]
    assert SCALE * np.abs(found - result.distribution).max() < 1e-6


def kind_of(battles):
    """Code the unordered pair and who of it won, ties last: by these, then by weight, votes are sorted."""
    swap = battles.a > battles.b
    outcome = np.minimum(battles.outcome, 2)
    seen = np.where(swap & (outcome < 2), 1 - outcome, outcome)
    pair = np.minimum(battles.a, battles.b) * battles.n_contestants + np.maximum(battles.a, battles.b)
    return pair * 3 + seen


def reweighted(battles, weight):
    return Battles(
        contestants=battles.contestants,
        a=battles.a,
        b=battles.b,
        outcome=battles.outcome,
        weight=weight,
    )


def test_three_votes_resampled_by_hand():
    """A wins two of three: resamples hold 3, 2, 1, 0 wins in 8, 12, 6, 1 of 27 cases, and 3 or 0 no fit."""
    result = run(battles_of([("A", "B", "a"), ("A", "B", "a"), ("B", "A", "a")]), "vote", 3000)
    gap = result.distribution @ [1, -1]
    np.testing.assert_allclose(np.abs(gap), np.log(2), atol=1e-9)
    assert result.n_disconnected / 3000 == pytest.approx(9 / 27, abs=0.025)
    assert (gap > 0).mean() == pytest.approx(12 / 18, abs=0.03)


def test_equal_weights_change_no_resample():
    battles = simulated()
    plain, doubled = (
        run(battles, "vote", 60),
        run(reweighted(battles, np.full(len(battles), 2.0)), "vote", 60),
    )
    np.testing.assert_allclose(plain.distribution, doubled.distribution, atol=1e-9)


def test_the_sides_and_the_order_of_votes_change_no_resample():
    battles = simulated()
    order = np.random.default_rng(3).permutation(len(battles))
    swapped = Battles(
        contestants=battles.contestants,
        a=battles.b[order],
        b=battles.a[order],
        outcome=np.array([1, 0, 2, 3], dtype=np.int8)[battles.outcome[order]],
        voter=battles.voter[order],
        prompt=battles.prompt[order],
    )
    for cluster in CLUSTERS:
        plain, other = run(battles, cluster, 50), run(swapped, cluster, 50)
        np.testing.assert_allclose(plain.distribution, other.distribution, atol=1e-9)


def test_resamples_without_finite_strengths_are_counted_not_hidden():
    """Two voters, one for each side: half of the resamples draw one of them twice."""
    battles = battles_of([("A", "B", "a", "v"), ("A", "B", "b", "w")])
    result = run(battles, n_resamples=1000)
    assert result.n_resamples == 1000
    assert len(result.distribution) == 1000 - result.n_disconnected
    assert 420 < result.n_disconnected < 580
    np.testing.assert_allclose(result.distribution, 0, atol=1e-9)


def test_a_poisson_resample_may_be_empty():
    """Two voters who vote both ways: nothing is left with probability exp(-2)."""
    rows = [(a, b, "a", voter) for voter in "vw" for a, b in ("AB", "BA")]
    result = run(battles_of(rows), n_resamples=2000, draws="poisson")
    assert result.n_disconnected / 2000 == pytest.approx(np.exp(-2), abs=0.025)


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
    assert (result.level, result.cluster, result.draws) == (0.8, "voter", "multinomial")
    assert result.both_bad == "half"


def test_the_interval_of_a_difference_does_not_depend_on_the_anchor():
    result = run(simulated(), n_resamples=400, level=0.9)
    found = bootstrap_difference(result, "contestant-3", "contestant-1")
    gap = result.distribution[:, 3] - result.distribution[:, 1]
    assert found.difference == result.strengths[3] - result.strengths[1]
    assert (found.low, found.high) == pytest.approx(np.quantile(gap, [0.05, 0.95]), abs=1e-12)
    assert found.standard_error == pytest.approx(gap.std(ddof=1), abs=1e-12)
    assert (found.first, found.second, found.level) == ("contestant-3", "contestant-1", 0.9)
    anchored = bootstrap_difference(recentred(result, np.arange(5) == 1), "contestant-3", "contestant-1")
    assert (anchored.low, anchored.high) == pytest.approx((found.low, found.high), abs=1e-12)
    with pytest.raises(InvalidOptionError, match="'Nobody' is not a contestant of this bootstrap"):
        bootstrap_difference(result, "Nobody", "contestant-1")


def test_progress_is_told_after_each_block():
    told = []
    run(simulated(), n_resamples=600, progress=told.append)
    assert told == [250, 500, 600]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_block_size_bounds_memory_and_does_not_change_the_answer(monkeypatch, cluster):
    battles = simulated()
    whole = run(battles, cluster, 40)
    told = []
    monkeypatch.setattr(importlib.import_module("ratings.uncertainty.bootstrap"), "BLOCK", 250)
    monkeypatch.setattr(importlib.import_module("ratings.uncertainty.bootstrap"), "TOLD", 1)
    small = run(battles, cluster, 40, progress=told.append)
    assert told[0] < 10
    np.testing.assert_allclose(small.distribution, whole.distribution, rtol=0, atol=1e-12)


def test_what_cannot_be_resampled_is_refused():
    battles = battles_of([("A", "B", "a", "v", "p"), ("A", "B", "b", "v", "q")])
    with pytest.raises(TooFewClustersError, match="fewer than 2 voters; resampling them shows nothing"):
        run(battles)
    with pytest.raises(TooFewClustersError, match="fewer than 2 votes; resampling them shows nothing"):
        run(battles_of([("A", "B", "tie")]), "vote")
    with pytest.raises(TooFewClustersError, match="there is no prompt column"):
        run(of_wins([[0, 1], [1, 0]]), "prompt")
    with pytest.raises(InvalidOptionError, match="'day' is not one of vote, voter, prompt, two_way"):
        run(battles, "day")
    with pytest.raises(InvalidOptionError, match="'exact' is not one of multinomial, poisson"):
        run(battles, "prompt", draws="exact")
    with pytest.raises(InvalidOptionError, match="n_resamples 0 is not at least 1"):
        run(battles, "prompt", 0)
    with pytest.raises(InvalidOptionError, match="level 1 is not between"):
        run(battles, "prompt", level=1)
    with pytest.raises(DisconnectedError):
        run(battles_of([("A", "B", "a", "v"), ("A", "B", "a", "w")]))
