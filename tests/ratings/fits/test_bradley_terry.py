import math

import evalica
import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given
from hypothesis import strategies as st

from ratings import (
    Battles,
    ConvergenceError,
    DisconnectedError,
    InvalidBattlesError,
    RatingsError,
    bradley_terry,
    to_points,
)
from ratings.data.battles import POINTS_FOR_A, Outcome
from ratings.data.counts import win_matrix
from ratings.fits.newton import Pairs, mean_zero_inverse, newton
from ratings.points import SCALE
from ratings.studies.simulate import simulate
from ratings.uncertainty.intervals import covariance, strength_intervals
from tests.ratings import chatbot_arena
from tests.ratings.samples import any_wins, battles_of, connected_wins, of_wins

WIKIPEDIA = [[0, 2, 0, 1], [3, 0, 5, 0], [0, 3, 0, 1], [4, 0, 3, 0]]
"""22 games of four players: the worked example of the article "Bradley-Terry model" (rows beat columns)."""


def strengths(wins):
    return bradley_terry(of_wins(wins)).strengths


def test_two_contestants_by_hand():
    """3 wins to 1 are odds of 3, so the strengths are +-ln(3)/2 and the ratings 1000 +- 200 log10(3)."""
    fit = bradley_terry(of_wins([[0, 3], [1, 0]]))
    np.testing.assert_allclose(fit.strengths, [math.log(3) / 2, -math.log(3) / 2], atol=1e-13)
    np.testing.assert_allclose(to_points(fit.strengths), [1095.4242509439, 904.5757490561], atol=1e-9)
    assert fit.log_likelihood == pytest.approx(3 * math.log(0.75) + math.log(0.25), abs=1e-12)


def test_a_tie_is_half_a_win_for_both_by_hand():
    """2 wins, 1 loss and 2 ties are 3 to 2."""
    fit = bradley_terry(battles_of([("A", "B", "a")] * 2 + [("A", "B", "b")] + [("A", "B", "tie")] * 2))
    assert fit.strengths[0] - fit.strengths[1] == pytest.approx(math.log(1.5), abs=1e-12)


@pytest.mark.parametrize(("both_bad", "odds"), [("half", 7 / 3), ("drop", 3.0)])
def test_both_bad_is_half_a_win_or_nothing_and_the_result_says_which(both_bad, odds):
    rows = [("A", "B", "a")] * 3 + [("A", "B", "b")] + [("A", "B", "both_bad")]
    fit = bradley_terry(battles_of(rows), both_bad=both_bad)
    assert fit.strengths[0] - fit.strengths[1] == pytest.approx(math.log(odds), abs=1e-12)
    assert fit.both_bad == both_bad


def test_the_example_of_wikipedia():
    """Published: A .6398, B 1.0433, C .6598, D 2.2704 with geometric mean 1."""
    np.testing.assert_allclose(np.exp(strengths(WIKIPEDIA)), [0.6398, 1.0433, 0.6598, 2.2704], atol=1e-4)


def test_stiglers_citations_of_statistics_journals():
    """Agresti, Categorical Data Analysis, p. 448, and the BradleyTerry2 vignette: estimates and errors."""
    cited = np.array([[0, 730, 498, 221], [33, 0, 68, 17], [320, 813, 0, 142], [284, 276, 325, 0]])
    fit = bradley_terry(of_wins(cited))
    difference = fit.strengths[1:] - fit.strengths[0]
    np.testing.assert_allclose(difference, [-2.949073, -0.479570, 0.268954], atol=1e-5)
    g = mean_zero_inverse(fit.information)
    errors = [math.sqrt(g[0, 0] + g[k, k] - 2 * g[0, k]) for k in (1, 2, 3)]
    np.testing.assert_allclose(errors, [0.102545, 0.060589, 0.070830], atol=1e-5)


