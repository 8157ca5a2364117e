import math

import numpy as np
import pytest

from ratings.diagnostics.folds import folds
from ratings.diagnostics.held_out import held_out
from ratings.errors import DisconnectedError
from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.outcome_fit import fit_outcomes
from ratings.studies.simulate import Taste, simulate
from tests.ratings.samples import battles_of

MODELS = ["half", "rao_kupper", "davidson", "grounded"]


@pytest.fixture(scope="module")
def battles():
    rng = np.random.default_rng(1)
    taste = Taste(voter_sd=0.2, prompt_sd=0.2)
    return simulate(
        np.linspace(-1, 1, 5), n_voters=80, n_prompts=40, votes_per_voter=40, taste=taste, rng=rng
    )


def test_two_folds_of_two_contestants_by_hand():
    """Each fold is 3 to 1 or 1 to 1 for A, and is predicted by the odds of the other."""
    first = [("A", "B", "a", "v1")] * 3 + [("A", "B", "b", "v1")]
    second = [("B", "A", "a", "v2"), ("A", "B", "a", "v2")]
    rows = first + second
    found = held_out(battles_of(rows), model="half", by="voter", n_folds=2, rng=np.random.default_rng(0))
    loss = -(4 * math.log(1 / 2) + math.log(3 / 4) + math.log(1 / 4)) / 6
    assert found.log_loss == pytest.approx(loss)
    assert found.decided == pytest.approx(loss)
    assert (found.three_outcomes, found.weight, found.left_out) == (None, 6, 0)


def test_a_tie_in_half_win_is_half_of_both_terms_by_hand():
    rows = [("A", "B", "a", "v1"), ("A", "B", "a", "v1"), ("A", "B", "b", "v1"), ("A", "B", "tie", "v2")]
    found = held_out(battles_of(rows), model="half", by="voter", n_folds=2, rng=np.random.default_rng(0))
    one, other = math.log(2 / 3), math.log(1 / 3)
    assert found.log_loss == pytest.approx(-((one + other) / 2 + 3 * math.log(1 / 2)) / 4)
    assert found.decided == pytest.approx(math.log(2))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("by", ["voter", "prompt"])
def test_good_models_are_calibrated_and_beat_a_coin_on_unseen_votes(battles, model, by):
    found = held_out(battles, model=model, by=by, rng=np.random.default_rng(2))
    assert found.decided < math.log(2) - 0.05
    assert abs(found.calibration.slope - 1) < 4 * found.calibration.slope_error + 0.05
    assert found.weight == len(battles)
    assert (found.model, found.by, found.n_folds, found.both_bad) == (model, by, 5, "half")


def test_a_model_of_ties_predicts_three_outcomes_better_than_their_overall_shares(battles):
    share = np.bincount(np.minimum(battles.outcome, 2)) / len(battles)
    coin = -(share * np.log(share)).sum()
    for model in MODELS[1:]:
        found = held_out(battles, model=model, by="voter", rng=np.random.default_rng(2))
        assert found.three_outcomes < coin - 0.02
        is_pooled = model != "grounded"
        assert (found.log_loss == pytest.approx(found.three_outcomes)) == is_pooled


@pytest.mark.parametrize("model", MODELS)
def test_the_loss_of_a_fold_is_that_of_a_fit_to_the_others(battles, model):
    """Recomputed on the votes' own log-likelihood: more votes raise it by exactly what a refit at fixed
    parameters says, so the fold's loss is the difference of two log-likelihoods."""
    rng = np.random.default_rng(4)
    fold = folds(battles, by="voter", n_folds=2, rng=np.random.default_rng(4))
    found = held_out(battles, model=model, by="voter", n_folds=2, rng=rng)
    total = 0.0
    for number in (0, 1):
        fit = fit_outcomes(battles.where(fold != number), model=model)
        test = battles.where(fold == number)
        levels = fit.layout.levels(fit.parameters, test.a, test.b)
        total += fit.layout.derivatives(levels, test.outcome.astype(np.int64))[0].sum()
    assert found.log_loss == pytest.approx(-total / len(battles), rel=1e-12)


def test_held_out_loss_is_worse_than_the_loss_on_seen_votes(battles):
    found = held_out(battles, model="half", by="prompt", rng=np.random.default_rng(2))
    assert found.log_loss > -bradley_terry(battles).log_likelihood / len(battles)


def test_votes_that_no_other_fold_can_predict_are_counted_and_left_out():
    rows = [("A", "B", w, f"v{v}") for w in "ab" for v in range(4)] + [("A", "C", "tie", "v0")]
    found = held_out(battles_of(rows), model="half", by="voter", n_folds=2, rng=np.random.default_rng(0))
    assert (found.weight, found.left_out) == (8, 1)
    apart = [("A", "B", "tie", "v0"), ("C", "D", "tie", "v1")]
    with pytest.raises(DisconnectedError):
        held_out(battles_of(apart), model="half", by="voter", n_folds=2, rng=np.random.default_rng(0))


def test_dropped_both_bad_votes_are_neither_seen_nor_predicted(battles):
    found = held_out(battles, model="davidson", by="voter", both_bad="drop", rng=np.random.default_rng(2))
    assert found.weight == (battles.outcome != 3).sum()
    assert found.both_bad == "drop"


def test_only_ties_leave_nothing_decided():
    rows = [("A", "B", "tie", "v1"), ("A", "B", "tie", "v2")]
    found = held_out(battles_of(rows), model="half", by="voter", n_folds=2, rng=np.random.default_rng(0))
    assert found.log_loss == pytest.approx(math.log(2))
    assert math.isnan(found.decided)
