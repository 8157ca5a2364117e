from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, studentized_range, t

from ratings.data.battles import Battles
from ratings.errors import InvalidOptionError
from ratings.fits.bradley_terry import bradley_terry
from ratings.ranks.comparisons import comparisons, normal_comparisons
from ratings.ranks.first import could_be_first
from ratings.ranks.rank_sets import rank_sets
from ratings.studies.simulate import Taste, simulate
from ratings.uncertainty.intervals import covariance
from tests.ratings.chatbot_arena import single
from tests.ratings.samples import connected_wins, of_wins

NAMES = tuple("ABCDEFGHIJKL")


def independent(strengths, variance=1.0):
    """Contestants whose strengths are known independently with one variance."""
    strengths = np.asarray(strengths, dtype=float)
    return normal_comparisons(NAMES[: len(strengths)], strengths, variance * np.eye(len(strengths)))


def sets(found):
    return list(zip(found.low.tolist(), found.high.tolist(), strict=True))


# By hand and against theory


def test_two_contestants_are_apart_beyond_the_two_sided_normal_quantile():
    """The difference has variance 2; the largest of both directions is its absolute value."""
    bound = norm.isf(0.025) * np.sqrt(2)
    assert sets(rank_sets(independent([0.0, 1.03 * bound]))) == [(2, 2), (1, 1)]
    assert sets(rank_sets(independent([0.0, 0.97 * bound]))) == [(1, 2), (1, 2)]


@pytest.mark.parametrize("k", [2, 3, 6, 12])
def test_the_first_critical_value_is_tukeys_range(k):
    """With equal independent strengths the largest studentised difference is a range over sqrt(2)."""
    found = rank_sets(independent(np.zeros(k)), n_draws=40_000)
    expected = studentized_range.ppf(0.95, k, np.inf) / np.sqrt(2)
    assert found.critical_values[0] == pytest.approx(expected, abs=0.03)


def test_stepping_down_finds_what_a_single_step_misses():
    """Two pairs far apart: once that is known, four hypotheses of twelve are no longer to be feared."""
    found = rank_sets(independent([0.0, 3.5, 50.0, 53.5]), n_draws=40_000)
    first, second = found.critical_values[:2]
    assert first == pytest.approx(studentized_range.ppf(0.95, 4, np.inf) / np.sqrt(2), abs=0.03)
    assert second < 3.5 / np.sqrt(2) < first
    assert found.n_rejected == (4, 2)
    assert sets(found) == [(4, 4), (3, 3), (2, 2), (1, 1)]


def test_a_step_takes_the_quantile_over_what_is_left():
    """Beside two equals a third, weaker beyond doubt: left are |D| of the equals and two one-way leads."""
    found = rank_sets(independent([0.0, 0.0, -90.0]), n_draws=200_000)
    z = np.random.default_rng(5).standard_normal((400_000, 3))
    equal = np.abs(z[:, 0] - z[:, 1])
    one_way = np.maximum(z[:, 2] - z[:, 0], z[:, 2] - z[:, 1])
    expected = np.quantile(np.maximum(equal, one_way) / np.sqrt(2), 0.95)
    assert found.critical_values[1] == pytest.approx(expected, abs=0.015)
    assert found.n_rejected == (2, 0)
    assert sets(found) == [(1, 2), (1, 2), (3, 3)]


def test_with_few_clusters_the_first_step_is_bonferronis_in_students_distribution():
    """Nine degrees for six contestants: z > Phi^-1(1 - .05/30) is t(9) beyond its own quantile."""
    bound = t.isf(0.05 / 30, 9) * np.sqrt(2)
    for share, n_apart in ((1.01, 1), (0.99, 0)):
        strengths = np.zeros(6)
        strengths[:2] = -share * bound / 2, share * bound / 2
        few = replace(independent(strengths), degrees=np.full(6, 9.0))
        found = rank_sets(few)
        assert found.caution == 1
        assert found.critical_values[0] == pytest.approx(norm.isf(0.05 / 30), abs=1e-9)
        assert found.n_rejected[0] == n_apart