def test_planted_strengths_are_recovered():
    """200,000 votes without tastes: the error stays within four standard errors."""
    planted = np.array([-1.2, -0.3, 0.1, 0.5, 0.9])
    battles = simulate(
        planted, n_voters=2000, n_prompts=50, votes_per_voter=100, rng=np.random.default_rng(5)
    )
    fit = bradley_terry(battles)
    errors = np.sqrt(np.diag(mean_zero_inverse(fit.information)))
    assert (np.abs(fit.strengths - planted) < 4 * errors).all()


def test_default_fit_is_within_a_millionth_of_a_point_of_the_optimum():
    """Against Newton's method in extended precision, on counts of very different size."""
    rng = np.random.default_rng(11)
    wins = rng.integers(1, 2000, (12, 12)).astype(float) * np.exp(rng.normal(0, 2, (12, 12)))
    np.fill_diagonal(wins, 0)
    optimum = newton_in_extended_precision(wins)
    assert SCALE * np.abs(strengths(wins) - optimum).max() < 1e-6


def newton_in_extended_precision(wins):
    """Solve in double precision, accumulate the strengths and the gradient in long double."""
    wins = wins.astype(np.longdouble)
    games = wins + wins.T
    found = np.zeros(len(wins), dtype=np.longdouble)
    for _ in range(60):
        p = 1 / (1 + np.exp(found[None, :] - found[:, None]))
        slope = wins.sum(axis=1) - (games * p).sum(axis=1)
        bend = games * p * (1 - p)
        h = np.diag(bend.sum(axis=1)) - bend + bend.mean()
        found += np.linalg.solve(h.astype(float), slope.astype(float))
        found -= found.mean()
    assert np.abs(slope).max() < 1e-9
    return found.astype(float)


@pytest.mark.parametrize(
    ("both_bad", "n", "mean_loss"), [("drop", 1_374_996, 0.6554), ("half", 1_670_250, 0.6675)]
)
def test_mean_loss_on_chatbot_arena(both_bad, n, mean_loss):
    """The published comparison of models of leaderbot leaves both-bad out; with it counted half, ours."""
    battles = chatbot_arena.weighted()
    assert battles.counted(both_bad).weight.sum() == n
    assert -bradley_terry(battles, both_bad=both_bad).log_likelihood / n == pytest.approx(mean_loss, abs=5e-5)


def test_ratings_and_errors_on_chatbot_arena():
    """Ratings around 1000, robust errors of single votes and errors of the model, both-bad left out."""
    rows = chatbot_arena.weighted(both_bad=False)
    each = np.repeat(np.arange(len(rows)), rows.weight.astype(int))
    votes = Battles(contestants=rows.contestants, a=rows.a[each], b=rows.b[each], outcome=rows.outcome[each])
    fit = bradley_terry(votes)
    top = np.argsort(-fit.strengths)[:3]
    assert [fit.contestants[place] for place in top] == [
        "chatgpt-4o-latest",
        "gemini-1.5-pro-exp-0801",
        "gpt-4o-2024-05-13",
    ]
    robust = strength_intervals(fit, covariance(fit, votes, cluster="vote")).standard_error
    of_model = np.sqrt(np.diag(mean_zero_inverse(fit.information)))
    np.testing.assert_allclose(to_points(fit.strengths[top]), [1251.96, 1229.16, 1210.68], atol=0.02)
    np.testing.assert_allclose(SCALE * robust[top], [3.00, 2.53, 1.38], atol=0.02)
    np.testing.assert_allclose(SCALE * of_model[top], [3.50, 2.91, 1.58], atol=0.02)


def test_default_fit_to_chatbot_arena_is_within_a_millionth_of_a_point_of_the_optimum():
    battles = chatbot_arena.weighted()
    fit = bradley_terry(battles)
    optimum = newton_in_extended_precision(win_matrix(battles))
    assert SCALE * np.abs(fit.strengths - optimum).max() < 1e-9
    assert fit.n_iterations < 7


