import math
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.special import expit

from ratings.data.style_rows import style_rows
from ratings.errors import (
    ConfoundedFeaturesError,
    DisconnectedError,
    InvalidBattlesError,
    InvalidOptionError,
    UnboundedError,
)
from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.style import compare_style, style_control
from tests.ratings.style_samples import GAMMA, STRENGTHS, design_matrix, drawn, two_contestants, unit


def swapped(battles, which):
    """The same votes with the sides of the rows in ``which`` exchanged."""
    column = which[:, None]
    return replace(
        battles,
        a=np.where(which, battles.b, battles.a),
        b=np.where(which, battles.a, battles.b),
        outcome=np.where(which & (battles.outcome < 2), 1 - battles.outcome, battles.outcome),
        features_a=np.where(column, battles.features_b, battles.features_a),
        features_b=np.where(column, battles.features_a, battles.features_b),
    )


HAND = two_contestants([(0, 3, 1, 3), (1, 3, 1, 1), (0, 1, 3, 1), (1, 1, 3, 1)])
"""z = +1/2: A wins 3 of 4, log-odds ln 3. z = -1/2: 1 of 2, log-odds 0. So gap = ln(3)/2 and slope = ln 3."""


def test_two_contestants_by_hand():
    fit = style_control(HAND, scales=unit(["length"]), side=False)
    assert fit.strengths[0] - fit.strengths[1] == pytest.approx(math.log(3) / 2)
    assert fit.coefficients[0] == pytest.approx(math.log(3))
    assert fit.terms == fit.features == ("length",)
    assert fit.side is None
    assert fit.log_likelihood == pytest.approx(3 * math.log(0.75) + math.log(0.25) + 2 * math.log(0.5))


def test_the_scale_is_the_root_mean_square_by_weight():
    """All differences are +1/2 or -1/2, so the scale is 1/2, and the coefficient per scale half as large."""
    fit = style_control(HAND, side=False)
    assert fit.scales == pytest.approx([0.5])
    assert fit.coefficients[0] == pytest.approx(math.log(3) / 2)
    uneven = two_contestants([(0, 3, 1, 3), (1, 1, 1, 1), (1, 3, 1, 1), (0, 0, 0, 1), (1, 0, 1, 2)])
    assert style_rows(uneven).scales[1] == pytest.approx(math.sqrt((3 + 1) / 4 + 2) / math.sqrt(8))


def test_two_outputs_without_any_of_a_feature_do_not_differ():
    rows = style_rows(
        two_contestants([(0, 0, 0, 1), (1, 0, 2, 1), (0, 5, 0, 1), (0, 4, 4, 1)]), scales=unit(["length"])
    )
    assert rows.z[1].tolist() == [0, -1, 1, 0]


def test_the_estimates_equal_a_logistic_regression_by_statsmodels():
    """Ties as half wins are a binomial share of one half; contestant A is the reference there."""
    battles = drawn(1, 3000, weight=np.random.default_rng(2).uniform(0.5, 2, 3000))
    fit = style_control(battles)
    rows = style_rows(battles)
    n = np.arange(len(battles))
    design = np.zeros((len(battles), 5))
    design[n, battles.a] += 1
    design[n, battles.b] -= 1
    design = np.column_stack([design[:, 1:], rows.z.T])
    family = sm.families.Binomial()
    other = sm.GLM(rows.share, design, family=family, freq_weights=battles.weight).fit(tol=1e-12)
    np.testing.assert_allclose(fit.strengths[1:] - fit.strengths[0], other.params[:4], atol=1e-8)
    np.testing.assert_allclose(fit.coefficients, other.params[4:], atol=1e-8)
    assert fit.strengths.sum() == pytest.approx(0, abs=1e-12)


def test_the_slope_vanishes_and_the_information_is_its_derivative():
    battles = drawn(3, 400)
    fit = style_control(battles)
    design, share = design_matrix(battles)
    p = expit(design @ fit.parameters)
    np.testing.assert_allclose(design.T @ (share - p), 0, atol=1e-7)
    np.testing.assert_allclose(fit.information, design.T @ (design * (p * (1 - p))[:, None]), atol=1e-7)


