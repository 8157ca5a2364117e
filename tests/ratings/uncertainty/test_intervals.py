import math

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import t

from ratings import (
    Battles,
    InvalidOptionError,
    Taste,
    TooFewClustersError,
    bradley_terry,
    covariance,
    difference_interval,
    simulate,
    strength_intervals,
)
from ratings.data.battles import POINTS_FOR_A
from ratings.uncertainty.clusters import SMALL
from tests.ratings.samples import battles_of, clustered_rows

HAND = [
    ("A", "B", "a", "v", "p"),
    ("A", "B", "a", "v", "q"),
    ("A", "B", "a", "v", "q"),
    ("A", "B", "b", "w", "p"),
]
"""Voter v prefers A three times, w prefers B once: p = 3/4, scores +-3/4, information 9/16 and 3/16."""


def variance(cov, first=0, second=1):
    m = cov.matrix
    return m[first, first] + m[second, second] - 2 * m[first, second]


def simulated(seed=3, k=5, n_voters=12, n_prompts=7, votes_per_voter=15):
    return simulate(
        np.linspace(-0.8, 0.8, k),
        n_voters=n_voters,
        n_prompts=n_prompts,
        votes_per_voter=votes_per_voter,
        activity_sd=0.8,
        taste=Taste(voter_sd=0.7, prompt_sd=0.7),
        rng=np.random.default_rng(seed),
    )


def test_plain_clustering_by_hand():
    """C/(C-1) * sum of squared scores / H^2 = 2 * 2 * (3/4)^2 / (3/4)^2 = 4."""
    battles = battles_of(HAND)
    cov = covariance(bradley_terry(battles), battles, cluster="voter", correction="plain")
    assert variance(cov) == pytest.approx(4)


def test_jackknife_clustering_by_hand():
    """Without v the step is (3/4)/(3/16) = 4, without w -(3/4)/(9/16) = -4/3: (1/2)(16 + 16/9) = 80/9."""
    battles = battles_of(HAND)
    cov = covariance(bradley_terry(battles), battles, cluster="voter")
    assert variance(cov) == pytest.approx(80 / 9)


def test_votes_taken_as_independent_by_hand():
    """The sandwich: sum (y - p)^2 = 3 * (1/4)^2 + (3/4)^2 = 3/4, times 4/3, over H^2 = (3/4)^2: 16/9."""
    battles = battles_of(HAND)
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="vote", correction="plain")
    assert variance(cov) == pytest.approx(16 / 9)
    interval = difference_interval(fit, cov, "A", "B")
    assert interval.high[0] - math.log(3) == pytest.approx(1.959964 * 4 / 3, abs=1e-6)


def test_two_way_by_hand():
    """Plain: voters give 4, as above. Prompts p (1 - 3/2 = -1/2) and q (+1/2) give 2 * (1/2) / (9/16) = 16/9.

    Cells (v,p) +1/4, (v,q) +1/2, (w,p) -3/4 give 3/2 * (7/8) / (9/16) = 7/3. Together 31/9, less than 4.
    """
    battles = battles_of(HAND)
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="two_way", correction="plain")
    assert [variance(part) for part in cov.one_way] == pytest.approx([4, 16 / 9])
    assert variance(cov) == pytest.approx(31 / 9)
    interval = difference_interval(fit, cov, "A", "B")
    assert interval.fallback == ("voter",)
    assert interval.standard_error[0] == pytest.approx(2)


def test_the_interval_is_students_with_one_less_than_the_clusters():
    battles = battles_of(HAND)
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="voter", correction="plain")
    found = difference_interval(fit, cov, "A", "B", level=0.9)
    assert found.degrees[0] == 1
    assert found.low[0] == pytest.approx(math.log(3) - t.isf(0.05, 1) * 2)
    assert found.high[0] == pytest.approx(math.log(3) + t.isf(0.05, 1) * 2)
    assert found.level == 0.9


def test_with_two_contestants_a_strength_is_half_the_difference():
    battles = battles_of(HAND)
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="voter")
    one, both = strength_intervals(fit, cov), difference_interval(fit, cov, "A", "B")
    assert one.low[0] == pytest.approx(both.low[0] / 2)
    assert one.high[1] == pytest.approx(-both.low[0] / 2)


