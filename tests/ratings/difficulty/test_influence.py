"""The covariance of curves: against the plain library at one difficulty, and against refits."""

import numpy as np
import pytest

from ratings.data.battles import Battles
from ratings.difficulty import influence
from ratings.difficulty.basis import spline_basis
from ratings.difficulty.cells import collapse
from ratings.difficulty.curves import fit_curves
from ratings.difficulty.influence import curve_covariance
from ratings.difficulty.penalties import inverse_information
from ratings.difficulty.problem import CurveProblem, Smoothing
from ratings.errors import InvalidOptionError, TooFewClustersError
from tests.ratings.difficulty.planted import LEVELS, Planted, draw

PLANTED = Planted((1.0, 0.4, 0.0, -0.2), (-0.5, -0.8, -0.6, -0.4), (0.0, 0.1, -0.1, 0.0), prompt_sd=0.5)
DIFFICULTY = np.repeat(LEVELS, 6)
SMOOTHING = Smoothing(0.5, 0.5)


def fitted(battles, by_battle, model="grounded", smoothing=SMOOTHING):
    cells, basis = collapse(battles, by_battle), spline_basis(by_battle)
    problem = CurveProblem(cells, basis, basis.at(cells.difficulty), model)
    return problem, fit_curves(problem, smoothing, np.zeros(problem.n_parameters))


def some_votes(n_votes=1500):
    battles = draw(PLANTED, DIFFICULTY, n_votes=n_votes, rng=np.random.default_rng(8))
    return battles, DIFFICULTY[battles.prompt]


def test_the_effects_of_prompts_are_what_refits_without_them_show():
    """The jackknife by one Newton step: the sum of squares of true refits agrees within a tenth."""
    battles, by_battle = some_votes()
    problem, fit = fitted(battles, by_battle)
    found = curve_covariance(problem, fit, battles, "prompt").matrix
    moved = []
    for prompt in range(30):
        keep = battles.prompt != prompt
        cells = collapse(battles.where(keep), by_battle[keep])
        rest = CurveProblem(cells, problem.basis, problem.basis.at(cells.difficulty), "grounded")
        moved.append(fit_curves(rest, SMOOTHING, fit.parameters).parameters - fit.parameters)
    inverse = inverse_information(problem, fit.information + fit.penalty)
    expected = np.array(moved).T @ np.array(moved) * 29 / 30 + inverse @ fit.penalty @ inverse
    np.testing.assert_allclose(np.sqrt(np.diag(found)), np.sqrt(np.diag(expected)), rtol=0.1)


@pytest.mark.parametrize("is_dense", [False, True])
def test_small_clusters_are_the_plain_sandwich_either_way_it_is_multiplied(monkeypatch, is_dense):
    battles, by_battle = some_votes()
    problem, fit = fitted(battles, by_battle)
    monkeypatch.setattr(influence, "OWN_SHARE", 2.0)
    monkeypatch.setattr(influence, "DENSE_FROM", 0.0 if is_dense else 1.1)
    monkeypatch.setattr(influence, "BLOCK", 200)
    found = curve_covariance(problem, fit, battles, "prompt").matrix
    gradient = fit.derivatives.gradient[problem.cells.row_cell, problem.cells.row_outcome]
    values = problem.values[problem.cells.row_cell]
    scores = np.zeros((30, 4, 5))
    np.add.at(scores, (battles.prompt, problem.cells.i[problem.cells.row_cell]), gradient[:, [0]] * values)
    np.add.at(scores, (battles.prompt, problem.cells.j[problem.cells.row_cell]), gradient[:, [1]] * values)
    tie = np.bincount(battles.prompt, gradient[:, 2])
    scores = np.concatenate([scores.reshape(30, -1), tie[:, None]], axis=1)
    inverse = inverse_information(problem, fit.information + fit.penalty)
    expected = inverse @ (scores.T @ scores * 30 / 29 + fit.penalty) @ inverse
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_two_ways_is_voters_plus_prompts_less_both_and_counts_the_smoothing_once():
    battles, by_battle = some_votes()
    problem, fit = fitted(battles, by_battle)
    both = battles.voter.astype(np.int64) * 30 + battles.prompt
    whole = curve_covariance(problem, fit, battles, "two_way")
    parts = [curve_covariance(problem, fit, battles, name).matrix for name in ("voter", "prompt")]
    crossed = Battles(
        contestants=battles.contestants, a=battles.a, b=battles.b, outcome=battles.outcome, prompt=both
    )
    inside = curve_covariance(problem, fit, crossed, "prompt").matrix
    np.testing.assert_allclose(whole.matrix, parts[0] + parts[1] - inside, atol=1e-12)
    assert [one.n_clusters for one in whole.one_way] == [60, 30]


@pytest.mark.parametrize("levels", [(1.0, 2.0, 3.0, 4.0, 5.0), (1.0, 1.0, 1.0, 4.0, 4.0)])
def test_a_contestant_whose_hard_prompts_are_a_single_one_has_no_band(levels):
    battles, _ = some_votes()
    by_battle = np.repeat(levels, 6)[battles.prompt]
    meets_3 = (battles.a == 3) | (battles.b == 3)
    keep = ~meets_3 | (by_battle == 1.0) | (battles.prompt == 20)
    thin = battles.where(keep)
    problem, fit = fitted(thin, by_battle[keep])
    with pytest.raises(TooFewClustersError, match="the difficulty curve of contestant-3 hangs on one prompt"):
        curve_covariance(problem, fit, thin, "prompt")


def test_wrong_and_missing_clusters_are_refused():
    battles, by_battle = some_votes()
    problem, fit = fitted(battles, by_battle)
    with pytest.raises(InvalidOptionError, match="'vote' is not one of voter, prompt, two_way"):
        curve_covariance(problem, fit, battles, "vote")
    alone = Battles(
        contestants=battles.contestants,
        a=battles.a,
        b=battles.b,
        outcome=battles.outcome,
        voter=np.zeros(len(battles), dtype=np.int32),
    )
    with pytest.raises(TooFewClustersError, match="1 voter to cluster by"):
        curve_covariance(problem, fit, alone, "voter")
    with pytest.raises(TooFewClustersError, match="no prompt column"):
        curve_covariance(problem, fit, alone, "prompt")