def test_planted_strengths_and_coefficients_are_found_within_the_error():
    fit = style_control(drawn(4, 40_000), scales=unit(["length", "bold"]))
    np.testing.assert_allclose(fit.strengths, STRENGTHS - STRENGTHS.mean(), atol=0.05)
    np.testing.assert_allclose(fit.coefficients, [0.2, *GAMMA], atol=0.1)


def test_a_hundred_times_the_votes_leave_a_tenth_of_the_error():
    """Nothing is penalised: a penalty on a mean loss would leave the same error for ever."""
    scales = unit(["length", "bold"])
    errors = []
    for n, n_data_sets in ((600, 40), (60_000, 8)):
        found = [style_control(drawn(seed, n), scales=scales).coefficients[1:] for seed in range(n_data_sets)]
        errors.append(math.sqrt(np.mean((np.array(found) - GAMMA) ** 2)))
    assert 6 < errors[0] / errors[1] < 16


def test_style_that_moves_nobody_leaves_the_ratings_within_half_a_point():
    battles = drawn(5, 200_000, gamma=np.zeros(2), side=0.0, verbosity=0.1)
    both = compare_style(battles)
    np.testing.assert_allclose(both.raw.strengths, bradley_terry(battles).strengths, atol=0.5 / 173.7)
    np.testing.assert_allclose(both.tax, 0, atol=0.5 / 173.7)
    assert both.tax.sum() == pytest.approx(0, abs=1e-12)


def test_the_tax_is_what_verbose_contestants_gain_by_length():
    both = compare_style(drawn(6, 20_000, gamma=np.array([1.0]), strengths=np.zeros(5)))
    assert (np.diff(both.tax) > 0.08).all()
    np.testing.assert_allclose(both.controlled.strengths, 0, atol=0.08)


def test_without_features_it_is_bradley_terry_with_a_side_intercept():
    battles = drawn(7, 2000)
    np.testing.assert_allclose(
        style_control(battles, features=(), side=False).strengths, bradley_terry(battles).strengths, atol=1e-9
    )
    assert style_control(battles, features=()).side == pytest.approx(0.2, abs=0.15)


def test_a_constant_feature_changes_nothing_and_is_named():
    battles = drawn(8, 800)
    constant = np.full((800, 1), 7.0)
    more = replace(
        battles,
        feature_names=("constant", *battles.feature_names),
        features_a=np.hstack([constant, battles.features_a]),
        features_b=np.hstack([constant, battles.features_b]),
    )
    with_it, without = style_control(more), style_control(battles)
    assert with_it.dropped == ("constant",)
    assert with_it.terms == ("side", "length", "bold")
    np.testing.assert_array_equal(with_it.parameters, without.parameters)


def test_choosing_features_leaves_the_others_out():
    battles = drawn(9, 800)
    alone = style_control(battles, features=("bold",))
    assert alone.features == ("bold",)
    only = replace(
        battles,
        feature_names=("bold",),
        features_a=battles.features_a[:, 1:],
        features_b=battles.features_b[:, 1:],
    )
    np.testing.assert_array_equal(alone.parameters, style_control(only).parameters)


def test_equal_rows_merged_into_one_of_their_weight_give_the_same():
    """Distinct (sides, outcome, features) with their summed weights, against one row for each vote."""
    rng = np.random.default_rng(10)
    n = 2000
    lengths = rng.integers(0, 3, (2, n, 1)).astype(float)
    battles = replace(
        drawn(10, n, gamma=GAMMA[:1]),
        features_a=lengths[0],
        features_b=lengths[1],
        outcome=rng.integers(0, 4, n),
    )
    keys = np.column_stack([battles.a, battles.b, battles.outcome, *lengths])
    _, first, count = np.unique(keys, axis=0, return_index=True, return_counts=True)
    merged = replace(battles.where(first), weight=count.astype(float))
    assert len(merged) < n / 2
    one, other = style_control(merged), style_control(battles)
    np.testing.assert_allclose(one.parameters, other.parameters, atol=1e-9)
    np.testing.assert_allclose(one.information, other.information, rtol=1e-9, atol=1e-9)
    assert one.scales == pytest.approx(other.scales)


