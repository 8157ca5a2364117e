import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings import InvalidOptionError, Taste, choice_probabilities, simulate
from ratings.studies.simulate import OutputPlan

logits = st.floats(-30, 30)


@given(logits, logits, st.floats(0, 0.5), st.floats(0, 1))
def test_choices_are_probabilities_and_the_expected_win_is_bradley_terry(a, b, tie_rate, both_bad_share):
    p = choice_probabilities(a, b, tie_rate=tie_rate, both_bad_share=both_bad_share)
    assert (p >= 0).all()
    assert p.sum() == pytest.approx(1, abs=1e-12)
    assert p[0] + (p[2] + p[3]) / 2 == pytest.approx(1 / (1 + np.exp(b - a)), abs=1e-12)


@given(logits, logits)
def test_swapping_sides_swaps_their_choices(a, b):
    p, q = choice_probabilities(a, b), choice_probabilities(b, a)
    np.testing.assert_allclose(p, q[[1, 0, 2, 3]], atol=1e-12)


def test_choices_between_equals_by_hand():
    np.testing.assert_allclose(
        choice_probabilities(0.3, 0.3, tie_rate=0.4, both_bad_share=0.25), [0.3, 0.3, 0.3, 0.1], atol=1e-12
    )


def test_choices_are_computed_for_whole_arrays():
    assert choice_probabilities(np.zeros((2, 3)), np.ones(3)).shape == (2, 3, 4)


def draw(seed=1, **options):
    arguments = {"n_voters": 300, "n_prompts": 10, "votes_per_voter": 40} | options
    return simulate([0.0, 0.0, 1.0], rng=np.random.default_rng(seed), **arguments)


def test_the_same_seed_draws_the_same_votes():
    first, again, other = draw(), draw(), draw(seed=2)
    for name in ("a", "b", "outcome", "voter", "prompt"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.outcome, other.outcome)


def test_votes_have_the_asked_shape_and_rates():
    battles = draw(taste=Taste(tie_rate=0.4, both_bad_share=0.5))
    assert len(battles) == 12_000
    assert np.bincount(battles.voter).tolist() == [40] * 300
    assert set(battles.prompt.tolist()) == set(range(10))
    assert battles.contestants == ("contestant-0", "contestant-1", "contestant-2")
    equals = battles.outcome[(battles.a < 2) & (battles.b < 2)]
    np.testing.assert_allclose(np.bincount(equals) / len(equals), [0.3, 0.3, 0.2, 0.2], atol=0.03)
    pairs = np.bincount(battles.a * 3 + battles.b, minlength=9)[[1, 2, 3, 5, 6, 7]]
    np.testing.assert_allclose(pairs / len(battles), 1 / 6, atol=0.02)


def test_activity_makes_few_voters_cast_most_votes():
    counts = np.sort(np.bincount(draw(activity_sd=1.2, n_voters=2000).voter))
    assert counts.min() >= 1
    assert counts.mean() == pytest.approx(40, rel=0.1)
    assert counts[-200:].sum() > 0.4 * counts.sum()


@pytest.mark.parametrize("column", ["voter", "prompt"])
def test_tastes_make_votes_of_one_cluster_agree(column):
    """Share of wins of the better over the first, by cluster: it varies more than by chance alone."""
    options = {"n_voters": 40, "n_prompts": 40, "votes_per_voter": 400}
    with_taste = draw(taste=Taste(**{f"{column}_sd": 1.0}, tie_rate=0), **options)
    without = draw(taste=Taste(tie_rate=0), **options)
    assert spread(with_taste, column) > 5 * spread(without, column)


def spread(battles, column):
    met = (battles.a == 2) & (battles.b == 0)
    return np.var([battles.outcome[met & (getattr(battles, column) == code)].mean() for code in range(40)])


def test_prompts_can_be_fixed_in_advance():
    tastes = np.zeros((10, 3))
    tastes[:, 0] = 50.0
    battles = draw(prompt_taste=tastes, taste=Taste(tie_rate=0))
    assert (battles.outcome[battles.a == 0] == 0).all()
    assert (battles.outcome[battles.b == 0] == 1).all()


@pytest.mark.parametrize(
    "wrong", [{"voter_sd": -1}, {"prompt_sd": float("nan")}, {"tie_rate": 0.6}, {"both_bad_share": 1.1}]
)
def test_tastes_that_cannot_be_are_refused(wrong):
    with pytest.raises(InvalidOptionError, match="must "):
        Taste(**wrong)


def test_side_a_wins_more_often_by_the_planted_advantage():
    battles = simulate(
        np.zeros(3),
        n_voters=500,
        n_prompts=10,
        votes_per_voter=40,
        taste=Taste(tie_rate=0.0, side=0.5),
        rng=np.random.default_rng(5),
    )
    won = (battles.outcome == 0).mean()
    assert won == pytest.approx(1 / (1 + np.exp(-0.5)), abs=0.012)


def test_outputs_belong_to_their_contestant_and_prompt():
    battles = draw(outputs=OutputPlan(n_samples=2, luck_sd=0.5, style=(0.4,)))
    for side in "ab":
        output = getattr(battles, f"output_{side}")
        np.testing.assert_array_equal(output // 2, getattr(battles, side) * 10 + battles.prompt)
        features = getattr(battles, f"features_{side}")[:, 0]
        assert len(np.unique(features)) == len(np.unique(output)) == 60
    assert battles.feature_names == ("style-0",)


def test_the_side_with_more_of_a_liked_feature_wins_more_often():
    battles = draw(
        n_prompts=400, taste=Taste(tie_rate=0.0), outputs=OutputPlan(style=(2.0,), contestant_sd=0.0)
    )
    z = ((battles.features_a - battles.features_b) / (battles.features_a + battles.features_b))[:, 0]
    equals = (battles.a < 2) & (battles.b < 2) & (np.abs(z - 0.3) < 0.05)
    assert (battles.outcome[equals] == 0).mean() == pytest.approx(1 / (1 + np.exp(-0.6)), abs=0.07)


def test_an_empty_plan_of_outputs_changes_nothing():
    plain, planned = draw(), draw(outputs=OutputPlan())
    np.testing.assert_array_equal(plain.outcome, planned.outcome)
    assert planned.output_a is None


@pytest.mark.parametrize("wrong", [{"n_samples": 0}, {"luck_sd": -1.0}, {"output_sd": float("nan")}])
def test_a_plan_that_is_not_one_is_refused(wrong):
    with pytest.raises(InvalidOptionError, match=r"must be at least 0|is not at least 1"):
        OutputPlan(**wrong)