def test_the_fewest_degrees_decide_on_caution_and_each_pair_on_its_own_quantile():
    """B and C have 1,000 degrees, A has 1: the same lead counts between the former alone."""
    lead = 6 * np.sqrt(2)
    known = independent([2 * lead, lead, 0.0])
    few = replace(known, degrees=np.array([1.0, 1000.0, 1000.0]))
    found = rank_sets(few)
    assert found.caution == 1
    assert sets(found) == [(1, 3), (1, 2), (2, 3)]
    many = rank_sets(replace(known, degrees=np.full(3, 1000.0)))
    assert many.caution == pytest.approx(0.006)
    assert sets(many) == [(1, 1), (2, 2), (3, 3)]


def test_a_difference_without_variance_never_separates():
    """A and B move together in all clusters, so nothing is known of their difference but its estimate."""
    shared = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    found = rank_sets(normal_comparisons(("A", "B", "C"), np.array([9.0, 0.0, -90.0]), shared))
    assert sets(found) == [(1, 2), (1, 2), (3, 3)]


def test_nothing_known_leaves_all_ranks_open_without_a_step():
    found = rank_sets(normal_comparisons(("A", "B", "C"), np.array([9.0, 0.0, -9.0]), np.zeros((3, 3))))
    assert sets(found) == [(1, 3)] * 3
    assert found.critical_values == found.n_rejected == ()


# Chatbot Arena: fixture G6


@pytest.fixture(scope="module")
def arena():
    votes = single(np.random.default_rng(6)).counted("drop")
    fit = bradley_terry(votes)
    return fit, comparisons(fit, covariance(fit, votes, cluster="vote"))


def test_chatbot_arena_gives_the_known_sets(arena):
    fit, compared = arena
    found = rank_sets(compared)
    first = np.argsort(-fit.strengths)[:7]
    known = [(1, 1), (2, 2), (3, 4), (3, 6), (4, 8), (5, 9), (5, 12)]
    assert found.critical_values[:2] == pytest.approx((4.33, 4.21), abs=0.05)
    assert abs(found.n_rejected[0] - 7502) <= 15
    assert abs(found.n_rejected[1] - 18) <= 10
    np.testing.assert_allclose(np.array(sets(found))[first], known, atol=1)
    assert sets(found)[first[0]] == (1, 1)
    assert np.mean(found.high - found.low) == pytest.approx(11.4, abs=0.4)
    assert np.flatnonzero(could_be_first(compared)).tolist() == [first[0]]


# Reproduction


def test_the_same_seed_gives_the_same_sets_and_another_another_critical_value():
    compared = independent([0.0, 0.5, 1.0])
    one, same, other = (rank_sets(compared, seed=seed) for seed in (1, 1, 2))
    assert (sets(one), one.critical_values) == (sets(same), same.critical_values)
    assert one.critical_values != other.critical_values


@settings(max_examples=25)
@given(connected_wins(), st.randoms(use_true_random=False))
def test_the_order_of_contestants_changes_nothing(wins, random):
    """Draws go with names, so a table read in another order has the same sets to the last digit."""
    order = list(range(len(wins)))
    random.shuffle(order)
    found = [ranked_by_votes(wins), ranked_by_votes(wins[np.ix_(order, order)], [NAMES[i] for i in order])]
    assert dict(zip(found[0].contestants, sets(found[0]), strict=True)) == dict(
        zip(found[1].contestants, sets(found[1]), strict=True)
    )
    assert found[0].critical_values == pytest.approx(found[1].critical_values, abs=1e-6)


def ranked_by_votes(wins, names=NAMES):
    battles = one_by_one(of_wins(wins, names))
    fit = bradley_terry(battles)
    return rank_sets(comparisons(fit, covariance(fit, battles, cluster="vote")), n_draws=200)


def one_by_one(battles):
    rows = np.repeat(np.arange(len(battles)), battles.weight.astype(int))
    return Battles(
        contestants=battles.contestants,
        a=battles.a[rows],
        b=battles.b[rows],
        outcome=battles.outcome[rows],
    )


# Properties