@pytest.mark.parametrize("cluster", ["voter", "prompt"])
def test_plain_clustering_equals_a_logistic_regression_with_one_contestant_as_reference(cluster):
    """The textbook sandwich on a design matrix, row by row, in another gauge."""
    battles = simulated()
    fit = bradley_terry(battles)
    rows = np.arange(len(battles))
    design = np.zeros((len(battles), 5))
    design[rows, battles.a] += 1
    design[rows, battles.b] -= 1
    p = 1 / (1 + np.exp(-(design @ fit.strengths)))
    scores = (POINTS_FOR_A[battles.outcome] - p)[:, None] * design[:, 1:]
    bread = np.linalg.inv(design[:, 1:].T @ (design[:, 1:] * (p * (1 - p))[:, None]))
    codes = getattr(battles, cluster)
    sums = np.array([scores[codes == code].sum(axis=0) for code in np.unique(codes)])
    expected = len(sums) / (len(sums) - 1) * bread @ sums.T @ sums @ bread
    cov = covariance(fit, battles, cluster=cluster, correction="plain")
    found = [variance(cov, 0, k) for k in range(1, 5)]
    np.testing.assert_allclose(found, np.diag(expected), rtol=1e-9)


@pytest.mark.parametrize("size", ["few pairs", "many pairs"])
def test_jackknife_equals_leaving_each_voter_out_in_turn(size):
    """Against a least-squares solve of (H - H_g) step = s_g, whichever way the clusters are batched."""
    battles = simulated() if size == "few pairs" else simulated(k=10, n_voters=4, votes_per_voter=120)
    fit = bradley_terry(battles)
    k = battles.n_contestants
    steps = np.array([leave_out_step(fit, battles, voter) for voter in np.unique(battles.voter)])
    expected = (len(steps) - 1) / len(steps) * steps.T @ steps
    cov = covariance(fit, battles, cluster="voter")
    centre = np.eye(k) - 1 / k
    np.testing.assert_allclose(centre @ cov.matrix @ centre, expected, rtol=1e-7, atol=1e-12)
    pairs = battles.a.astype(int) * battles.b + battles.a + battles.b
    assert (len(np.unique(pairs[battles.voter == 0])) > SMALL) == (size == "many pairs")


def leave_out_step(fit, battles, voter):
    k = battles.n_contestants
    h, score = np.zeros((k, k)), np.zeros(k)
    for a, b, outcome, who in zip(battles.a, battles.b, battles.outcome, battles.voter, strict=True):
        direction = np.zeros(k)
        direction[a], direction[b] = 1, -1
        p = 1 / (1 + math.exp(fit.strengths[b] - fit.strengths[a]))
        if who == voter:
            score += (POINTS_FOR_A[outcome] - p) * direction
        else:
            h += p * (1 - p) * np.outer(direction, direction)
    return np.linalg.lstsq(h, score, rcond=1e-10)[0]


def test_clusters_of_one_vote_are_the_independent_sandwich():
    battles = simulated()
    alone = Battles(
        contestants=battles.contestants,
        a=battles.a,
        b=battles.b,
        outcome=battles.outcome,
        weight=battles.weight,
        voter=np.arange(len(battles), dtype=np.int32),
    )
    fit = bradley_terry(alone)
    by_vote = covariance(fit, alone, cluster="vote")
    by_voter = covariance(fit, alone, cluster="voter")
    np.testing.assert_allclose(by_voter.matrix, by_vote.matrix, rtol=1e-12)


@pytest.mark.parametrize("correction", ["plain", "jackknife"])
def test_a_crowd_twice_as_large_halves_the_variance(correction):
    """Each voter cloned under a new name; the factor for the number of clusters is divided out."""
    rows = [
        ("A", "B", "a", "v"),
        ("B", "C", "a", "v"),
        ("C", "A", "tie", "w"),
        ("A", "B", "b", "w"),
        ("B", "C", "b", "x"),
    ]
    rows += [("C", "A", "a", "x")] * 2
    double = rows + [(*row[:3], row[3] + "2") for row in rows]
    once, twice = (
        covariance(bradley_terry(battles), battles, cluster="voter", correction="plain")
        for battles in (battles_of(rows), battles_of(double))
    )
    np.testing.assert_allclose(twice.matrix * 5 / 6, once.matrix * 2 / 3 / 2, rtol=1e-9)


def test_weighing_every_vote_double_changes_no_clustered_interval():
    rows = [(*row, 1.0) for row in HAND]
    heavy = [(*row, 2.0) for row in HAND]
    one, two = (
        covariance(bradley_terry(battles), battles, cluster="voter")
        for battles in (battles_of(rows), battles_of(heavy))
    )
    np.testing.assert_allclose(two.matrix, one.matrix, rtol=1e-9)