def test_evalica_agrees_within_a_millionth_of_a_point_on_chatbot_arena():
    battles = chatbot_arena.weighted()
    winner = [evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw, evalica.Winner.Draw]
    theirs = evalica.bradley_terry(
        [battles.contestants[a] for a in battles.a],
        [battles.contestants[b] for b in battles.b],
        [winner[outcome] for outcome in battles.outcome],
        weights=battles.weight.tolist(),
        tolerance=1e-13,
        limit=10_000,
    )
    found = np.log(theirs.scores.reindex(battles.contestants).to_numpy())
    ours = bradley_terry(battles).strengths
    assert SCALE * np.abs(found - found.mean() - ours).max() < 1e-6


@pytest.fixture(scope="module")
def regression():
    """A small crowd, its fit, and a binomial regression with the first contestant as reference."""
    battles = simulate(
        np.linspace(-0.8, 0.8, 5),
        n_voters=12,
        n_prompts=7,
        votes_per_voter=15,
        rng=np.random.default_rng(3),
    )
    design = np.zeros((len(battles), 5))
    rows = np.arange(len(battles))
    design[rows, battles.a], design[rows, battles.b] = 1.0, -1.0
    glm = sm.GLM(POINTS_FOR_A[battles.outcome], design[:, 1:], family=sm.families.Binomial())
    return battles, bradley_terry(battles), glm


@pytest.mark.parametrize("cluster", ["vote", "voter", "prompt"])
def test_statsmodels_agrees_on_strengths_and_robust_covariances(regression, cluster):
    battles, fit, glm = regression
    kinds = {"cov_type": "HC0"}
    n = len(battles)
    if cluster != "vote":
        codes = getattr(battles, cluster)
        n = len(np.unique(codes))
        kinds = {"cov_type": "cluster", "cov_kwds": {"groups": codes, "use_correction": False}}
    theirs = glm.fit(tol=1e-13, maxiter=100, **kinds)
    np.testing.assert_allclose(fit.strengths[1:] - fit.strengths[0], theirs.params, atol=1e-9)
    ours = covariance(fit, battles, cluster=cluster, correction="plain").matrix * (n - 1) / n
    from_first = np.eye(5)[1:] - np.eye(5)[0]
    np.testing.assert_allclose(from_first @ ours @ from_first.T, theirs.cov_params(), rtol=1e-7)


def test_two_islands_are_refused_with_the_names_of_the_smaller():
    rows = [("A", "B", "a"), ("A", "B", "b"), ("B", "C", "tie"), ("X", "Y", "tie")]
    with pytest.raises(DisconnectedError, match="not comparable with A and its group: X, Y;") as caught:
        bradley_terry(battles_of(rows))
    assert caught.value.groups == (("A", "B", "C"), ("X", "Y"))


@pytest.mark.parametrize("names", [(), ("A",)])
def test_fewer_than_two_contestants_are_refused(names):
    nothing = np.zeros(0, dtype=np.int32)
    with pytest.raises(InvalidBattlesError, match="fewer than 2 contestants; there is nothing to compare"):
        bradley_terry(Battles(contestants=names, a=nothing, b=nothing, outcome=nothing))


@pytest.mark.parametrize("wins", [[[0, 5], [0, 0]], [[0, 0], [5, 0]]])
def test_complete_separation_is_refused(wins):
    with pytest.raises(DisconnectedError):
        bradley_terry(of_wins(wins))


def test_one_bridging_win_each_way_joins_two_islands():
    rows = [("A", "B", "tie"), ("X", "Y", "tie"), ("A", "X", "a"), ("B", "Y", "b")]
    assert bradley_terry(battles_of(rows)).contestants == ("A", "B", "X", "Y")


def test_battles_of_weight_zero_join_nobody():
    rows = [("A", "B", "a", 1), ("A", "B", "b", 0)]
    with pytest.raises(DisconnectedError):
        bradley_terry(battles_of(rows, columns="model_a model_b winner weight"))


def test_odds_of_a_million_million_to_one_are_fitted():
    fit = bradley_terry(of_wins([[0, 1e6], [1e-6, 0]]))
    assert fit.strengths[0] - fit.strengths[1] == pytest.approx(12 * math.log(10), abs=1e-9)