@st.composite
def compared_strengths(draw):
    """Any strengths under any covariance, also of less than full rank, with any degrees of freedom."""
    k = draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    root = rng.standard_normal((k, draw(st.integers(1, 8))))
    strengths = np.round(draw(st.sampled_from([0.0, 1.0, 5.0])) * rng.standard_normal(k), 1)
    compared = normal_comparisons(NAMES[:k], strengths, root @ root.T)
    return replace(compared, degrees=rng.choice([1.0, 7.5, 40.0, np.inf], k))


@given(compared_strengths())
def test_the_rank_by_strength_lies_in_the_set_and_the_best_could_be_first(compared):
    found = rank_sets(compared, n_draws=200)
    above = (compared.strengths[None, :] > compared.strengths[:, None]).sum(axis=1)
    below = (compared.strengths[None, :] < compared.strengths[:, None]).sum(axis=1)
    assert (found.low >= 1).all()
    assert (found.low <= 1 + above).all()
    assert (found.high >= len(above) - below).all()
    assert (found.high <= len(above)).all()
    assert list(found.critical_values) == sorted(found.critical_values, reverse=True)
    possible = could_be_first(compared, n_draws=200)
    assert possible[above == 0].all()
    assert (found.low[possible] == 1).all()


@settings(max_examples=40)
@given(compared_strengths())
def test_more_certainty_asked_never_narrows_a_set(compared):
    loose, strict = (rank_sets(compared, n_draws=200, level=level) for level in (0.8, 0.95))
    assert (strict.low <= loose.low).all()
    assert (strict.high >= loose.high).all()


def test_more_votes_narrow_the_sets():
    """The same strengths with a tenth of the variance: no set is wider, and some are narrower."""
    strengths = np.linspace(0, 5, 6)
    few, many = (rank_sets(independent(strengths, variance)) for variance in (1.0, 0.1))
    assert (few.high - few.low >= many.high - many.low).all()
    assert (few.high - few.low).sum() > (many.high - many.low).sum()


# Who is ranked


def test_contestants_without_an_interval_or_outside_have_no_rank_and_count_for_nobody():
    battles = simulate(
        [3.0, 0.0, 0.3, -0.3], n_voters=40, n_prompts=8, votes_per_voter=30, rng=np.random.default_rng(3)
    )
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="voter")
    lacking = replace(cov, is_estimable=np.array([True, True, False, True]))
    among = np.array([False, True, True, True])
    found = rank_sets(comparisons(fit, lacking, among=among))
    assert sets(found)[0] == sets(found)[2] == (0, 0)
    assert set(found.high[[1, 3]]) <= {1, 2}


def test_alone_a_contestant_is_first():
    assert sets(rank_sets(independent([0.7]))) == [(1, 1)]


def test_two_ways_a_difference_is_as_uncertain_as_its_interval():
    battles = simulate(
        [0.0, 0.2, 0.4, 0.6],
        n_voters=14,
        n_prompts=7,
        votes_per_voter=12,
        taste=Taste(voter_sd=1.0),
        rng=np.random.default_rng(8),
    )
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="two_way")
    compared = comparisons(fit, cov)
    floored = False
    for i in range(4):
        for j in range(i):
            contrast = np.eye(4)[i] - np.eye(4)[j]
            kinds = [contrast @ each.matrix @ contrast for each in (cov, *cov.one_way)]
            floored |= kinds[0] < max(kinds)
            assert compared.errors[i, j] == pytest.approx(np.sqrt(max(kinds)), rel=1e-9)
    assert floored
    assert np.linalg.eigvalsh(compared.spread).min() > -1e-12


@pytest.mark.parametrize(
    "options", [{"level": 1.0}, {"level": 0.0}, {"level": 0.99, "n_draws": 98}, {"n_draws": 0}, {"seed": -1}]
)
def test_options_that_cannot_work_are_refused(options):
    for function in (rank_sets, could_be_first):
        with pytest.raises(InvalidOptionError):
            function(independent([0.0, 1.0]), **options)
    assert rank_sets(independent([0.0, 1.0]), level=0.99, n_draws=99).n_draws == 99