def test_two_way_is_the_sum_of_both_ways_less_their_overlap():
    battles = simulated()
    fit = bradley_terry(battles)
    two_way = covariance(fit, battles, cluster="two_way")
    cell = Battles(
        contestants=battles.contestants,
        a=battles.a,
        b=battles.b,
        outcome=battles.outcome,
        weight=battles.weight,
        voter=(battles.voter * 100 + battles.prompt).astype(np.int32),
    )
    overlap = covariance(fit, cell, cluster="voter").matrix
    by_voter, by_prompt = (covariance(fit, battles, cluster=one).matrix for one in ("voter", "prompt"))
    np.testing.assert_allclose(two_way.matrix, by_voter + by_prompt - overlap, rtol=1e-9, atol=1e-15)
    assert two_way.n_clusters == 7


@settings(max_examples=60)
@given(clustered_rows())
def test_no_interval_is_ever_nothing_wide_or_inside_out(rows):
    """Whatever the votes: a positive width or no interval."""
    battles = battles_of(rows)
    fit = bradley_terry(battles)
    for cluster in ("vote", "voter", "prompt", "two_way"):
        found = strength_intervals(fit, covariance(fit, battles, cluster=cluster))
        exists = ~np.isnan(found.low)
        assert (found.low[exists] < fit.strengths[exists]).all()
        assert (found.high[exists] > fit.strengths[exists]).all()
        assert (np.isnan(found.high) == np.isnan(found.low)).all()


@settings(max_examples=60)
@given(clustered_rows())
def test_prompts_like_these_are_never_better_known_than_each_one_way_variance_says(rows):
    battles = battles_of(rows)
    fit = bradley_terry(battles)
    two_way = strength_intervals(fit, covariance(fit, battles, cluster="two_way")).standard_error
    for cluster in ("voter", "prompt"):
        one_way = strength_intervals(fit, covariance(fit, battles, cluster=cluster)).standard_error
        exists = ~np.isnan(two_way) & ~np.isnan(one_way)
        assert (two_way[exists] >= one_way[exists] * (1 - 1e-9)).all()


BRIDGE = [
    ("A", "B", "a", "u"),
    ("A", "B", "b", "v"),
    ("A", "B", "tie", "w"),
    ("B", "C", "a", "w"),
    ("B", "C", "b", "w"),
]


def test_a_contestant_known_to_one_voter_alone_has_no_interval_and_spoils_nobody_elses():
    battles = battles_of(BRIDGE)
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="voter")
    assert cov.is_estimable.tolist() == [True, True, False]
    found = strength_intervals(fit, cov)
    assert np.isnan(found.low).tolist() == [False, False, True]
    assert np.isnan(difference_interval(fit, cov, "B", "C").low[0])
    without = battles_of(BRIDGE[:3])
    alone = strength_intervals(
        bradley_terry(without), covariance(bradley_terry(without), without, cluster="voter")
    )
    np.testing.assert_allclose(found.standard_error[:2], alone.standard_error, rtol=1e-9)


def test_when_one_voter_holds_everything_together_nobody_has_an_interval():
    rows = [
        ("A", "B", "tie", "v"),
        ("B", "C", "tie", "v"),
        ("A", "C", "tie", "v"),
        ("A", "B", "a", "w"),
        ("A", "B", "b", "w"),
    ]
    only = battles_of([row for row in rows if row[3] == "v"] + [("A", "B", "tie", "v")])
    with pytest.raises(TooFewClustersError, match="1 voter to cluster by; an interval needs at least 2"):
        covariance(bradley_terry(only), only, cluster="voter")


def test_clusters_that_do_not_differ_show_no_precision():
    """Every voter splits evenly, so every score is zero: no width is no interval, not certainty."""
    rows = [("A", "B", winner, voter) for voter in "vwx" for winner in "ab"]
    battles = battles_of(rows)
    fit = bradley_terry(battles)
    assert np.isnan(strength_intervals(fit, covariance(fit, battles, cluster="voter")).low).all()


TRIANGLE = [("A", "B", "a"), ("B", "C", "tie"), ("C", "A", "tie")]
NONET = [(a, b, "a") for place, a in enumerate("ABCDEFGHI") for b in "ABCDEFGHI"[:place]]


