import math
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import t

from ratings.errors import (
    ConfoundedFeaturesError,
    DisconnectedError,
    TooFewClustersError,
    UnboundedError,
)
from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.style import compare_style, style_control
from ratings.uncertainty.intervals import covariance, difference_interval, strength_intervals
from ratings.uncertainty.style_intervals import coefficient_intervals, style_intervals
from ratings.uncertainty.style_leave_out import leave_out
from tests.ratings.style_samples import clustered, design_matrix, drawn, two_contestants

K = 5


def steps_without(battles, fit, codes, n_terms=3):
    """Least-squares solve of (H - H_g) step = s_g for each cluster, row by row."""
    design, share = design_matrix(battles)
    design = design[:, : K + n_terms]
    p = expit(design @ fit.parameters)
    steps = []
    for code in np.unique(codes):
        own = codes == code
        x, rest = design[own], design[~own]
        weight, pq = battles.weight, p * (1 - p)
        score = x.T @ (weight[own] * (share[own] - p[own]))
        h = rest.T @ (rest * (weight * pq)[~own, None])
        steps.append(np.linalg.lstsq(h, score, rcond=1e-11)[0])
    return np.array(steps)


def centred(matrix, n_terms=3):
    """The matrix on centred strengths and coefficients, whatever its gauge."""
    k = len(matrix) - n_terms
    centre = np.eye(len(matrix))
    centre[:k, :k] -= 1 / k
    return centre @ matrix @ centre.T


@pytest.mark.parametrize("cluster", ["vote", "voter", "prompt"])
@pytest.mark.parametrize("weighted", [False, True], ids=["unweighted", "weighted"])
def test_the_jackknife_equals_leaving_each_cluster_out_in_turn(cluster, weighted):
    battles = clustered()
    if weighted:
        battles = replace(battles, weight=np.random.default_rng(2).uniform(0.3, 3, len(battles)))
    fit = style_control(battles)
    codes = np.arange(len(battles)) if cluster == "vote" else getattr(battles, cluster)
    steps = steps_without(battles, fit, codes)
    expected = (len(steps) - 1) / len(steps) * steps.T @ steps
    found = covariance(fit, battles, cluster=cluster)
    np.testing.assert_allclose(centred(found.matrix), centred(expected), rtol=1e-6, atol=1e-12)
    assert found.is_estimable.all()


def test_clusters_are_left_out_alike_singly_and_in_bulk(monkeypatch):
    """Voters of few votes are solved many at once, in the size of their votes; others in the parameters'."""
    battles = clustered(n=200, n_voters=30)
    fit = style_control(battles)
    in_bulk = covariance(fit, battles, cluster="voter").matrix
    monkeypatch.setattr("ratings.uncertainty.style_influence.HALF", 0.0)
    np.testing.assert_allclose(
        covariance(fit, battles, cluster="voter").matrix, in_bulk, rtol=1e-8, atol=1e-14
    )


