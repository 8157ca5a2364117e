"""Curves at a given smoothing: derivatives, hand-worked cases, and what has no finite curve."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from ratings.data.battles import Battles
from ratings.difficulty import curves as module
from ratings.difficulty import likelihood, smoothing
from ratings.difficulty.basis import spline_basis
from ratings.difficulty.cells import collapse
from ratings.difficulty.curves import fit_curves
from ratings.difficulty.likelihood import assemble_gradient, assemble_information, derivatives
from ratings.difficulty.penalties import inverse_information
from ratings.difficulty.problem import CurveProblem, Smoothing
from ratings.errors import ConvergenceError, UnboundedError
from ratings.fits.outcome_models import MODELS, probabilities
from tests.ratings.difficulty.planted import LEVELS, Planted, draw

PLANTED = Planted((1.0, 0.4, -0.2), (-0.5, -0.8, -0.6), (0.0, 0.1, -0.1))


def problem_of(battles, difficulty, model):
    by_battle = np.asarray(difficulty, dtype=float)[battles.prompt]
    cells, basis = collapse(battles, by_battle), spline_basis(by_battle)
    return CurveProblem(cells, basis, basis.at(cells.difficulty), model)


def battles_of_cells(rows):
    """Battles of rows (a, b, prompt, outcome, weight)."""
    a, b, prompt, outcome, weight = (np.array(column) for column in zip(*rows, strict=True))
    names = tuple("ABCDEFGH"[: max(a.max(), b.max()) + 1])
    return Battles(contestants=names, a=a, b=b, outcome=outcome, weight=weight.astype(float), prompt=prompt)


def some_votes(n_votes=600):
    return draw(PLANTED, LEVELS, n_votes=n_votes, rng=np.random.default_rng(4))


def test_collapsing_keeps_every_vote_whatever_its_side():
    rows = [(0, 1, 0, 0, 1.0), (1, 0, 0, 1, 2.0), (1, 0, 0, 3, 1.0), (0, 1, 1, 1, 0.5), (1, 2, 0, 2, 1.0)]
    battles = battles_of_cells(rows)
    cells = collapse(battles, np.array([3.0, 7.0])[battles.prompt])
    np.testing.assert_array_equal(cells.i, [0, 0, 1])
    np.testing.assert_array_equal(cells.j, [1, 1, 2])
    np.testing.assert_array_equal(cells.difficulty, [3.0, 7.0, 3.0])
    np.testing.assert_array_equal(cells.weight, [[3, 0, 0, 1], [0, 0.5, 0, 0], [0, 0, 1, 0]])
    np.testing.assert_array_equal(cells.row_cell, [0, 0, 0, 1, 2])
    np.testing.assert_array_equal(cells.row_outcome, [0, 0, 3, 1, 2])


def test_collapsing_counts_or_sorts_with_the_same_result():
    """Sixty difficulties of three contestants are counted; ten thousand distinct ones have to be sorted."""
    battles = some_votes()
    for values in (np.arange(600) % 60, np.arange(600) * 1000.0 % 601):
        cells = collapse(battles, values.astype(float))
        np.testing.assert_array_equal(cells.difficulty[cells.row_cell], values)
        np.testing.assert_array_equal(cells.i[cells.row_cell], np.minimum(battles.a, battles.b))
        assert cells.weight.sum() == 600


@pytest.mark.parametrize("model", ["half", "grounded"])
def test_gradient_and_information_agree_with_finite_differences(model):
    problem = problem_of(some_votes(), LEVELS, model)
    at = np.random.default_rng(1).normal(0.0, 0.5, problem.n_parameters)
    here = derivatives(problem, at)
    slope = approx_fprime(at, lambda x: derivatives(problem, x).value, 1e-6)
    np.testing.assert_allclose(assemble_gradient(problem, here), slope, atol=2e-3)
    found = assemble_information(problem, np.arange(len(problem.cells.i)), here.curvature)
    expected = -approx_fprime(at, lambda x: assemble_gradient(problem, derivatives(problem, x)), 1e-6)
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_two_contestants_at_two_difficulties_have_log_odds_that_a_hand_can_work_out():
    """A beats B three to one on easy prompts, and loses one to three on hard ones: + and - (ln 3) / 2."""
    battles = battles_of_cells([(0, 1, 0, 0, 3), (0, 1, 0, 1, 1), (0, 1, 1, 0, 1), (1, 0, 1, 0, 3)])
    problem = problem_of(battles, [1.0, 2.0], "half")
    fit = fit_curves(problem, Smoothing(0.0, 0.0), np.zeros(4))
    curves = problem.basis.at(np.array([1.0, 2.0])) @ fit.parameters.reshape(2, 2).T
    np.testing.assert_allclose(curves, np.log(3.0) / 2 * np.array([[1, -1], [-1, 1]]), atol=1e-12)


@pytest.mark.parametrize("strength", [0.0, 1.0, 1e3])
def test_straight_curves_are_recovered_from_exact_chances_whatever_the_smoothing(strength):
    planted = Planted((1.0, 0.4, -0.2), (-0.5, -0.8, -0.6), (0.0, 0.0, 0.0))
    rows = []
    for prompt, level in enumerate(planted.at(LEVELS)):
        for a, b in ((0, 1), (0, 2), (1, 2)):
            chance = probabilities(MODELS["grounded"], np.array([[level[a], level[b], -0.3]]))[0]
            rows += [(a, b, prompt, outcome, 100 * p) for outcome, p in enumerate(chance)]
    problem = problem_of(battles_of_cells(rows), LEVELS, "grounded")
    fit = fit_curves(problem, Smoothing(strength, strength), np.zeros(problem.n_parameters))
    curves = problem.basis.at(LEVELS) @ fit.parameters[:-1].reshape(3, -1).T
    np.testing.assert_allclose(curves, planted.at(LEVELS), atol=1e-8)
    assert fit.parameters[-1] == pytest.approx(-0.3, abs=1e-8)


def test_half_win_curves_have_mean_zero_at_each_difficulty_and_an_inverse_that_knows_it():
    problem = problem_of(some_votes(), LEVELS, "half")
    fit = fit_curves(problem, Smoothing(0.0, 0.5), np.zeros(problem.n_parameters))
    curves = fit.parameters.reshape(3, -1)
    np.testing.assert_allclose(curves.mean(axis=0), 0.0, atol=1e-12)
    penalised = fit.information + fit.penalty
    inverse = inverse_information(problem, penalised)
    np.testing.assert_allclose(inverse.reshape(15, 3, 5).sum(axis=1), 0.0, atol=1e-12)
    np.testing.assert_allclose(inverse @ penalised @ inverse, inverse, atol=1e-10)


@pytest.mark.parametrize("longest", [2.0, 1e3])
def test_a_far_start_is_walked_back_to_the_same_maximum(monkeypatch, longest):
    """From there the likelihood is not concave, and a full Newton step goes downhill: it is halved."""
    monkeypatch.setattr(module, "LONGEST_STEP", longest)
    monkeypatch.setattr(module, "FARTHEST", 1e4)
    problem = problem_of(some_votes(), LEVELS, "grounded")
    near = fit_curves(problem, Smoothing(0.1, 0.1), np.zeros(problem.n_parameters))
    start = np.random.default_rng(2).normal(0.0, 4.0, problem.n_parameters)
    far = fit_curves(problem, Smoothing(0.1, 0.1), start)
    np.testing.assert_allclose(far.parameters, near.parameters, atol=1e-8)
    assert far.n_iterations > near.n_iterations


def test_who_wins_everything_on_hard_prompts_has_no_finite_curve():
    easy = [(0, 1, 0, 0, 5), (0, 1, 0, 1, 5)]
    problem = problem_of(battles_of_cells([*easy, (0, 1, 1, 0, 5)]), [1.0, 2.0], "half")
    with pytest.raises(UnboundedError, match="no finite difficulty curve fits A, B"):
        fit_curves(problem, Smoothing(0.0, 0.0), np.zeros(4))


def test_a_shape_that_no_vote_fixes_is_refused():
    """C meets the others on easy prompts only, so nothing says how it does on hard ones."""
    rows = [(a, b, 0, o, 5) for a, b in ((0, 1), (1, 2), (0, 2)) for o in (0, 1)]
    problem = problem_of(battles_of_cells([*rows, (0, 1, 1, 0, 5), (0, 1, 1, 1, 4)]), [1.0, 2.0], "half")
    fit = fit_curves(problem, Smoothing(0.0, 0.0), np.zeros(6))
    with pytest.raises(ConvergenceError, match="some shape of one is free"):
        inverse_information(problem, fit.information)


@pytest.mark.parametrize(
    ("where", "limit", "value", "reason"),
    [
        (module, "MAX_ITERATIONS", 1, "did not converge in 1 iterations"),
        (module, "SHORTEST_STEP", 2.0, "no step improves the fit"),
        (smoothing, "MAX_ROUNDS", 0, "did not settle in 0 rounds"),
    ],
)
def test_a_fit_that_stops_short_is_never_returned(monkeypatch, where, limit, value, reason):
    problem = problem_of(some_votes(), LEVELS, "grounded")
    monkeypatch.setattr(where, limit, value)
    with pytest.raises(ConvergenceError, match=reason):
        smoothing.smooth_curves(problem)


def test_the_information_of_many_cells_is_summed_over_blocks(monkeypatch):
    problem = problem_of(some_votes(), LEVELS, "grounded")
    here = derivatives(problem, np.zeros(problem.n_parameters))
    whole = likelihood.whole_information(problem, here.curvature)
    monkeypatch.setattr(likelihood, "BLOCK", 4)
    np.testing.assert_allclose(likelihood.whole_information(problem, here.curvature), whole, atol=1e-10)


@pytest.mark.parametrize(("bend", "is_straight"), [(0.0, True), (-0.4, False)])
def test_curves_are_as_rough_as_the_votes_are(bend, is_straight):
    """One contestant that bends apart from the others takes the smoothing away."""
    planted = Planted((1.0, 0.4, -0.2), (-0.5, -0.8, -0.6), (bend, 0.0, 0.0))
    battles = draw(planted, LEVELS, n_votes=8000, rng=np.random.default_rng(4))
    found = smoothing.smooth_curves(problem_of(battles, LEVELS, "grounded"))
    assert (found.smoothing.relative > 0.3) == is_straight
