import math

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.special import expit
from statsmodels.discrete.discrete_model import Logit

from ratings.data.battles import Battles, Outcome
from ratings.errors import ConvergenceError, InvalidOptionError
from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.layout import Layout, inverse_information
from ratings.fits.outcome_fit import TIE_NAMES, fit_outcomes
from ratings.fits.outcome_models import MODELS, log_probability
from tests.ratings import chatbot_arena
from tests.ratings.samples import any_wins, of_wins
from tests.ratings.votes_under_models import drawn, of_counts, puddings

TIED_MODELS = ("rao_kupper", "davidson")
STRENGTHS = np.array([-0.9, -0.2, 0.3, 0.8])


def shares(fit):
    """Return e^strength, adding up to one."""
    return np.exp(fit.strengths) / np.exp(fit.strengths).sum()


def log_likelihood(battles, model, parameters, *, side=False):
    """Return the weighted log-likelihood of the votes one by one, by the definition."""
    layout = Layout(MODELS[model], battles.n_contestants, side)
    levels = layout.levels(parameters, battles.a, battles.b)
    parts = [log_probability(MODELS[model], code, levels)[0] for code in Outcome]
    return float(np.choose(battles.outcome, parts) @ battles.weight)


def test_davidsons_puddings_under_davidson():
    """Davidson 1970, and the R package PlackettLuce."""
    fit = fit_outcomes(puddings(), model="davidson")
    expected = [0.138803, 0.173002, 0.161747, 0.165373, 0.158685, 0.202389]
    np.testing.assert_allclose(shares(fit), expected, atol=2e-6)
    assert fit.tie_parameter == pytest.approx(0.746823, abs=1e-6)
    assert -fit.log_likelihood == pytest.approx(809.7095, abs=5e-5)


def test_davidsons_puddings_under_rao_kupper():
    fit = fit_outcomes(puddings(), model="rao_kupper")
    expected = [0.14440, 0.17179, 0.16282, 0.16608, 0.16038, 0.19453]
    np.testing.assert_allclose(shares(fit), expected, atol=1e-5)
    assert math.exp(fit.tie_parameter) == pytest.approx(1.74846, abs=1e-5)
    assert -fit.log_likelihood == pytest.approx(809.6971, abs=5e-5)


@pytest.mark.parametrize(
    ("both_bad", "rao_kupper", "davidson", "half"),
    [(False, 1.0095, 1.0100, 0.6554), (True, 1.0583, 1.0586, 0.6675)],
)
def test_chatbot_arena_has_the_likelihoods_that_leaderbot_publishes(both_bad, rao_kupper, davidson, half):
    votes = chatbot_arena.weighted(both_bad=both_bad)
    published = {"rao_kupper": rao_kupper, "davidson": davidson, "half": half}
    for model, expected in published.items():
        fit = fit_outcomes(votes, model=model)
        assert -fit.log_likelihood / votes.weight.sum() == pytest.approx(expected, abs=5e-5)
        if both_bad:
            continue
        if model == "rao_kupper":
            assert fit.tie_parameter == pytest.approx(0.44999, abs=1e-5)
        if model == "davidson":
            assert math.log(fit.tie_parameter) == pytest.approx(-0.60221, abs=1e-5)


@pytest.mark.parametrize("model", TIED_MODELS)
def test_two_contestants_by_hand(model):
    """3 wins, 1 loss, 2 ties: three free probabilities and two parameters, so the fit is exact.

    Rao-Kupper with e^(u - v) = x: x / (x + l) = 1/2, so x = l, and 1 / (1 + l x) = 1/6, so l = sqrt 5.
    Davidson: x^2 = 3 and nu = 2 / sqrt 3.
    """
    fit = fit_outcomes(of_counts([(0, 1, 3, 1, 2)]), model=model)
    gap = fit.strengths[0] - fit.strengths[1]
    if model == "rao_kupper":
        assert (gap, fit.tie_parameter) == pytest.approx((math.log(5) / 2, math.log(5) / 2), abs=1e-9)
    else:
        assert (gap, fit.tie_parameter) == pytest.approx((math.log(3), 2 / math.sqrt(3)), abs=1e-9)
    assert fit.log_likelihood == pytest.approx(3 * math.log(1 / 2) + math.log(1 / 6) + 2 * math.log(1 / 3))
    assert fit.level is None


