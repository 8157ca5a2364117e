import numpy as np
import pytest

from ratings.data.battles import POINTS_FOR_A, Battles
from ratings.errors import InvalidBattlesError, InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.newton import mean_zero_inverse
from ratings.studies.simulate import OutputPlan, Taste, simulate
from ratings.uncertainty.intervals import covariance, strength_intervals
from ratings.uncertainty.outputs import output_covariance


def lucky(seed, *, n_samples=2, luck_sd=0.7, n_voters=40, votes_per_voter=20):
    return simulate(
        np.zeros(4),
        n_voters=n_voters,
        n_prompts=10,
        votes_per_voter=votes_per_voter,
        taste=Taste(voter_sd=0.4, tie_rate=0.2),
        outputs=OutputPlan(n_samples=n_samples, luck_sd=luck_sd),
        rng=np.random.default_rng(seed),
    )


def by_definition(fit, votes, depend):
    """Return G (sum of s s' over the pairs of votes that depend) G, vote by vote."""
    p = 1 / (1 + np.exp(fit.strengths[votes.b] - fit.strengths[votes.a]))
    residual = POINTS_FOR_A[votes.outcome] - p
    scores = np.zeros((len(votes), len(fit.strengths)))
    scores[np.arange(len(votes)), votes.a] += residual
    scores[np.arange(len(votes)), votes.b] -= residual
    g = mean_zero_inverse(fit.information)
    return g @ scores.T @ depend.astype(float) @ scores @ g


def same(codes):
    return codes[:, None] == codes[None, :]


def shares_an_output(votes):
    a, b = votes.output_a, votes.output_b
    crossed = a[:, None] == b[None, :]
    return same(a) | same(b) | crossed | crossed.T


def scaled(matrix, like):
    """Return the matrix times the factor that makes its trace that of the other."""
    return matrix * np.trace(like) / np.trace(matrix)


def test_output_covariance_sums_over_all_pairs_of_votes_that_share_an_output():
    """Many clusters, so that the factors C / (C - 1) of the parts are alike to a part in a hundred."""
    votes = lucky(1, n_samples=3)
    fit = bradley_terry(votes)
    found = output_covariance(fit, votes, cluster="output", correction="plain").matrix
    expected = by_definition(fit, votes, shares_an_output(votes))
    np.testing.assert_allclose(found, expected, atol=0.02 * np.abs(expected).max())
    joint = output_covariance(fit, votes, cluster="voter_output", correction="plain").matrix
    expected = by_definition(fit, votes, shares_an_output(votes) | same(votes.voter))
    np.testing.assert_allclose(joint, expected, atol=0.04 * np.abs(expected).max())


def test_three_way_counts_every_pair_that_shares_anything_once():
    """Outputs that several prompts share, so that no way contains another."""
    votes = lucky(2, n_samples=3)
    spread = Battles(
        contestants=votes.contestants,
        a=votes.a,
        b=votes.b,
        outcome=votes.outcome,
        voter=votes.voter,
        prompt=np.random.default_rng(3).integers(30, size=len(votes)),
        output_a=votes.output_a,
        output_b=votes.output_b,
    )
    fit = bradley_terry(spread)
    found = output_covariance(fit, spread, cluster="three_way", correction="plain").matrix
    depend = shares_an_output(spread) | same(spread.voter) | same(spread.prompt)
    expected = by_definition(fit, spread, depend)
    np.testing.assert_allclose(found, expected, atol=0.05 * np.abs(expected).max())
    assert not np.allclose(found, covariance(fit, spread, cluster="two_way", correction="plain").matrix)


@pytest.mark.parametrize("correction", ["jackknife", "plain"])
def test_three_way_is_two_way_where_every_output_belongs_to_one_prompt(correction):
    votes = lucky(4)
    fit = bradley_terry(votes)
    three = output_covariance(fit, votes, cluster="three_way", correction=correction)
    two = covariance(fit, votes, cluster="two_way", correction=correction)
    np.testing.assert_allclose(three.matrix, two.matrix, atol=1e-12)
    assert [way.cluster for way in three.one_way] == ["voter", "prompt", "output"]


@pytest.mark.parametrize("n_samples", [1, 4])
def test_intervals_cover_only_when_outputs_are_among_the_clusters(n_samples):
    """60 data sets: by voter far too few hold the truth, with outputs about as many as they say."""
    held = {"voter": [], "voter_output": []}
    for seed in range(60):
        votes = lucky(100 + seed, n_samples=n_samples, n_voters=50, luck_sd=1.0)
        fit = bradley_terry(votes)
        for kind, shares in held.items():
            find = covariance if kind == "voter" else output_covariance
            found = strength_intervals(fit, find(fit, votes, cluster=kind))
            shares.append(np.mean((found.low < 0) & (found.high > 0)))
    assert np.mean(held["voter"]) < 0.87
    assert np.mean(held["voter_output"]) > 0.91


def test_outputs_without_luck_cost_little_width():
    errors = {"voter": [], "voter_output": []}
    for seed in range(5):
        votes = lucky(seed, luck_sd=0.0, n_voters=80, votes_per_voter=30)
        fit = bradley_terry(votes)
        for kind, found in errors.items():
            find = covariance if kind == "voter" else output_covariance
            found.append(strength_intervals(fit, find(fit, votes, cluster=kind)).standard_error)
    assert np.mean(errors["voter_output"]) < 1.25 * np.mean(errors["voter"])


def test_a_contestant_with_one_output_has_no_interval():
    """Its luck cannot be told from its strength."""
    rows = [(a, b, o, v) for a in range(3) for b in range(3) if a != b for o in (0, 1) for v in range(4)]
    a, b, outcome, voter = map(np.array, zip(*rows, strict=True))
    sample = np.arange(len(rows)) % 3
    votes = Battles(
        contestants=("A", "B", "C"),
        a=a,
        b=b,
        outcome=outcome,
        voter=voter,
        output_a=a * 10 + np.where(a == 2, 0, sample),
        output_b=b * 10 + np.where(b == 2, 0, (sample + 1) % 3),
    )
    fit = bradley_terry(votes)
    assert output_covariance(fit, votes, cluster="output").is_estimable.tolist() == [True, True, False]


def test_missing_or_impossible_outputs_and_unknown_clusters_are_refused():
    votes = lucky(5)
    fit = bradley_terry(votes)
    with pytest.raises(InvalidOptionError, match="prompt_output"):
        output_covariance(fit, votes, cluster="prompt_output")
    bare = Battles(contestants=votes.contestants, a=votes.a, b=votes.b, outcome=votes.outcome)
    with pytest.raises(TooFewClustersError, match="output_a"):
        output_covariance(fit, bare, cluster="output")
    twice = Battles(
        contestants=votes.contestants,
        a=votes.a,
        b=votes.b,
        outcome=votes.outcome,
        output_a=votes.output_a,
        output_b=votes.output_a,
    )
    with pytest.raises(InvalidBattlesError, match="row 1: output_a and output_b are the same"):
        output_covariance(fit, twice, cluster="output")
