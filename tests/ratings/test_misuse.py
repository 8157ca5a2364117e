"""What a researcher may hand over by mistake: refused, never answered with a wrong number."""

from dataclasses import replace

import numpy as np
import pytest

from ratings import (
    Battles,
    InvalidBattlesError,
    InvalidOptionError,
    OutputPlan,
    bradley_terry,
    choice_probabilities,
    covariance,
    effective_sample_size,
    fit_outcomes,
    leave_one_out,
    normal_comparisons,
    outcome_covariance,
    output_covariance,
    pair_win_rates,
    simulate,
    style_control,
    votes_to_lift,
    votes_to_swap,
    wilson_interval,
    win_rates,
)


@pytest.fixture(scope="module")
def battles():
    return simulate(
        [0.5, 0.0, -0.5],
        n_voters=40,
        n_prompts=10,
        votes_per_voter=15,
        outputs=OutputPlan(style=(1.0,)),
        rng=np.random.default_rng(7),
    )


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "int16", "float32"])
def test_features_of_any_number_type_give_the_same_coefficients(battles, dtype):
    counts = [np.minimum(np.rint(20 * f) + 1, 250) for f in (battles.features_a, battles.features_b)]
    expected = style_control(replace(battles, features_a=counts[0], features_b=counts[1]))
    narrow = [values.astype(dtype) for values in counts]
    found = style_control(replace(battles, features_a=narrow[0], features_b=narrow[1]))
    np.testing.assert_array_equal(found.coefficients, expected.coefficients)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "float16", "float32"])
def test_weights_of_any_number_type_give_the_same_numbers(battles, dtype):
    weight = np.where(np.arange(len(battles)) % 2, 100.0, 3.0)
    expected = replace(battles, weight=weight)
    found = replace(battles, weight=weight.astype(dtype))
    fit = bradley_terry(expected)
    np.testing.assert_array_equal(pair_win_rates(found).votes, pair_win_rates(expected).votes)
    np.testing.assert_array_equal(win_rates(fit, found).z, win_rates(fit, expected).z)
    assert effective_sample_size(weight.astype(dtype)) == effective_sample_size(weight)


@pytest.mark.parametrize("spread", [2**32, 2**40])
def test_codes_of_any_size_give_the_same_errors(battles, spread):
    wide = replace(
        battles,
        voter=battles.voter.astype(np.int64) * spread,
        prompt=np.where(battles.prompt == 0, 2**32 - 1, battles.prompt.astype(np.int64)),
        output_a=battles.output_a.astype(np.int64) * spread,
        output_b=battles.output_b.astype(np.int64) * spread,
    )
    fit = bradley_terry(battles)
    for cluster in ("voter", "two_way"):
        expected = covariance(fit, battles, cluster=cluster).matrix
        np.testing.assert_allclose(covariance(fit, wide, cluster=cluster).matrix, expected, rtol=1e-9)
    expected = output_covariance(fit, battles, cluster="output").matrix
    np.testing.assert_allclose(output_covariance(fit, wide, cluster="output").matrix, expected, rtol=1e-9)


def reversed_names(battles):
    last = battles.n_contestants - 1
    return replace(battles, contestants=battles.contestants[::-1], a=last - battles.a, b=last - battles.b)


@pytest.mark.parametrize(
    "others", [lambda b: b.where(b.voter < 10), reversed_names, lambda b: replace(b, outcome=b.outcome[::-1])]
)
@pytest.mark.parametrize(
    "use",
    [
        lambda fit, b: covariance(fit, b, cluster="voter"),
        lambda fit, b: output_covariance(fit, b, cluster="output"),
        lambda fit, b: votes_to_swap(fit, b, *fit.contestants[:2]),
        lambda fit, b: votes_to_lift(fit, b, fit.contestants[2], fit.contestants[0]),
        lambda fit, b: leave_one_out(fit, b, by="voter"),
        win_rates,
    ],
)
def test_a_fit_goes_with_its_own_battles_alone(battles, others, use):
    with pytest.raises(InvalidBattlesError, match="these are not the battles that were fitted"):
        use(bradley_terry(battles), others(battles))


