import numpy as np
import pytest

from ratings.diagnostics import leave_one_out as module
from ratings.diagnostics.leave_one_out import leave_one_out
from ratings.errors import DisconnectedError, InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import bradley_terry
from ratings.points import SCALE
from ratings.studies.simulate import Taste, simulate
from tests.ratings.samples import battles_of


@pytest.fixture(scope="module")
def battles():
    """Sixty voters, of whom a few cast most votes."""
    return simulate(
        np.linspace(-0.5, 0.5, 5),
        n_voters=60,
        n_prompts=30,
        votes_per_voter=20,
        activity_sd=1.2,
        taste=Taste(voter_sd=0.7, prompt_sd=0.3),
        rng=np.random.default_rng(6),
    )


def change_without(fit, battles, by, code):
    rest = battles.where(getattr(battles, by) != code)
    try:
        return SCALE * np.abs(bradley_terry(rest).strengths - fit.strengths).max()
    except DisconnectedError:
        return np.inf


@pytest.mark.parametrize("by", ["voter", "prompt"])
def test_the_largest_changes_are_those_of_leaving_out_every_single_one(battles, by):
    """And so no voter moves a rating by more than the first figure: the published bound holds."""
    fit = bradley_terry(battles)
    found = leave_one_out(fit, battles, by=by)
    names = np.unique(getattr(battles, by))
    every = np.array([change_without(fit, battles, by, code) for code in names])
    order = np.argsort(-every)[:10]
    np.testing.assert_array_equal(found.clusters[:10], names[order])
    np.testing.assert_allclose(found.change[:10], every[order], atol=1e-6)
    assert found.n_clusters == len(names)


def test_it_says_whose_rating_moves_how_many_votes_go_and_whether_the_first_stays(battles):
    fit = bradley_terry(battles)
    found = leave_one_out(fit, battles, by="voter", top=5)
    for place in range(len(found.clusters)):
        rest = battles.where(battles.voter != found.clusters[place])
        refit = bradley_terry(rest)
        moved = np.abs(refit.strengths - fit.strengths)
        assert found.contestants[place] == fit.contestants[np.argmax(moved)]
        assert found.weight[place] == len(battles) - len(rest)
        assert found.is_leader_kept[place] == (np.argmax(refit.strengths) == np.argmax(fit.strengths))
    assert (np.diff(found.change) <= 0).all()


def test_blocks_change_nothing(battles, monkeypatch):
    fit = bradley_terry(battles)
    whole = leave_one_out(fit, battles, by="voter", top=4)
    monkeypatch.setattr(module, "BLOCK", 35)
    parts = leave_one_out(fit, battles, by="voter", top=4)
    np.testing.assert_array_equal(whole.clusters, parts.clusters)


def test_a_voter_who_alone_holds_a_comparison_is_found_and_infinite():
    """The only judge of C fits it exactly, so it shows no first-order effect; its leverage betrays it."""
    rows = [("A", "B", winner, f"v{v}") for v in range(40) for winner in "ab" for _ in range(1 + v % 3)]
    rows += [("A", "B", "a", f"v{v}") for v in range(9)]
    rows += [("B", "C", "a", "only"), ("C", "B", "a", "only"), ("B", "C", "tie", "only")]
    battles = battles_of(rows)
    found = leave_one_out(bradley_terry(battles), battles, by="voter", top=3)
    assert found.change[0] == np.inf
    assert found.contestants[0] == ""
    assert not found.is_leader_kept[0]
    assert found.weight[0] == 3
    assert np.isfinite(found.change[1:]).all()


def test_dropped_both_bad_votes_make_no_cluster():
    rows = [
        ("A", "B", "a", "v0"),
        ("A", "B", "b", "v0"),
        ("A", "B", "tie", "v1"),
        ("A", "B", "both_bad", "v2"),
    ]
    battles = battles_of(rows)
    assert leave_one_out(bradley_terry(battles, both_bad="drop"), battles, by="voter").n_clusters == 2
    assert leave_one_out(bradley_terry(battles), battles, by="voter").n_clusters == 3


def test_what_cannot_be_left_out_is_refused():
    single = battles_of([("A", "B", "tie", "v0", "p0")])
    fit = bradley_terry(single)
    with pytest.raises(TooFewClustersError, match="1 voter to leave out"):
        leave_one_out(fit, single, by="voter")
    with pytest.raises(InvalidOptionError, match="not one of voter, prompt"):
        leave_one_out(fit, single, by="vote")
    without = battles_of([("A", "B", "tie")])
    with pytest.raises(TooFewClustersError, match="no prompt column"):
        leave_one_out(bradley_terry(without), without, by="prompt")
