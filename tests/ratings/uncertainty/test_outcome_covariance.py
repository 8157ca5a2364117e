from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.special import expit
from scipy.stats import norm
from statsmodels.discrete.discrete_model import Logit

import ratings.uncertainty.outcome_influence as influence
from ratings.data.battles import Battles, Outcome
from ratings.errors import InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.layout import inverse_information
from ratings.fits.outcome_fit import fit_outcomes
from ratings.fits.outcome_models import MODELS, log_probability, probabilities
from ratings.studies.simulate import Taste, simulate
from ratings.uncertainty.intervals import covariance, difference_interval, strength_intervals
from ratings.uncertainty.outcome_covariance import (
    absolute_intervals,
    outcome_covariance,
    side_interval,
    tie_interval,
)
from ratings.uncertainty.outcome_scores import clustered
from tests.ratings.samples import battles_of, clustered_rows
from tests.ratings.votes_under_models import drawn, of_counts

STRENGTHS = np.array([-0.9, -0.2, 0.3, 0.8])
CLUSTERS = ("vote", "voter", "prompt", "two_way")
CORRECTIONS = ("jackknife", "plain")


def voted(seed=1, n=600, **planted):
    return drawn("grounded", STRENGTHS, n, np.random.default_rng(seed), n_voters=30, n_prompts=9, **planted)


def votes_scores(votes, fit):
    """Return the score (n, p) of each vote by all parameters, vote by vote."""
    layout = fit.layout
    levels = layout.levels(fit.parameters, votes.a, votes.b)
    scores = np.zeros((len(votes), len(fit.parameters)))
    rows = np.arange(len(votes))
    for code in Outcome:
        gradient = log_probability(MODELS[fit.model], code, levels)[1]
        here = votes.outcome == code
        scores[rows[here], votes.a[here]] += gradient[here, 0]
        scores[rows[here], votes.b[here]] += gradient[here, 1]
        if layout.tie_place is not None:
            scores[here, layout.tie_place] = gradient[here, 2]
        if layout.side_place is not None:
            scores[here, layout.side_place] = (gradient[here, 0] - gradient[here, 1]) / 2
    return scores * votes.weight[:, None]


@pytest.mark.parametrize("cluster", CLUSTERS)
@pytest.mark.parametrize("correction", CORRECTIONS)
@given(rows=clustered_rows())
@settings(max_examples=4)
def test_half_has_the_covariance_and_intervals_of_bradley_terry(cluster, correction, rows):
    votes = battles_of(rows)
    one, other = bradley_terry(votes), fit_outcomes(votes, model="half")
    here = covariance(one, votes, cluster=cluster, correction=correction)
    there = outcome_covariance(other, votes, cluster=cluster, correction=correction)
    np.testing.assert_allclose(there.matrix, here.matrix, atol=1e-9)
    np.testing.assert_array_equal(there.is_estimable, here.is_estimable)
    for find in (strength_intervals, lambda fit, cov: difference_interval(fit, cov, "A", "C")):
        mine, theirs = find(other, there), find(one, here)
        np.testing.assert_allclose(mine.low, theirs.low, atol=1e-8)
        np.testing.assert_allclose(mine.degrees, theirs.degrees, atol=1e-6)
        assert mine.fallback == theirs.fallback