@pytest.mark.parametrize(
    ("heavy", "light"),
    [(TRIANGLE[1:2], TRIANGLE), (TRIANGLE[1:], TRIANGLE), (NONET, [(b, a, w) for a, b, w in NONET])],
)
def test_a_voter_who_outweighs_all_others_by_twelve_powers_of_ten_leaves_finite_numbers(heavy, light):
    rows = [(*row, "v", 1e6) for row in heavy]
    rows += [(*row, voter, 1e-6) for row in light for voter in "wx"]
    battles = battles_of(rows, columns="model_a model_b winner voter weight")
    fit = bradley_terry(battles)
    assert np.isfinite(covariance(fit, battles, cluster="voter").matrix).all()


def test_the_centre_moves_the_reference_not_the_differences():
    battles = simulated()
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="voter")
    centre = np.array([True, True, False, False, True])
    found = strength_intervals(fit, cov, centre=centre)
    middle = (found.low + found.high) / 2
    np.testing.assert_allclose(middle, fit.strengths - fit.strengths[centre].mean(), atol=1e-12)
    contrast = np.eye(5)[3] - centre / 3
    assert found.standard_error[3] == pytest.approx(math.sqrt(contrast @ cov.matrix @ contrast))


def test_degrees_of_freedom_by_hand():
    """Information goes by votes. Six, three and three of twelve: 1 / (1/4 + 1/16 + 1/16) - 1 = 5/3."""
    rows = [("A", "B", "ab"[place % 2], "uuvw"[place % 4]) for place in range(12)]
    battles = battles_of(rows)
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="voter")
    assert difference_interval(fit, cov, "A", "B").degrees[0] == pytest.approx(5 / 3)


def test_clusters_of_equal_shares_leave_one_degree_less_than_their_number():
    rows = [
        ("A", "B", "aab"[(place + place // 8) % 3 // (1 + place % 2)], f"v{place % 8}") for place in range(48)
    ]
    battles = battles_of(rows)
    fit = bradley_terry(battles)
    degrees = strength_intervals(fit, covariance(fit, battles, cluster="voter")).degrees
    np.testing.assert_allclose(degrees, 7)


def test_degrees_of_freedom_follow_the_clusters_that_a_contestant_met():
    rows = [("A", "B", w, v) for v in "stuvwxyz" for w in ("a", "b", "a")]
    rows += [("C", "A", "a", "s"), ("C", "A", "b", "t"), ("B", "C", "tie", "u")]
    battles = battles_of(rows)
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="voter")
    assert 5 < difference_interval(fit, cov, "A", "B").degrees[0] <= 7
    assert 1.5 < difference_interval(fit, cov, "A", "C").degrees[0] < 2.5


def test_one_voter_who_casts_nearly_all_votes_leaves_one_degree_of_freedom():
    rows = [("A", "B", "aab"[place % 3], "v") for place in range(90)] + [
        ("A", "B", "a", "w"),
        ("A", "B", "b", "x"),
    ]
    battles = battles_of(rows)
    fit = bradley_terry(battles)
    assert difference_interval(fit, covariance(fit, battles, cluster="voter"), "A", "B").degrees[0] == 1


def test_the_shares_are_counted_in_blocks_of_bounded_size(monkeypatch):
    battles = simulated()
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="voter")
    whole = strength_intervals(fit, cov).degrees
    monkeypatch.setattr("ratings.uncertainty.degrees.BLOCK", 1)
    np.testing.assert_allclose(strength_intervals(fit, cov).degrees, whole)


def test_what_cannot_be_clustered_is_refused():
    battles = battles_of([("A", "B", "a"), ("A", "B", "b")])
    fit = bradley_terry(battles)
    with pytest.raises(TooFewClustersError, match="there is no voter column to cluster by"):
        covariance(fit, battles, cluster="voter")
    with pytest.raises(TooFewClustersError, match="there is no voter column"):
        covariance(fit, battles, cluster="two_way")
    with pytest.raises(InvalidOptionError, match="'day' is not one of vote, voter, prompt, two_way"):
        covariance(fit, battles, cluster="day")


def test_unknown_names_and_levels_are_refused():
    battles = battles_of(HAND)
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="voter")
    with pytest.raises(InvalidOptionError, match="'Z' is not a contestant of this fit"):
        difference_interval(fit, cov, "A", "Z")
    with pytest.raises(InvalidOptionError, match="level 95 is not between 0 and 1"):
        strength_intervals(fit, cov, level=95)