def test_blocks_of_bounded_size_change_nothing(monkeypatch):
    battles = clustered(n_voters=60)
    both = compare_style(battles)
    whole = covariance(both, battles, cluster="two_way")
    degrees = style_intervals(both, whole).tax.degrees
    for module in ("style_influence", "style_shares"):
        monkeypatch.setattr(f"ratings.uncertainty.{module}.BLOCK", 50)
    monkeypatch.setattr("ratings.data.style_rows.CHUNK", 11)
    again = covariance(both, battles, cluster="two_way")
    np.testing.assert_allclose(again.matrix, whole.matrix, rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(style_intervals(both, again).tax.degrees, degrees)


@pytest.mark.parametrize("cluster", ["voter", "prompt"])
def test_plain_clustering_equals_statsmodels(cluster):
    battles = clustered(n=500)
    fit = style_control(battles)
    design, share = design_matrix(battles)
    family = sm.families.Binomial()
    groups = {"groups": getattr(battles, cluster), "use_correction": True, "df_correction": False}
    other = sm.GLM(share, design[:, 1:], family=family).fit(cov_type="cluster", cov_kwds=groups, tol=1e-12)
    cov = covariance(fit, battles, cluster=cluster, correction="plain")
    n_clusters = cov.n_clusters
    # statsmodels multiplies by (n - 1) / (n - D) as well
    factor = (len(battles) - 1) / (len(battles) - design.shape[1] + 1)
    to_first = np.eye(8)[1:]
    to_first[:4, 0] = -1
    np.testing.assert_allclose(to_first @ cov.matrix @ to_first.T * factor, other.cov_params(), rtol=1e-6)
    assert n_clusters == len(np.unique(getattr(battles, cluster)))


def test_plain_single_votes_equal_the_sandwich_of_statsmodels():
    battles = drawn(2, 500)
    fit = style_control(battles)
    design, share = design_matrix(battles)
    other = sm.GLM(share, design[:, 1:], family=sm.families.Binomial()).fit(cov_type="HC0", tol=1e-12)
    cov = covariance(fit, battles, cluster="vote", correction="plain")
    found = coefficient_intervals(fit, cov)
    np.testing.assert_allclose(found.standard_error, other.bse[4:] * math.sqrt(500 / 499), rtol=1e-6)
    np.testing.assert_allclose(found.high - fit.coefficients, 1.959964 * found.standard_error, rtol=1e-6)
    first = difference_interval(fit, cov, "B", "A")
    assert first.standard_error[0] == pytest.approx(other.bse[0] * math.sqrt(500 / 499))


def test_without_features_and_side_it_is_the_covariance_of_bradley_terry():
    battles = clustered()
    fit, plain = style_control(battles, features=(), side=False), bradley_terry(battles)
    for cluster in ("vote", "voter", "prompt", "two_way"):
        for correction in ("jackknife", "plain"):
            one = covariance(fit, battles, cluster=cluster, correction=correction)
            other = covariance(plain, battles, cluster=cluster, correction=correction)
            np.testing.assert_allclose(
                centred(one.matrix, 0), centred(other.matrix, 0), rtol=1e-7, atol=1e-13
            )
            found, expected = strength_intervals(fit, one), strength_intervals(plain, other)
            np.testing.assert_allclose(found.degrees, expected.degrees, rtol=1e-7)
            np.testing.assert_allclose(found.low, expected.low, rtol=1e-7)


@pytest.mark.parametrize("cluster", ["vote", "voter", "prompt"])
def test_the_tax_varies_as_the_difference_of_what_each_cluster_does_to_both_fits(cluster):
    battles = clustered(seed=3)
    both = compare_style(battles)
    codes = np.arange(len(battles)) if cluster == "vote" else getattr(battles, cluster)
    controlled = steps_without(battles, both.controlled, codes)[:, :K]
    raw = steps_without(battles, both.raw, codes, n_terms=1)[:, :K]
    difference = raw - controlled
    difference -= difference.mean(axis=1, keepdims=True)
    n = len(difference)
    expected = np.sqrt((n - 1) / n * (difference**2).sum(axis=0))
    found = style_intervals(both, covariance(both, battles, cluster=cluster))
    np.testing.assert_allclose(found.tax.standard_error, expected, rtol=1e-6)
    added = np.hypot(found.raw.standard_error, found.controlled.standard_error)
    assert (found.tax.standard_error < added).all()


def test_a_comparison_gives_each_fit_the_intervals_that_it_has_alone():
    battles = clustered(seed=4)
    both = compare_style(battles)
    for cluster in ("vote", "voter", "two_way"):
        cov = covariance(both, battles, cluster=cluster)
        found = style_intervals(both, cov, level=0.9)
        for one, name in ((both.raw, "raw"), (both.controlled, "controlled")):
            alone = strength_intervals(one, covariance(one, battles, cluster=cluster), level=0.9)
            np.testing.assert_allclose(getattr(found, name).standard_error, alone.standard_error, rtol=1e-9)
        terms = coefficient_intervals(both.controlled, cov)
        alone_cov = covariance(both.controlled, battles, cluster=cluster)
        np.testing.assert_allclose(
            terms.low, coefficient_intervals(both.controlled, alone_cov).low, rtol=1e-9
        )


def test_the_centre_moves_all_three_intervals():
    battles = clustered(seed=5)
    both = compare_style(battles)
    cov = covariance(both, battles, cluster="voter")
    centre = np.array([True, True, False, False, True])
    found = style_intervals(both, cov, centre=centre)
    middle = (found.tax.low + found.tax.high) / 2
    np.testing.assert_allclose(middle, both.tax - both.tax[centre].mean(), atol=1e-12)
    whole = style_intervals(both, cov)
    gap = found.controlled.low - whole.controlled.low
    assert np.ptp(gap) > 1e-6


def test_two_contestants_with_one_feature_by_hand():
    """Three wins and a loss at z = 1/2 (p = 3/4), a win and a loss at -1/2 (p = 1/2).

    Both groups have log-odds of their own, gap + slope / 2 and gap - slope / 2, with the sandwich variances
    (3/16 * 4) / (3/4)^2 = 4/3 and (1/4 * 2) / (1/2)^2 = 2. The slope is their difference: 10/3; the gap their
    mean: a quarter of it. Six votes: times 6/5.
    """
    battles = two_contestants([(0, 3, 1, 1)] * 3 + [(1, 3, 1, 1), (0, 1, 3, 1), (1, 1, 3, 1)])
    fit = style_control(battles, scales={"length": 1.0}, side=False)
    cov = covariance(fit, battles, cluster="vote", correction="plain")
    found = coefficient_intervals(fit, cov)
    assert found.standard_error[0] ** 2 == pytest.approx(10 / 3 * 6 / 5)
    gap = difference_interval(fit, cov, "A", "B")
    assert gap.standard_error[0] ** 2 == pytest.approx(10 / 3 / 4 * 6 / 5)


def test_degrees_of_freedom_of_a_coefficient_by_hand():
    """Information goes by votes: voters with six, three and three of twelve, all alike: 8/3 - 1."""
    pattern = [(0, 3, 1, 1), (1, 3, 1, 1), (0, 1, 3, 1), (1, 1, 3, 1)]
    battles = two_contestants(pattern * 12, voter=np.repeat([0, 0, 1, 2], 12))
    fit = style_control(battles, side=False)
    found = coefficient_intervals(fit, covariance(fit, battles, cluster="voter"))
    assert np.isnan(found.low[0])  # voters that do not differ show no precision
    uneven = replace(battles, outcome=np.where(np.arange(48) % 16 == 0, 1, battles.outcome))
    fit = style_control(uneven, side=False)
    found = coefficient_intervals(fit, covariance(fit, uneven, cluster="voter"), level=0.9)
    assert found.degrees[0] == pytest.approx(8 / 3 - 1, rel=0.01)
    half = t.isf(0.05, found.degrees[0]) * found.standard_error[0]
    assert found.high[0] - fit.coefficients[0] == pytest.approx(half)


def test_a_feature_that_one_voter_alone_saw_has_no_interval_and_spoils_nobody_elses():
    battles = clustered(seed=6)
    only = battles.voter == 3
    seen = {name: getattr(battles, name).copy() for name in ("features_a", "features_b")}
    for values in seen.values():
        values[:, 1] = 1.0
    seen["features_a"][only, 1] = np.random.default_rng(1).uniform(1, 5, only.sum())
    battles = replace(battles, **seen)
    fit = style_control(battles)
    for cluster in ("voter", "two_way"):
        cov = covariance(fit, battles, cluster=cluster)
        assert np.isnan(coefficient_intervals(fit, cov).low).tolist() == [False, False, True]
        assert np.isfinite(strength_intervals(fit, cov).low).all()


def test_a_contestant_known_to_one_voter_alone_has_no_interval():
    battles = clustered(seed=7)
    only = np.where((battles.a == 4) | (battles.b == 4), 0, np.maximum(battles.voter, 1))
    battles = replace(battles, voter=only)
    both = compare_style(battles)
    found = style_intervals(both, covariance(both, battles, cluster="voter"))
    for one in (found.raw, found.controlled, found.tax):
        assert np.isnan(one.low).tolist() == [False, False, False, False, True]


def test_a_single_vote_that_holds_a_contestant_has_no_interval():
    battles = clustered(seed=8)
    keep = (battles.a != 4) & (battles.b != 4)
    keep[np.flatnonzero(~keep)[:1]] = True
    battles = battles.where(keep)
    battles = replace(battles, outcome=np.where((battles.a == 4) | (battles.b == 4), 2, battles.outcome))
    fit = style_control(battles)
    cov = covariance(fit, battles, cluster="vote")
    assert np.isnan(strength_intervals(fit, cov).low).tolist() == [False, False, False, False, True]
    assert np.isfinite(coefficient_intervals(fit, cov).low).all()


def test_two_way_is_never_narrower_than_either_way():
    battles = clustered(seed=9)
    both = compare_style(battles)
    wide = style_intervals(both, covariance(both, battles, cluster="two_way")).tax
    for cluster in ("voter", "prompt"):
        one = style_intervals(both, covariance(both, battles, cluster=cluster)).tax
        assert (wide.standard_error >= one.standard_error * (1 - 1e-12)).all()


def test_a_cluster_that_leaves_nothing_behind_informs_no_interval():
    whole = np.array([[2.0, -2.0, 0.5], [-2.0, 2.0, -0.5], [0.5, -0.5, 1.0]])
    effect, is_lost = leave_out(whole, whole, np.array([1.0, -1.0, 0.3]), np.zeros(2, dtype=np.int32))
    assert effect.tolist() == [0, 0, 0]
    assert is_lost.all()


@pytest.mark.parametrize("heavy", [8, 11])
def test_a_voter_who_outweighs_all_others_by_twelve_powers_of_ten_leaves_finite_numbers(heavy):
    battles = clustered(seed=10, n=200)
    weight = np.where(battles.voter == heavy, 1e6, 1e-6)
    battles = replace(battles, weight=weight)
    both = compare_style(battles, side=False)
    for cluster in ("vote", "voter", "prompt"):
        assert np.isfinite(covariance(both, battles, cluster=cluster).matrix).all()


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(12, 40))
def test_no_interval_is_ever_nothing_wide_or_inside_out(seed, n):
    """Whatever the votes, few enough that much hangs on one voter: a positive width or no interval."""
    battles = clustered(seed=seed, n=n, n_voters=4, n_prompts=4, strengths=np.zeros(3))
    try:
        both = compare_style(battles)
    except (ConfoundedFeaturesError, DisconnectedError, UnboundedError):
        return
    for cluster in ("vote", "voter", "prompt", "two_way"):
        cov = covariance(both, battles, cluster=cluster)
        found = style_intervals(both, cov)
        for one in (found.raw, found.controlled, found.tax, coefficient_intervals(both.controlled, cov)):
            exists = ~np.isnan(one.low)
            assert (one.low[exists] < one.high[exists]).all()
            assert (np.isnan(one.high) == np.isnan(one.low)).all()


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_swapping_all_sides_and_shuffling_rows_leaves_the_intervals(seed):
    battles = clustered(seed=seed, n=150)
    order = np.random.default_rng(seed).permutation(150)
    other = battles.where(order)
    one, two = (
        style_intervals(both, covariance(both, its, cluster="voter"))
        for both, its in ((compare_style(battles), battles), (compare_style(other), other))
    )
    for name in ("raw", "controlled", "tax"):
        np.testing.assert_allclose(getattr(two, name).low, getattr(one, name).low, rtol=1e-6, atol=1e-9)


def test_clusters_that_are_missing_or_too_few_are_refused():
    battles = drawn(1, 60)
    fit = style_control(battles)
    with pytest.raises(TooFewClustersError, match="there is no voter column"):
        covariance(fit, battles, cluster="voter")
    with pytest.raises(TooFewClustersError, match="1 prompt to cluster by"):
        alone = replace(battles, prompt=np.zeros(60, dtype=int))
        covariance(fit, alone, cluster="prompt")
