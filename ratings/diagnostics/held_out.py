"""Predict votes that the fit has not seen: log-loss and calibration of each outcome model.

The voters (or prompts) are dealt into folds; each fold is predicted from the others. A log-loss is the mean
of -log P(what was chosen) per vote, natural log. What "what was chosen" means differs, so three are given:

* ``log_loss``: the model's own outcomes. For ``half`` that is ``-(y log p + (1 - y) log(1 - p))`` with a tie
  as y = 1/2, for ``rao_kupper`` and ``davidson`` a, b or no winner, for ``grounded`` all four. Never compare
  it across these.
* ``three_outcomes``: a, b, or no winner; comparable between all models that give ties a chance.
* ``decided``: ``P(a) / (P(a) + P(b))`` on the votes that have a winner; comparable between all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ratings.data.battles import POINTS_FOR_A, Battles, BothBad, Outcome
from ratings.data.counts import CodeArray, cluster_codes
from ratings.data.graph import beats_graph
from ratings.data.validation import FloatArray
from ratings.diagnostics.calibration import Calibration, calibration
from ratings.diagnostics.folds import By, folds
from ratings.errors import DisconnectedError
from ratings.fits.outcome_fit import OutcomeFit, fit_outcomes
from ratings.fits.outcome_models import MODELS, OutcomeModelName, U, V, probabilities


@dataclass(frozen=True, eq=False)
class HeldOut:
    """How well one model predicts votes of voters, or on prompts, that it has not seen.

    Attributes
    ----------
    log_loss : float
        Nats per vote, over the model's own outcomes.
    three_outcomes : float or None
        Nats per vote over a, b and no winner; None for ``half``, which gives ties no chance.
    decided : float
        Nats per vote that has a winner; NaN without any.
    calibration : Calibration
        Of side a's expected share of the win.
    weight : float
        Weight of the votes predicted.
    left_out : float
        Weight of the votes that no fit could predict, a contestant being outside the giant component of
        the other folds.
    model, by, n_folds, both_bad
        The parameters.
    """

    log_loss: float
    three_outcomes: float | None
    decided: float
    calibration: Calibration
    weight: float
    left_out: float
    model: OutcomeModelName
    by: By
    n_folds: int
    both_bad: BothBad


@dataclass(frozen=True, eq=False)
class _Predictions:
    """Chances of a, b and no winner, (n, 3), and log-probabilities (n,) of what was chosen."""

    shares: FloatArray
    own: FloatArray


def held_out(
    battles: Battles,
    *,
    model: OutcomeModelName,
    by: By,
    n_folds: int = 5,
    both_bad: BothBad = "half",
    rng: np.random.Generator,
) -> HeldOut:
    """Predict each fold of voters, or of prompts, from a fit to the other folds.

    Parameters
    ----------
    by : {"voter", "prompt"}
        What falls into one fold as a whole.
    rng : numpy.random.Generator
        Deals the folds; the same state compares models on the same folds.

    Raises
    ------
    TooFewClustersError
        When the column is missing or holds fewer clusters than folds.
    DisconnectedError
        When no fold can be predicted.
    UnboundedError, ConvergenceError
        As in ``fit_outcomes``.
    """
    counted = battles.counted(both_bad)
    fold = folds(counted, by=by, n_folds=n_folds, rng=rng)
    own, share = np.full(len(counted), np.nan), np.full((len(counted), 3), np.nan)
    for number in range(n_folds):
        train = counted.where(fold != number)
        giant = beats_graph(train).in_giant
        rows = np.flatnonzero((fold == number) & giant[counted.a] & giant[counted.b])
        if len(rows):
            found = _predict(fit_outcomes(train.among(giant), model=model), counted, rows, giant)
            own[rows], share[rows] = found.own, found.shares
    is_predicted = ~np.isnan(own)
    if not is_predicted.any():
        raise DisconnectedError(beats_graph(counted).groups)
    left_out = float(counted.weight[~is_predicted].sum())
    seen = counted.where(is_predicted)
    return _summary(
        seen,
        own[is_predicted],
        share[is_predicted],
        cluster_codes(seen, by),
        left_out,
        (model, by, n_folds, both_bad),
    )


def _predict(
    fit: OutcomeFit, battles: Battles, rows: NDArray[np.int64], giant: NDArray[np.bool_]
) -> _Predictions:
    """Predict some rows with a fit to the contestants in ``giant``."""
    code = np.cumsum(giant) - 1
    outcome = battles.outcome[rows]
    levels = fit.layout.levels(fit.parameters, code[battles.a[rows]], code[battles.b[rows]])
    if not fit.layout.model.has_tie_parameter:
        p, q = expit(levels[:, U] - levels[:, V]), expit(levels[:, V] - levels[:, U])
        y = POINTS_FOR_A[outcome]
        return _Predictions(np.stack([p, q, np.zeros(len(p))], axis=1), y * np.log(p) + (1 - y) * np.log(q))
    chances = probabilities(MODELS[fit.model], levels)
    if not fit.layout.model.has_level:
        outcome = np.minimum(outcome, Outcome.TIE)
    own = np.log(np.take_along_axis(chances, outcome[:, None].astype(np.int64), axis=1)[:, 0])
    return _Predictions(np.stack([chances[:, 0], chances[:, 1], chances[:, 2:].sum(axis=1)], axis=1), own)


def _summary(
    seen: Battles,
    own: FloatArray,
    chances: FloatArray,
    clusters: CodeArray,
    left_out: float,
    parameters: tuple[OutcomeModelName, By, int, BothBad],
) -> HeldOut:
    model, by, n_folds, both_bad = parameters
    weight = seen.weight
    pooled = np.minimum(seen.outcome, Outcome.TIE).astype(np.int64)
    has_winner = pooled < Outcome.TIE
    chosen = np.take_along_axis(chances, pooled[:, None], axis=1)[:, 0]
    decided = np.log(chosen[has_winner] / chances[has_winner, :2].sum(axis=1))
    return HeldOut(
        log_loss=_mean_loss(own, weight),
        three_outcomes=_mean_loss(np.log(chosen), weight) if MODELS[model].has_tie_parameter else None,
        decided=_mean_loss(decided, weight[has_winner]) if has_winner.any() else float("nan"),
        calibration=calibration(
            chances[:, 0] + chances[:, 2] / 2, POINTS_FOR_A[seen.outcome], weight, clusters
        ),
        weight=float(weight.sum()),
        left_out=left_out,
        model=model,
        by=by,
        n_folds=n_folds,
        both_bad=both_bad,
    )


def _mean_loss(log_probability: FloatArray, weight: FloatArray) -> float:
    return float(-(log_probability @ weight) / weight.sum())