def test_rows_are_summed_in_chunks_of_bounded_size(monkeypatch):
    battles = drawn(11, 500)
    whole = style_control(battles)
    monkeypatch.setattr("ratings.data.style_rows.CHUNK", 7)
    np.testing.assert_allclose(style_control(battles).parameters, whole.parameters, atol=1e-10)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_swapping_all_sides_turns_the_side_effect_and_nothing_else(seed):
    battles = drawn(seed, 300)
    one, other = style_control(battles), style_control(swapped(battles, np.ones(300, dtype=bool)))
    np.testing.assert_allclose(other.strengths, one.strengths, atol=1e-8)
    np.testing.assert_allclose(other.coefficients, one.coefficients * [-1, 1, 1], atol=1e-8)
    np.testing.assert_allclose(other.scales, one.scales)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_without_a_side_effect_swapping_any_sides_changes_nothing(seed):
    battles = drawn(seed, 300)
    which = np.random.default_rng(seed).random(300) < 0.5
    one, other = (style_control(either, side=False) for either in (battles, swapped(battles, which)))
    np.testing.assert_allclose(other.parameters, one.parameters, atol=1e-8)
    np.testing.assert_allclose(other.scales, one.scales)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.permutations(range(5)))
def test_neither_the_order_of_rows_nor_of_contestants_matters(seed, order):
    battles = drawn(seed, 300)
    rows = np.random.default_rng(seed).permutation(300)
    code = np.argsort(order)
    other = replace(
        battles.where(rows),
        contestants=tuple(battles.contestants[place] for place in order),
        a=code[battles.a[rows]],
        b=code[battles.b[rows]],
    )
    one, two = style_control(battles), style_control(other)
    np.testing.assert_allclose(two.strengths, one.strengths[list(order)], atol=1e-8)
    np.testing.assert_allclose(two.coefficients, one.coefficients, atol=1e-8)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.5, 3.0]))
def test_the_unit_of_a_feature_does_not_matter(seed, unit_of_length):
    battles = drawn(seed, 300)
    other = replace(
        battles,
        features_a=battles.features_a * unit_of_length,
        features_b=battles.features_b * unit_of_length,
    )
    np.testing.assert_allclose(style_control(other).parameters, style_control(battles).parameters, atol=1e-8)


@pytest.mark.parametrize("direction", [1, -1])
def test_a_feature_that_tells_who_made_an_output_is_refused(direction):
    """Contestant k always writes 2^k words, or 2^-k, give or take a hair."""
    battles = drawn(12, 2000)
    rng = np.random.default_rng(1)
    f_a, f_b = (
        2.0 ** (direction * 0.2 * who)[:, None] * rng.uniform(0.99, 1.01, (2000, 2))
        for who in (battles.a, battles.b)
    )
    with pytest.raises(ConfoundedFeaturesError, match=r"length is nearly .*\(R squared 0\.99\d, "):
        style_control(replace(battles, features_a=f_a, features_b=f_b))


def test_features_that_tell_one_another_are_refused():
    battles = drawn(13, 500)
    copies = {f"features_{s}": np.repeat(getattr(battles, f"features_{s}")[:, :1], 2, axis=1) for s in "ab"}
    with pytest.raises(ConfoundedFeaturesError, match="length, bold nearly determine one another"):
        style_control(replace(battles, **copies))


def test_sides_that_were_never_changed_are_refused_as_an_effect_of_their_own():
    with pytest.raises(ConfoundedFeaturesError, match="side is nearly determined by who the contestants are"):
        style_control(HAND)


def test_a_feature_that_predicts_every_winner_has_no_finite_coefficient():
    battles = drawn(14, 200)
    longer = (battles.features_a[:, 0] < battles.features_b[:, 0]).astype(np.int8)
    with pytest.raises(UnboundedError, match="no finite coefficients"):
        style_control(replace(battles, outcome=longer), features=("length",))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100_000), st.integers(6, 14))