def test_counts_of_nothing_are_refused_not_guessed():
    pairs, nothing = Pairs(np.array([0]), np.array([1]), 2), np.zeros((1, 1))
    with pytest.raises(ConvergenceError, match="numerically singular"):
        newton(pairs, nothing, nothing, np.zeros((1, 2)))


def test_a_fit_that_stops_short_is_never_returned(monkeypatch):
    monkeypatch.setattr("ratings.fits.newton.MAX_ITERATIONS", 3)
    with pytest.raises(ConvergenceError, match="did not converge in 3 iterations"):
        bradley_terry(of_wins([[0, 100], [1, 0]]))


def test_result_arrays_are_read_only():
    fit = bradley_terry(of_wins(WIKIPEDIA))
    for array in (fit.strengths, fit.information):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@given(any_wins())
def test_any_counts_give_finite_strengths_or_a_refusal(wins):
    try:
        fit = bradley_terry(of_wins(wins))
    except RatingsError:
        return
    assert np.isfinite(fit.strengths).all()
    assert np.isfinite(fit.information).all()
    assert abs(fit.strengths.sum()) < 1e-9


@given(connected_wins())
def test_the_fit_makes_expected_wins_equal_observed_wins(wins):
    """The likelihood equations, of which the strengths are the only mean-zero solution."""
    found = strengths(wins)
    p = 1 / (1 + np.exp(found[None, :] - found[:, None]))
    np.testing.assert_allclose(((wins + wins.T) * p).sum(axis=1), wins.sum(axis=1), atol=1e-6)


@given(connected_wins(), st.data())
def test_renaming_contestants_permutes_the_strengths(wins, data):
    order = data.draw(st.permutations(range(len(wins))))
    np.testing.assert_allclose(strengths(wins[np.ix_(order, order)]), strengths(wins)[order], atol=1e-8)


@given(connected_wins())
def test_swapping_the_sides_changes_nothing(wins):
    battles = of_wins(wins)
    swapped = Battles(
        contestants=battles.contestants,
        a=battles.b,
        b=battles.a,
        outcome=np.full(len(battles), Outcome.B, dtype=np.int8),
        weight=battles.weight,
    )
    np.testing.assert_array_equal(win_matrix(swapped), win_matrix(battles))
    np.testing.assert_allclose(bradley_terry(swapped).strengths, bradley_terry(battles).strengths, atol=1e-10)


@given(connected_wins(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(wins, random):
    rows = [
        (a, b, "a")
        for a, row in zip("ABCDEF", wins, strict=False)
        for b, n in zip("ABCDEF", row, strict=False)
        for _ in range(int(n))
    ]
    shuffled = rows.copy()
    random.shuffle(shuffled)
    np.testing.assert_array_equal(
        bradley_terry(battles_of(shuffled)).strengths, bradley_terry(battles_of(rows)).strengths
    )


@given(connected_wins())
def test_doubling_the_data_keeps_the_strengths_and_halves_the_covariance(wins):
    once, twice = bradley_terry(of_wins(wins)), bradley_terry(of_wins(2 * wins))
    np.testing.assert_allclose(twice.strengths, once.strengths, atol=1e-8)
    np.testing.assert_allclose(
        mean_zero_inverse(twice.information), mean_zero_inverse(once.information) / 2, rtol=1e-6, atol=1e-12
    )


@given(connected_wins(), st.data())
def test_one_more_win_never_lowers_the_winner_against_anyone(wins, data):
    winner = data.draw(st.integers(0, len(wins) - 1))
    loser = data.draw(st.integers(0, len(wins) - 1))
    assume(winner != loser)
    more = wins.copy()
    more[winner, loser] += 1
    before, after = strengths(wins), strengths(more)
    assert ((after[winner] - after) - (before[winner] - before) > -1e-8).all()
    assert ((after[loser] - after) - (before[loser] - before) < 1e-8).all()