def test_grounded_by_hand():
    """10 votes each way, 10 ties, 10 both bad: pi = 3/2, lambda = (pi / .25 - 1) / pi - 1 = 7/3."""
    fit = fit_outcomes(of_counts([(0, 1, 10, 10, 10, 10)]), model="grounded")
    np.testing.assert_allclose(fit.strengths, 0.0, atol=1e-9)
    assert fit.level == pytest.approx(math.log(1.5), abs=1e-9)
    assert fit.tie_parameter == pytest.approx(7 / 3, abs=1e-9)
    np.testing.assert_allclose(expit(fit.parameters[:2]), 0.6)


@given(wins=any_wins(most=5))
@settings(max_examples=15)
def test_half_is_bradley_terry(wins):
    wins = wins + np.roll(np.eye(len(wins)), 1, axis=1)
    one, other = bradley_terry(of_wins(wins)), fit_outcomes(of_wins(wins), model="half")
    np.testing.assert_allclose(other.strengths, one.strengths, atol=1e-9)
    np.testing.assert_allclose(other.information, one.information, atol=1e-6)
    assert other.log_likelihood == pytest.approx(one.log_likelihood)
    assert (other.tie_parameter, other.side_intercept, other.level) == (None, None, None)


@pytest.mark.parametrize("side", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_gradient_is_zero_and_information_is_the_numerical_hessian(model, side):
    """By central differences of the likelihood of the votes one by one, not of its collapsed form."""
    votes = drawn("grounded", STRENGTHS, 400, np.random.default_rng(1), side=0.3)
    fit = fit_outcomes(votes, model=model, side=side)
    p, step = len(fit.parameters), 1e-3

    def at(*moves):
        moved = fit.parameters.copy()
        for place, sign in moves:
            moved[place] += sign * step
        return log_likelihood(votes, model, moved, side=side)

    for i in range(p):
        assert abs(at((i, 1)) - at((i, -1))) / (2 * step) < 1e-4
        for j in range(p):
            signs = [(s, t) for s in (1, -1) for t in (1, -1)]
            second = sum(s * t * at((i, s), (j, t)) for s, t in signs) / (4 * step**2)
            assert -second == pytest.approx(fit.information[i, j], abs=2e-3)
    assert fit.log_likelihood == pytest.approx(at())


@pytest.mark.parametrize("model", ["rao_kupper", "davidson", "grounded"])
def test_planted_parameters_are_recovered(model):
    """20,000 votes: every parameter within four standard errors."""
    planted = STRENGTHS + (0.5 if model == "grounded" else 0.0)
    votes = drawn(model, planted, 20_000, np.random.default_rng(2), tau=0.2, side=0.25)
    fit = fit_outcomes(votes, model=model, side=True)
    inverse = inverse_information(fit.information, fit.layout.gauge, has_level=fit.has_level)
    errors = np.sqrt(np.diag(inverse))
    truth = np.append(planted if fit.has_level else planted - planted.mean(), [0.2, 0.25])
    assert (np.abs(fit.parameters - truth) < 4 * errors).all()
    assert fit.side_error == pytest.approx(errors[-1])
    natural = {"eta": math.log1p(math.exp(0.2)), "nu": math.exp(0.2), "lambda": 1 + math.exp(0.2)}
    assert abs(fit.tie_parameter - natural[TIE_NAMES[model]]) < 4 * fit.tie_error


@pytest.mark.parametrize("model", MODELS)
def test_swapping_all_sides_flips_the_side_intercept_and_nothing_else(model):
    votes = drawn("grounded", STRENGTHS, 500, np.random.default_rng(3), side=0.4)
    swapped = Battles(
        contestants=votes.contestants,
        a=votes.b,
        b=votes.a,
        outcome=np.where(votes.outcome < 2, 1 - votes.outcome, votes.outcome),
    )
    one, other = (fit_outcomes(battles, model=model, side=True) for battles in (votes, swapped))
    assert other.side_intercept == pytest.approx(-one.side_intercept, abs=1e-9)
    np.testing.assert_allclose(other.strengths, one.strengths, atol=1e-9)
    plain, mirrored = (fit_outcomes(battles, model=model) for battles in (votes, swapped))
    np.testing.assert_allclose(mirrored.parameters, plain.parameters, atol=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_renaming_reordering_and_doubling_change_only_what_they_must(model):
    rng = np.random.default_rng(4)
    votes = drawn("grounded", STRENGTHS, 300, rng)
    base = fit_outcomes(votes, model=model, side=True)
    order = rng.permutation(np.repeat(np.arange(len(votes)), 2))
    label = np.array([2, 0, 3, 1])
    other = Battles(
        contestants=tuple("ABCD"),
        a=label[votes.a[order]],
        b=label[votes.b[order]],
        outcome=votes.outcome[order],
    )
    fit = fit_outcomes(other, model=model, side=True)
    np.testing.assert_allclose(fit.strengths[label], base.strengths, atol=1e-8)
    np.testing.assert_allclose(fit.parameters[4:], base.parameters[4:], atol=1e-8)
    assert fit.log_likelihood == pytest.approx(2 * base.log_likelihood)
    assert fit.side_error == pytest.approx(base.side_error / math.sqrt(2))


def test_side_intercept_agrees_with_statsmodels():
    rng = np.random.default_rng(5)
    votes = drawn("rao_kupper", STRENGTHS, 600, rng, tau=-1.0, side=0.3)
    votes = votes.where(votes.outcome < 2)
    fit = fit_outcomes(votes, model="half", side=True)
    design = np.zeros((len(votes), 4))
    rows = np.arange(len(votes))
    for side, sign in ((votes.a, 1.0), (votes.b, -1.0)):
        design[rows[side > 0], side[side > 0] - 1] += sign
    design[:, 3] = 1.0
    other = Logit(1 - votes.outcome, design).fit(disp=0, tol=1e-12)
    np.testing.assert_allclose(fit.strengths[1:] - fit.strengths[0], other.params[:3], atol=1e-8)
    assert fit.side_intercept == pytest.approx(other.params[3], abs=1e-8)
    assert fit.side_error == pytest.approx(other.bse[3], abs=1e-8)


@pytest.mark.parametrize("model", MODELS)
def test_a_prior_adds_minus_half_strength_squared_over_variance(model):
    """At the maximum the slope of the votes is strength / sd^2; the reported likelihood is the votes' own."""
    votes, sd, step = drawn("grounded", STRENGTHS, 200, np.random.default_rng(6)), 0.7, 1e-4
    fit = fit_outcomes(votes, model=model, prior_sd=sd)
    for place in range(len(fit.parameters)):
        ends = []
        for sign in (1, -1):
            moved = fit.parameters.copy()
            moved[place] += sign * step
            ends.append(log_likelihood(votes, model, moved))
        slope = (ends[0] - ends[1]) / (2 * step)
        pull = fit.parameters[place] / sd**2 if place < 4 else 0.0
        assert slope == pytest.approx(pull, abs=1e-4)
    assert fit.log_likelihood == pytest.approx(log_likelihood(votes, model, fit.parameters))
    free = fit_outcomes(votes, model=model)
    shrink = np.diag(fit.information)[:4] - np.diag(free.information)[:4]
    assert np.abs(shrink - sd**-2).max() < 5  # the curvature at another place, plus 1 / sd^2
    assert fit.prior_sd == sd


def test_a_prior_gives_finite_strengths_to_anyone():
    """Islands, a winless contestant and one without battles; the mean is zero by itself."""
    votes = of_counts([(0, 1, 3, 1), (2, 3, 5, 0)])
    votes = Battles(
        contestants=(*votes.contestants, "E"),
        a=votes.a,
        b=votes.b,
        outcome=votes.outcome,
        weight=votes.weight,
    )
    fit = fit_outcomes(votes, model="half", prior_sd=1.0)
    assert np.isfinite(fit.strengths).all()
    assert fit.strengths[4] == pytest.approx(0.0, abs=1e-12)
    assert fit.level == pytest.approx(0.0, abs=1e-12)
    assert fit.strengths[2] > 0 > fit.strengths[3]
    wide = fit_outcomes(votes.among(np.array([True, True, False, False, False])), model="half", prior_sd=1e4)
    assert wide.strengths[0] - wide.strengths[1] == pytest.approx(math.log(3), abs=1e-6)


def test_wrong_options_are_refused():
    votes = puddings()
    with pytest.raises(InvalidOptionError, match="bradley"):
        fit_outcomes(votes, model="bradley")
    for wrong in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(InvalidOptionError, match="prior_sd"):
            fit_outcomes(votes, model="half", prior_sd=wrong)


def test_a_grounded_fit_without_a_maximum_raises_instead_of_returning_a_number():
    """A wider tie zone fits ever better, which the linear test of existence cannot see in this model."""
    votes = of_counts([(0, 1, 0, 0, 3, 1), (0, 2, 3), (1, 2, 3, 0, 1)])
    with pytest.raises(ConvergenceError, match="ran away"):
        fit_outcomes(votes, model="grounded")


def test_the_result_echoes_its_parameters_and_cannot_be_written_to():
    fit = fit_outcomes(puddings(), model="davidson", side=True, prior_sd=2.0)
    assert (fit.model, fit.side, fit.prior_sd, fit.tolerance) == ("davidson", True, 2.0, 1e-9)
    assert 0 < fit.n_iterations < 20
    for values in (fit.strengths, fit.parameters, fit.information):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1.0