@example(seed=3, n=8)  # the information becomes singular
@example(seed=4, n=8)  # no step climbs any more
@example(seed=9, n=8)  # the steps go on
@example(seed=223, n=8)  # a full step would fall
@example(seed=1130, n=6)  # the slope is lost in rounding far out
def test_a_handful_of_votes_is_refused_exactly_when_it_has_no_maximum(seed, n):
    """There is none when some direction of the parameters is on the winner's side, or neutral, everywhere."""
    battles = drawn(seed, n, strengths=np.zeros(3))
    try:
        fit = style_control(battles)
    except (ConfoundedFeaturesError, DisconnectedError):
        return
    except UnboundedError:
        assert is_separated(battles)
        return
    assert not is_separated(battles)
    design, share = design_matrix(battles)
    d = design @ fit.parameters
    np.testing.assert_allclose(design.T @ (share * expit(-d) - (1 - share) * expit(d)), 0, atol=1e-7)


def is_separated(battles):
    """By linear programming: the most that a bounded direction gains without losing anything."""
    design, share = design_matrix(battles)
    decided = design[share != 0.5] * (1 - 2 * share[share != 0.5, None])
    tied = design[share == 0.5]
    bounds = [(-1, 1)] * design.shape[1]
    found = linprog(decided.sum(axis=0), decided, np.zeros(len(decided)), tied, np.zeros(len(tied)), bounds)
    return found.fun < -1e-7


def test_weights_that_differ_by_ten_powers_of_ten_are_climbed_in_shorter_steps():
    """Full Newton steps overshoot here, so that the log-likelihood would fall."""
    battles = drawn(30, 60, strengths=np.zeros(3))
    battles = replace(battles, weight=10.0 ** np.random.default_rng(30).integers(-5, 6, 60))
    fit = style_control(battles, side=False)
    rows = style_rows(battles, side=False)
    design = np.column_stack([design_matrix(battles)[0][:, :3], rows.z.T])
    share, d = rows.share, design @ fit.parameters
    slope = design.T @ (battles.weight * (share * expit(-d) - (1 - share) * expit(d)))
    np.testing.assert_allclose(np.linalg.lstsq(fit.information, slope, rcond=1e-13)[0], 0, atol=1e-6)


def test_battles_without_features_have_a_side_intercept_alone():
    battles = drawn(17, 500)
    bare = replace(battles, feature_names=(), features_a=None, features_b=None)
    fit = style_control(bare)
    assert fit.terms == ("side",)
    np.testing.assert_array_equal(fit.parameters, style_control(battles, features=()).parameters)


def test_contestants_that_cannot_be_compared_are_refused():
    lost = two_contestants([(0, 3, 1, 1), (0, 1, 3, 1)])
    with pytest.raises(DisconnectedError):
        style_control(lost, side=False)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"features": ("width",)},
            InvalidOptionError,
            "'width' is not a feature of these battles: length, bold",
        ),
        ({"scales": {"length": 1.0}}, InvalidOptionError, "scales must hold a positive number for 'bold'"),
        ({"scales": {"length": 0.0, "bold": 1.0}}, InvalidOptionError, "positive number for 'length'"),
        ({"both_bad": "skip"}, InvalidOptionError, "both_bad"),
    ],
)
def test_wrong_arguments_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        style_control(drawn(15, 50), **arguments)


def test_a_feature_cannot_take_the_name_of_the_side():
    with pytest.raises(InvalidBattlesError, match="cannot be called 'side'"):
        style_control(replace(HAND, feature_names=("side",)))


def test_both_bad_can_be_dropped():
    battles = drawn(16, 600)
    bad = replace(battles, outcome=np.where(battles.outcome == 2, 3, battles.outcome))
    kept = battles.where(battles.outcome != 2)
    dropped = style_control(bad, both_bad="drop")
    np.testing.assert_array_equal(dropped.parameters, style_control(kept).parameters)
    assert dropped.both_bad == "drop"