@pytest.mark.parametrize("side", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_plain_covariance_is_the_sandwich_of_the_votes_scores(model, side):
    votes = voted(side=0.3)
    fit = fit_outcomes(votes, model=model, side=side)
    g = inverse_information(fit.information, fit.layout.gauge, has_level=fit.has_level)
    scores = votes_scores(votes, fit)
    for cluster in ("vote", "voter"):
        codes = np.arange(len(votes)) if cluster == "vote" else votes.voter
        summed = np.zeros((codes.max() + 1, scores.shape[1]))
        np.add.at(summed, codes, scores)
        c = len(np.unique(codes))
        expected = g @ summed.T @ summed @ g * c / (c - 1)
        found = outcome_covariance(fit, votes, cluster=cluster, correction="plain")
        np.testing.assert_allclose(found.matrix, expected, atol=1e-12)
        assert found.correction == "plain"


@pytest.mark.parametrize("model", MODELS)
def test_jackknife_is_one_newton_step_without_each_cluster(model):
    """Cluster by cluster in all parameters, small clusters and large ones."""
    votes = voted(n=150, side=0.2)
    fit = fit_outcomes(votes, model=model, side=True)
    gauge = np.outer(fit.layout.gauge, fit.layout.gauge) * (not fit.has_level)
    scores = votes_scores(votes, fit)
    for cluster in ("voter", "prompt"):
        codes, total = getattr(votes, cluster), 0.0
        names = np.unique(codes)
        for code in names:
            inside = votes.where(codes == code)
            step, own = 1e-5, np.zeros_like(fit.information)
            for place in range(len(own)):
                ends = []
                for sign in (1, -1):
                    moved = fit.parameters.copy()
                    moved[place] += sign * step
                    at = type(fit)(**{**vars(fit), "parameters": moved})
                    ends.append(votes_scores(inside, at).sum(axis=0))
                own[place] = (ends[1] - ends[0]) / (2 * step)
            effect = np.linalg.solve(fit.information - own + gauge, scores[codes == code].sum(axis=0))
            total = total + np.outer(effect, effect)
        found = outcome_covariance(fit, votes, cluster=cluster)
        c = len(names)
        np.testing.assert_allclose(found.matrix, total * (c - 1) / c, atol=1e-7)


def test_weighted_votes_collapse_exactly():
    """Single votes with few different weights, against each vote as a cluster of its own."""
    rng = np.random.default_rng(7)
    votes = voted(n=200)
    votes = Battles(
        contestants=votes.contestants,
        a=votes.a,
        b=votes.b,
        outcome=votes.outcome,
        weight=rng.choice([0.5, 1.0, 3.0], len(votes)),
        voter=np.arange(len(votes)),
    )
    fit = fit_outcomes(votes, model="davidson", side=True)
    for correction in CORRECTIONS:
        alone = outcome_covariance(fit, votes, cluster="vote", correction=correction)
        one_each = outcome_covariance(fit, votes, cluster="voter", correction=correction)
        np.testing.assert_allclose(alone.matrix, one_each.matrix, atol=1e-12)


def test_model_based_errors_are_the_inverse_information():
    votes = voted(side=0.2)
    fit = fit_outcomes(votes, model="rao_kupper", side=True)
    cov = outcome_covariance(fit, votes, cluster="model")
    assert side_interval(fit, cov).standard_error[0] == pytest.approx(fit.side_error)
    assert tie_interval(fit, cov).standard_error[0] == pytest.approx(fit.tie_error)
    assert cov.correction is None
    half = norm.isf(0.025) * fit.side_error
    assert side_interval(fit, cov).high[0] == pytest.approx(fit.side_intercept + half)
    free = np.append(np.ones(4), [0.0, 0.0])
    np.testing.assert_allclose(cov.matrix @ free, 0.0, atol=1e-12)


def test_clustered_errors_agree_with_statsmodels():
    """Logit with a side intercept, clustered by voter: the same factor C / (C - 1)."""
    votes = drawn("rao_kupper", STRENGTHS, 500, np.random.default_rng(5), tau=-1.0, side=0.3, n_voters=25)
    votes = votes.where(votes.outcome < 2)
    fit = fit_outcomes(votes, model="half", side=True)
    cov = outcome_covariance(fit, votes, cluster="voter", correction="plain")
    design = np.zeros((len(votes), 4))
    rows = np.arange(len(votes))
    for side, sign in ((votes.a, 1.0), (votes.b, -1.0)):
        design[rows[side > 0], side[side > 0] - 1] += sign
    design[:, 3] = 1.0
    n, c = len(votes), len(np.unique(votes.voter))
    other = Logit(1 - votes.outcome, design).fit(
        disp=0, tol=1e-12, cov_type="cluster", cov_kwds={"groups": votes.voter}
    )
    correction = np.sqrt((n - 1) / (n - 4))  # statsmodels multiplies by it as well
    assert c == 25
    assert side_interval(fit, cov).standard_error[0] == pytest.approx(other.bse[3] / correction, rel=1e-6)
    for place in (1, 2, 3):
        gap = difference_interval(fit, cov, "ABCD"[place], "A")
        assert gap.standard_error[0] == pytest.approx(other.bse[place - 1] / correction, rel=1e-6)


def test_iid_intervals_of_all_parameters_cover():
    """300 data sets of 500 votes under the grounded model: 95 % within four Monte Carlo errors."""
    rng, held = np.random.default_rng(8), []
    for _ in range(300):
        votes = drawn("grounded", STRENGTHS + 0.4, 500, rng, tau=0.3, side=0.2)
        fit = fit_outcomes(votes, model="grounded", side=True)
        cov = outcome_covariance(fit, votes, cluster="vote")
        found = [
            (absolute_intervals(fit, cov), STRENGTHS + 0.4),
            (strength_intervals(fit, cov), STRENGTHS - STRENGTHS.mean()),
            (tie_interval(fit, cov), np.array([1 + np.exp(0.3)])),
            (side_interval(fit, cov), np.array([0.2])),
        ]
        held.append([np.mean((i.low < truth) & (truth < i.high)) for i, truth in found])
    for share in np.mean(held, axis=0):
        assert 0.95 - 4 * 0.0126 < share < 0.95 + 4 * 0.0126


def test_clustered_intervals_are_wider_where_voters_have_tastes():
    votes = simulate(
        np.zeros(4),
        n_voters=40,
        n_prompts=30,
        votes_per_voter=40,
        taste=Taste(voter_sd=1.0),
        rng=np.random.default_rng(9),
    )
    fit = fit_outcomes(votes, model="davidson")
    errors = {
        cluster: strength_intervals(fit, outcome_covariance(fit, votes, cluster=cluster)).standard_error
        for cluster in CLUSTERS
    }
    assert (errors["voter"] > 1.8 * errors["vote"]).all()
    assert (errors["two_way"] >= np.maximum(errors["voter"], errors["prompt"])).all()


def test_absolute_levels_give_the_chance_of_being_acceptable():
    """Two alike: 20 of 80 both bad, so 1 / (1 + 2 pi) = 1/4 and P(acceptable) = pi / (1 + pi) = 3/5."""
    votes = of_counts([(0, 1, 20, 20, 20, 20)])
    fit = fit_outcomes(votes, model="grounded")
    found = absolute_intervals(fit, outcome_covariance(fit, votes, cluster="model"))
    assert (expit(found.low) < 0.6).all()
    assert (expit(found.high) > 0.6).all()
    plain = fit_outcomes(votes, model="half")
    with pytest.raises(InvalidOptionError, match="no absolute level"):
        absolute_intervals(plain, outcome_covariance(plain, votes, cluster="model"))


def test_a_contestant_known_to_one_voter_has_no_interval_and_the_others_have():
    rows = [(a, b, w, f"v{v}", "p") for a, b in ("AB", "BC", "CA") for w in "ab" for v in range(6)]
    rows += [(*("AB", "BC", "CA")[v % 3], "tie" if v < 4 else "a", f"v{v}", "p") for v in range(6)]
    lonely = [("A", "D", "a", "v0", "p"), ("D", "A", "a", "v0", "p"), ("D", "B", "tie", "v0", "p")]
    votes = battles_of([*rows, *lonely])
    for model in ("half", "rao_kupper", "davidson"):
        fit = fit_outcomes(votes, model=model)
        cov = outcome_covariance(fit, votes, cluster="voter")
        assert cov.is_estimable[:4].tolist() == [True, True, True, False]
        found = strength_intervals(fit, cov)
        assert np.isfinite(found.low[:3]).all()
        assert np.isnan(found.low[3])


@pytest.mark.parametrize("model", ["half", "rao_kupper", "davidson"])
def test_an_island_that_one_voter_links_has_no_interval_beside_the_others(model):
    """D and E are compared by everyone, but with A, B and C by one voter alone."""
    rng = np.random.default_rng(10)
    pairs = [(a, b) for group in ("ABC", "DE") for a in group for b in group if a != b]
    rows = [(a, b, rng.choice(["a", "b", "tie"]), f"v{v}", "p") for v in range(8) for a, b in pairs]
    bridge = [("A", "D", w, "one", "p") for w in ("a", "b")]
    votes = battles_of([*rows, *bridge])
    fit = fit_outcomes(votes, model=model)
    cov = outcome_covariance(fit, votes, cluster="voter")
    assert cov.is_estimable[:5].tolist() == [True, True, True, False, False]
    assert np.isfinite(strength_intervals(fit, cov).low).tolist() == [True, True, True, False, False]
    mainland = votes.among(np.arange(5) < 3)
    alone = outcome_covariance(fit_outcomes(mainland, model=model), mainland, cluster="voter")
    assert np.sqrt(np.diag(cov.matrix)[:3]).max() < 2 * np.sqrt(np.diag(alone.matrix)[:3]).max()


def test_plain_errors_too_need_two_clusters_for_each_contestant():
    rows = [(a, b, w, f"v{v}", "p") for a, b in ("AB", "BC", "CA") for w in "ab" for v in range(4)]
    votes = battles_of([*rows, ("A", "D", "a", "v0", "p"), ("D", "A", "a", "v0", "p")])
    fit = fit_outcomes(votes, model="half")
    cov = outcome_covariance(fit, votes, cluster="voter", correction="plain")
    assert cov.is_estimable.tolist() == [True, True, True, False]


@pytest.mark.parametrize("model", ["rao_kupper", "davidson", "grounded"])
def test_expected_information_is_the_mean_curvature(model):
    """Fisher's identity: the mean squared gradient is the mean of minus the Hessian."""
    layout = fit_outcomes(voted(), model=model).layout
    levels = np.random.default_rng(11).normal(0, 1, (20, 3))
    shares = probabilities(MODELS[model], levels)
    curvature = [-layout.derivatives(levels, np.full(20, code))[2] for code in Outcome]
    expected = np.einsum("no,onrs->nrs", shares, np.array(curvature))
    np.testing.assert_allclose(layout.expected_information(levels), expected, atol=1e-12)


def test_no_cluster_ever_holds_a_negative_share():
    """The observed curvature of a tie across a wide gap is negative; the expected one never is."""
    votes = voted(n=120)
    fit = fit_outcomes(votes, model="rao_kupper")
    far = replace(fit, parameters=np.array([-6.0, 3.0, 1.0, 2.0, 1.7]))
    cells = clustered(far, votes, np.arange(120))
    assert np.linalg.eigvalsh(cells.curvature).min() < -0.01
    assert (cells.held(np.random.default_rng(12).normal(0, 1, (50, 5))) >= 0).all()


def test_a_jackknife_that_would_take_too_long_gives_way_and_says_so(monkeypatch):
    votes = voted()
    fit = fit_outcomes(votes, model="rao_kupper")
    plain = outcome_covariance(fit, votes, cluster="two_way", correction="plain")
    monkeypatch.setattr(influence, "AFFORDABLE", 100.0)
    found = outcome_covariance(fit, votes, cluster="two_way")
    assert found.correction == "plain"
    np.testing.assert_array_equal(found.matrix, plain.matrix)


def test_a_prior_leaves_an_absolute_level_with_an_interval():
    votes = voted()
    fit = fit_outcomes(votes, model="half", prior_sd=1.0)
    cov = outcome_covariance(fit, votes, cluster="model")
    np.testing.assert_allclose(cov.matrix, np.linalg.inv(fit.information), atol=1e-12)
    assert (absolute_intervals(fit, cov).high > fit.parameters).all()


def test_what_does_not_exist_is_refused():
    votes = voted()
    fit = fit_outcomes(votes, model="half")
    cov = outcome_covariance(fit, votes, cluster="model")
    with pytest.raises(InvalidOptionError, match="no tie parameter"):
        tie_interval(fit, cov)
    with pytest.raises(InvalidOptionError, match="no side intercept"):
        side_interval(fit, cov)
    with pytest.raises(InvalidOptionError, match="country"):
        outcome_covariance(fit, votes, cluster="country")
    with pytest.raises(TooFewClustersError, match="no voter"):
        outcome_covariance(fit, replace(votes, voter=None), cluster="voter")
