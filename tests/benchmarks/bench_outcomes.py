"""How often intervals hold the truth where outputs have luck, and under the models of ties.

Run with ``pytest tests/benchmarks/bench_outcomes.py -s``; about five minutes on one core. All contestants
are equal, so that the truth is known under every model: no difference.
"""

import sys

import numpy as np
import pytest

from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.outcome_fit import fit_outcomes
from ratings.studies.simulate import OutputPlan, Taste, simulate
from ratings.uncertainty.intervals import covariance, strength_intervals
from ratings.uncertainty.outcome_covariance import outcome_covariance
from ratings.uncertainty.outputs import output_covariance

N_DATA_SETS = 400
CONTESTANTS = np.zeros(6)


def printed(name, held):
    """Print one line of coverages and return them."""
    found = {kind: float(np.mean(shares)) for kind, shares in held.items()}
    cells = "  ".join(f"{kind} {share:.3f}" for kind, share in found.items())
    sys.stdout.write(f"\n{name:>24}  {cells}")
    return found


def holds_zero(fit, cov):
    found = strength_intervals(fit, cov)
    return np.mean((found.low < 0) & (found.high > 0))


@pytest.mark.parametrize("n_samples", [1, 2, 4])
def test_intervals_cover_only_when_outputs_are_among_the_clusters(n_samples):
    """120 voters with tastes of .5, 30 prompts, luck of an output .7 log-odds."""
    held = {kind: [] for kind in ("vote", "voter", "two_way", "output", "voter_output", "three_way")}
    for seed in range(N_DATA_SETS):
        votes = simulate(
            CONTESTANTS,
            n_voters=120,
            n_prompts=30,
            votes_per_voter=30,
            taste=Taste(voter_sd=0.5),
            outputs=OutputPlan(n_samples=n_samples, luck_sd=0.7),
            rng=np.random.default_rng([seed, n_samples]),
        )
        fit = bradley_terry(votes)
        for kind, shares in held.items():
            find = covariance if kind in ("vote", "voter", "two_way") else output_covariance
            shares.append(holds_zero(fit, find(fit, votes, cluster=kind)))
    found = printed(f"{n_samples} outputs per prompt", held)
    assert found["voter"] < 0.92
    assert 0.935 < found["voter_output"] < 0.985
    assert 0.935 < found["three_way"] < 0.985


@pytest.mark.parametrize("model", ["half", "rao_kupper", "davidson", "grounded"])
def test_two_way_intervals_cover_under_every_model_of_ties(model):
    """60 voters and 60 prompts with tastes of .7: independent votes would be far too sure."""
    held = {kind: [] for kind in ("model", "vote", "voter", "prompt", "two_way")}
    for seed in range(N_DATA_SETS):
        votes = simulate(
            CONTESTANTS,
            n_voters=60,
            n_prompts=60,
            votes_per_voter=40,
            taste=Taste(voter_sd=0.7, prompt_sd=0.7),
            rng=np.random.default_rng([seed, 99]),
        )
        fit = fit_outcomes(votes, model=model)
        for kind, shares in held.items():
            shares.append(holds_zero(fit, outcome_covariance(fit, votes, cluster=kind)))
    found = printed(model, held)
    assert found["model"] < 0.8
    assert 0.935 < found["two_way"] < 0.975
