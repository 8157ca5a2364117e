import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.data.battles import Battles
from ratings.fits.bradley_terry import bradley_terry
from ratings.uncertainty.intervals import covariance, difference_interval, strength_intervals
from tests.ratings.samples import battles_of, clustered_rows

HAND = [("A", "B", "a")] * 3 + [("A", "B", "b")]


def alone(battles):
    """The same battles, each by a voter of its own: the general way to the same answer."""
    return Battles(
        contestants=battles.contestants,
        a=battles.a,
        b=battles.b,
        outcome=battles.outcome,
        weight=battles.weight,
        voter=np.arange(len(battles), dtype=np.int32),
    )


def test_leaving_each_vote_out_by_hand():
    """p = 3/4, H = 3/4, 9/16 without a vote. Steps (1/4)/(9/16) three times, (3/4)/(9/16) once.

    3 * (4/9)^2 + (4/3)^2 = 64/27, times 3/4 for four votes: 16/9.
    """
    battles = battles_of(HAND)
    fit = bradley_terry(battles)
    interval = difference_interval(fit, covariance(fit, battles, cluster="vote"), "A", "B")
    assert interval.standard_error[0] == pytest.approx(4 / 3)
    assert math.isinf(interval.degrees[0])


@settings(max_examples=25)
@given(clustered_rows(), st.data(), st.sampled_from(["jackknife", "plain"]))
def test_weighted_votes_equal_clusters_of_one_vote(rows, data, correction):
    weights = data.draw(
        st.lists(st.sampled_from([0.25, 1.0, 1.5, 40.0]), min_size=len(rows), max_size=len(rows))
    )
    rows = [(*row, weight) for row, weight in zip(rows, weights, strict=True)]
    battles = alone(battles_of(rows))
    fit = bradley_terry(battles)
    by_vote = covariance(fit, battles, cluster="vote", correction=correction)
    by_voter = covariance(fit, battles, cluster="voter", correction=correction)
    np.testing.assert_allclose(by_vote.matrix, by_voter.matrix, rtol=1e-7, atol=1e-10)
    np.testing.assert_array_equal(by_vote.is_estimable, by_voter.is_estimable)
    assert by_vote.n_clusters == by_voter.n_clusters


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["AB", "BC", "CD", "DE", "AC", "CE"]), max_size=6))
def test_ties_that_hold_groups_together_equal_clusters_of_one_vote(extra):
    """A chain of ties with a few more: most have bridges of a single vote."""
    rows = [(*pair, "tie") for pair in ["AB", "BC", "CD", "DE", *extra]]
    rows += [("A", "B", "a"), ("A", "B", "b")]
    battles = alone(battles_of(rows))
    fit = bradley_terry(battles)
    by_vote, by_voter = (covariance(fit, battles, cluster=cluster) for cluster in ("vote", "voter"))
    np.testing.assert_allclose(by_vote.matrix, by_voter.matrix, rtol=1e-7, atol=1e-12)
    np.testing.assert_array_equal(by_vote.is_estimable, by_voter.is_estimable)


def test_a_contestant_tied_on_by_one_vote_has_no_interval_and_spoils_nobody_elses():
    rows = [("A", "B", "a"), ("A", "B", "b"), ("A", "B", "tie"), ("A", "B", "a")]
    joined, without = battles_of([*rows, ("B", "C", "tie")]), battles_of(rows)
    fit, bare = bradley_terry(joined), bradley_terry(without)
    found = strength_intervals(fit, covariance(fit, joined, cluster="vote", correction="jackknife"))
    assert np.isnan(found.low).tolist() == [False, False, True]
    expected = covariance(bare, without, cluster="vote")
    factor = math.sqrt((4 / 5) / (3 / 4))  # (C - 1) / C of five votes and of four
    np.testing.assert_allclose(
        found.standard_error[:2], factor * strength_intervals(bare, expected).standard_error
    )


def test_votes_that_all_weigh_one_need_no_weights(monkeypatch):
    rng = np.random.default_rng(3)
    a = rng.integers(6, size=400)
    without = Battles(
        contestants=tuple("ABCDEF"),
        a=a,
        b=(a + rng.integers(1, 6, size=400)) % 6,
        outcome=rng.integers(4, size=400),
    )
    ones = Battles(
        contestants=without.contestants, a=a, b=without.b, outcome=without.outcome, weight=np.ones(400)
    )
    monkeypatch.setattr("ratings.uncertainty.single_votes.CHUNK", 150)
    fit = bradley_terry(without)
    np.testing.assert_allclose(
        covariance(fit, ones, cluster="vote").matrix,
        covariance(fit, without, cluster="vote").matrix,
        rtol=1e-10,
    )


def test_one_vote_that_outweighs_all_others_leaves_finite_numbers():
    rows = [("A", "B", "a", 1e6), ("B", "C", "tie", 1e6), ("C", "A", "tie", 1e-6), ("B", "A", "a", 1e-6)]
    battles = battles_of(rows, columns="model_a model_b winner weight")
    assert np.isfinite(covariance(bradley_terry(battles), battles, cluster="vote").matrix).all()


def test_clusters_are_not_formed_to_take_votes_as_independent(monkeypatch):
    """Forming a cluster of every vote took seconds at a million votes."""
    monkeypatch.setattr("ratings.uncertainty.intervals.pair_sums", None)
    battles = battles_of(HAND)
    assert covariance(bradley_terry(battles), battles, cluster="vote").n_clusters == 4