def test_a_fit_of_all_outcomes_goes_with_its_own_battles_alone(battles):
    fit = fit_outcomes(battles, model="davidson")
    with pytest.raises(InvalidBattlesError, match="600 battles were fitted, these are"):
        outcome_covariance(fit, battles.where(battles.voter < 10), cluster="voter")
    with pytest.raises(InvalidBattlesError, match="these are not the battles"):
        outcome_covariance(fit, reversed_names(battles), cluster="voter")


def test_a_correction_that_does_not_exist_is_refused(battles):
    fit = bradley_terry(battles)
    message = "correction 'hc3' is not one of jackknife, plain"
    with pytest.raises(InvalidOptionError, match=message):
        covariance(fit, battles, cluster="voter", correction="hc3")
    with pytest.raises(InvalidOptionError, match=message):
        output_covariance(fit, battles, cluster="output", correction="hc3")
    with pytest.raises(InvalidOptionError, match=message):
        davidson = fit_outcomes(battles, model="davidson")
        outcome_covariance(davidson, battles, cluster="voter", correction="hc3")


@pytest.mark.parametrize("prior_sd", [0.0, 1e-155, 1e-4, 3e4, float("nan")])
def test_a_prior_that_says_all_or_nothing_is_refused(battles, prior_sd):
    with pytest.raises(InvalidOptionError, match=r"is not between 0\.001 and 10000"):
        fit_outcomes(battles, model="half", prior_sd=prior_sd)


@pytest.mark.parametrize("model", ["half", "rao_kupper", "davidson", "grounded"])
@pytest.mark.parametrize("prior_sd", [0.001, 1e4])
def test_the_narrowest_and_the_widest_prior_give_finite_strengths(battles, model, prior_sd):
    assert np.isfinite(fit_outcomes(battles, model=model, prior_sd=prior_sd).strengths).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"contestants": ("A", "A", "B")}, "'A' stands twice"),
        ({"contestants": ("A", " ", "B")}, "' ' is not a name"),
        ({"contestants": ("A", None, "B")}, "None is not a name"),
        ({"weight": np.ones((600, 2))}, "weight has shape"),
        ({"weight": ["x"] * 600}, "weight holds what is not a number"),
        ({"features_a": np.full((600, 1), 1e300)}, "at most 1e"),
    ],
)
def test_arrays_that_cannot_be_battles_are_refused(battles, wrong, message):
    with pytest.raises(InvalidBattlesError, match=message):
        replace(battles, **wrong)


def test_lists_do_for_arrays():
    battles = Battles(contestants=("A", "B"), a=[0, 1], b=[1, 0], outcome=[0, 0], weight=[1, 2])
    assert battles.weight.dtype == np.float64
    assert bradley_terry(battles).strengths[1] == pytest.approx(np.log(2) / 2)


@pytest.mark.parametrize(("rate", "votes"), [(0.5, 0), (0.5, -3), (2.0, 10), (np.nan, 10), (0.5, np.inf)])
def test_rates_that_cannot_be_are_refused(rate, votes):
    with pytest.raises(InvalidOptionError, match="rates must lie between 0 and 1"):
        wilson_interval(rate, votes, level=0.95)


@pytest.mark.parametrize(
    "matrix", [[[1.0, 2.0], [2.0, 1.0]], [[1.0, 0.5], [0.0, 1.0]], [[np.nan, 0.0], [0.0, 1.0]], [[1.0]]]
)
def test_a_matrix_that_is_no_covariance_is_refused(matrix):
    with pytest.raises(InvalidOptionError, match="matrix"):
        normal_comparisons(("A", "B"), np.zeros(2), np.array(matrix))


@pytest.mark.parametrize(
    "wrong", [{"strengths": [0.0]}, {"strengths": [np.nan, 0.0]}, {"n_voters": 0}, {"activity_sd": -1.0}]
)
def test_votes_that_cannot_be_simulated_are_refused(wrong):
    options = {"strengths": [0.0, 1.0], "n_voters": 3, "n_prompts": 2, "votes_per_voter": 4} | wrong
    with pytest.raises(InvalidOptionError):
        simulate(options.pop("strengths"), **options, rng=np.random.default_rng(1))
    with pytest.raises(InvalidOptionError, match="tie_rate"):
        choice_probabilities(0.0, 0.0, tie_rate=2.0)
