import math

import numpy as np
import pytest

from ratings.data.battles import Battles
from ratings.diagnostics.boards import (
    compare_boards,
    confidence_agreement,
    difference_errors,
    pair_rank_brier,
    separability,
)
from ratings.diagnostics.folds import split_halves
from ratings.errors import InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import bradley_terry
from ratings.studies.simulate import Taste, simulate
from ratings.uncertainty.intervals import covariance, difference_interval
from tests.ratings.samples import battles_of

LOW, HIGH = np.array([0.0, 2.0, 2.5]), np.array([1.0, 3.0, 4.0])
"""The first lies below the other two, which overlap."""


def votes(strengths, *, n_voters=60, seed=1):
    rng = np.random.default_rng(seed)
    taste = Taste(voter_sd=0.4, prompt_sd=0.4)
    return simulate(strengths, n_voters=n_voters, n_prompts=40, votes_per_voter=30, taste=taste, rng=rng)


def test_separability_by_hand():
    assert separability(LOW, HIGH) == pytest.approx(2 / 3)
    assert separability(np.array([0.0, 1.0]), np.array([1.0, 2.0])) == 0  # touching ends
    assert separability(np.array([0.0, np.nan]), np.array([1.0, np.nan])) == 0


@pytest.mark.parametrize(
    ("other_low", "other_high", "expected"),
    [
        (LOW, HIGH, 2 / 3),
        (-HIGH, -LOW, -2 / 3),
        (LOW - 100, HIGH + 100, 0.0),
        ([5, 2, 2], [6, 3, 9], -1 / 3),  # opposite on the first pair, unresolved on the others
    ],
)
def test_agreement_by_hand(other_low, other_high, expected):
    found = confidence_agreement(
        LOW, HIGH, np.array(other_low, dtype=float), np.array(other_high, dtype=float)
    )
    assert found == pytest.approx(expected)


def test_brier_by_hand():
    """One unit apart with error 1 is .8413: the mark is .1587^2 when right, .8413^2 when wrong, and so on."""
    strengths, truth = np.array([1.0, 0.0]), np.array([2.0, 1.0])
    phi = (1 + math.erf(1 / math.sqrt(2))) / 2
    one = np.ones((2, 2))
    assert pair_rank_brier(strengths, one, truth) == pytest.approx((1 - phi) ** 2)
    assert pair_rank_brier(strengths, one, -truth) == pytest.approx(phi**2)
    assert pair_rank_brier(strengths, one, np.zeros(2)) == pytest.approx((phi - 0.5) ** 2)
    assert pair_rank_brier(strengths, 0 * one, truth) == 0
    assert pair_rank_brier(strengths, np.nan * one, truth) == 0.25


@pytest.mark.parametrize("cluster", ["vote", "voter", "prompt", "two_way"])
def test_errors_of_all_differences_are_those_of_difference_interval(cluster):
    battles = votes([0.0, 0.3, 0.5, 1.0], n_voters=8)
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster=cluster)
    errors = difference_errors(cov)
    for i, j in [(0, 1), (2, 0), (3, 1)]:
        single = difference_interval(fit, cov, battles.contestants[i], battles.contestants[j])
        assert errors[i, j] == pytest.approx(single.standard_error[0], rel=1e-9)
    assert np.isnan(np.diag(errors)).all()


def test_a_board_agrees_with_itself():
    battles = votes(np.linspace(-1.5, 1.5, 6))
    found = compare_boards(battles, battles, cluster="voter")
    assert found.agreement == found.separability == found.other_separability > 0.8
    assert found.brier < 0.02
    assert (found.cluster, found.both_bad, found.level) == ("voter", "half", 0.95)


def test_halves_of_clear_boards_agree_and_of_noise_do_not():
    rng = np.random.default_rng(5)
    clear = compare_boards(
        *split_halves(votes(np.linspace(-2, 2, 6)), by="voter", rng=rng), cluster="two_way"
    )
    noise = compare_boards(*split_halves(votes(np.zeros(6)), by="voter", rng=rng), cluster="two_way")
    assert clear.agreement > 0.7
    assert abs(noise.agreement) < 0.3
    assert clear.brier < 0.1 < noise.brier


def test_reversed_boards_disagree():
    strengths = np.linspace(-1.5, 1.5, 5)
    found = compare_boards(votes(strengths), votes(-strengths, seed=2), cluster="voter")
    assert found.agreement < -0.7
    assert found.brier > 0.7


def test_contestants_are_matched_by_name_whatever_their_codes_and_company():
    """The second board lists them in another order and rates two more, apart from the rest."""
    battles = votes([0.0, 0.7, 1.4])
    apart = ("X", "Y", *battles.contestants[::-1])
    code = np.array([4, 3, 2])
    other = Battles(
        contestants=apart,
        a=np.append(code[battles.a], 0),
        b=np.append(code[battles.b], 1),
        outcome=np.append(battles.outcome, 2).astype(np.int8),
        voter=np.append(battles.voter, 0),
        prompt=np.append(battles.prompt, 0),
    )
    found, same = (compare_boards(battles, board, cluster="voter") for board in (other, battles))
    assert found.contestants == battles.contestants
    assert (found.separability, found.agreement) == (same.separability, same.agreement)
    assert found.brier == pytest.approx(same.brier)


def test_boards_that_cannot_be_compared_are_refused():
    rows = [("A", "B", "tie", "v1", "p1"), ("A", "B", "tie", "v2", "p2")]
    others = [("C", "D", "tie", "v1", "p1"), ("C", "D", "tie", "v2", "p2")]
    with pytest.raises(InvalidOptionError, match="0 contestants"):
        compare_boards(battles_of(rows), battles_of(others), cluster="voter")
    with pytest.raises(TooFewClustersError):
        compare_boards(battles_of(rows), battles_of(rows[:1]), cluster="voter")
