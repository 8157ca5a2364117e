"""Probabilities of the outcomes of one battle, in each model, with their derivatives.

A battle has two levels, ``u`` of side a and ``v`` of side b (log-odds), and the model a tie parameter ``tau``
(any real number). Every log-probability is a sum of linear terms and of log-sum-exps of linear terms, so one
routine differentiates all models exactly.

* ``half``: Bradley-Terry; a tie is half a win for both sides, so its "log-probability" is the mean of both.
* ``rao_kupper`` (Rao and Kupper 1967, Journal of the American Statistical Association 62, 194-204): with
  ``lambda = 1 + exp(tau)``, ``P(a) = e^u / (e^u + lambda e^v)``, ``P(tie) = (lambda^2 - 1) P(a) P(b)``.
* ``davidson`` (Davidson 1970, Journal of the American Statistical Association 65, 317-328): with
  ``nu = exp(tau)``, ``P(a) : P(b) : P(tie) = e^u : e^v : nu e^((u + v) / 2)``.
* ``grounded`` (the "BAG" head of Frick et al. 2025, "Prompt-to-Leaderboard"): with ``lambda = 1 + exp(tau)``,
  ``P(a) = e^u / (e^u + lambda e^v + 1)``, ``P(both_bad) = 1 / (1 + e^u + e^v)``, the rest is the tie. It is
  the only one with an absolute level: ``e^u / (1 + e^u)`` is the chance that a is acceptable.

The first three pool both-bad with ties.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ratings.data.battles import Outcome
from ratings.data.validation import FloatArray

OutcomeModelName = Literal["half", "rao_kupper", "davidson", "grounded"]

U, V, TAU = 0, 1, 2
"""Places of the three arguments in gradients and Hessians."""

LN2 = float(np.log(2.0))

Term = tuple[float, float, float, float]
"""Constant and coefficients of u, v and tau."""

Sum = tuple[float, tuple[Term, ...]]
"""A log-sum-exp of terms, with the factor it is added with."""


@dataclass(frozen=True)
class OutcomeModel:
    """How one model builds the log-probability of each outcome.

    Attributes
    ----------
    linear : mapping of Outcome to Term
        The linear part of each outcome.
    sums : mapping of Outcome to tuple of (factor, terms)
        The log-sum-exps that are added, each with its factor.
    has_tie_parameter : bool
        Whether ``tau`` means anything.
    has_level : bool
        Whether adding a constant to both levels changes the probabilities.
    """

    linear: Mapping[Outcome, Term]
    sums: Mapping[Outcome, tuple[Sum, ...]]
    has_tie_parameter: bool = True
    has_level: bool = False


_ONE, _A, _B = (0.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0)
_A_TAU, _B_TAU = (0.0, 1.0, 0.0, 1.0), (0.0, 0.0, 1.0, 1.0)


def _pooled(
    linear: Mapping[Outcome, Term], sums: Mapping[Outcome, tuple[Sum, ...]], *, has_tie_parameter: bool = True
) -> OutcomeModel:
    """Return a model that treats both-bad as a tie."""
    return OutcomeModel(
        {**linear, Outcome.BOTH_BAD: linear[Outcome.TIE]},
        {**sums, Outcome.BOTH_BAD: sums[Outcome.TIE]},
        has_tie_parameter=has_tie_parameter,
    )


_WIN = (-1.0, (_A, _B))
_RK_A, _RK_B = (-1.0, (_A, _B, _B_TAU)), (-1.0, (_A, _B, _A_TAU))
_DAVIDSON = (-1.0, (_A, _B, (0.0, 0.5, 0.5, 1.0)))
_FIELD = (-1.0, (_ONE, _A, _B))
_BAG_A, _BAG_B = (-1.0, (_ONE, _A, _B, _B_TAU)), (-1.0, (_ONE, _A, _B, _A_TAU))
_BAG_TIE = (1.0, ((LN2, 0.0, 0.0, 0.0), (LN2, 1.0, 0.0, 0.0), (LN2, 0.0, 1.0, 0.0), _A_TAU, _B_TAU))

MODELS: Mapping[OutcomeModelName, OutcomeModel] = {
    "half": _pooled(
        {Outcome.A: _A, Outcome.B: _B, Outcome.TIE: (0.0, 0.5, 0.5, 0.0)},
        {Outcome.A: (_WIN,), Outcome.B: (_WIN,), Outcome.TIE: (_WIN,)},
        has_tie_parameter=False,
    ),
    "rao_kupper": _pooled(
        {Outcome.A: _A, Outcome.B: _B, Outcome.TIE: (0.0, 1.0, 1.0, 1.0)},
        {
            Outcome.A: (_RK_A,),
            Outcome.B: (_RK_B,),
            Outcome.TIE: (_RK_A, _RK_B, (1.0, ((LN2, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)))),
        },
    ),
    "davidson": _pooled(
        {Outcome.A: _A, Outcome.B: _B, Outcome.TIE: (0.0, 0.5, 0.5, 1.0)},
        {Outcome.A: (_DAVIDSON,), Outcome.B: (_DAVIDSON,), Outcome.TIE: (_DAVIDSON,)},
    ),
    "grounded": OutcomeModel(
        {Outcome.A: _A, Outcome.B: _B, Outcome.TIE: (0.0, 1.0, 1.0, 1.0), Outcome.BOTH_BAD: _ONE},
        {
            Outcome.A: (_BAG_A,),
            Outcome.B: (_BAG_B,),
            Outcome.TIE: (_FIELD, _BAG_TIE, _BAG_A, _BAG_B),
            Outcome.BOTH_BAD: (_FIELD,),
        },
        has_level=True,
    ),
}


def log_probability(
    model: OutcomeModel, outcome: Outcome, levels: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the log-probability of one outcome with its first and second derivatives.

    Parameters
    ----------
    levels : float array (n, 3)
        u, v and tau of each battle.

    Returns
    -------
    value : float array (n,)
    gradient : float array (n, 3)
        By u, v and tau.
    hessian : float array (n, 3, 3)
    """
    constant, *slope = model.linear[outcome]
    value = constant + levels @ np.array(slope)
    gradient = np.tile(np.array(slope), (len(levels), 1))
    hessian = np.zeros((len(levels), 3, 3))
    for factor, terms in model.sums[outcome]:
        total, mean, spread = _log_sum_exp(np.array(terms), levels)
        value += factor * total
        gradient += factor * mean
        hessian += factor * spread
    return value, gradient, hessian


def probabilities(model: OutcomeModel, levels: FloatArray) -> FloatArray:
    """Return P(a), P(b), P(tie), P(both_bad), float (n, 4); a pooled both-bad has probability 0."""
    if not model.has_tie_parameter:
        raise ValueError("half-win Bradley-Terry has no probability of a tie")
    parts = [np.exp(log_probability(model, outcome, levels)[0]) for outcome in Outcome]
    if not model.has_level:
        parts[Outcome.BOTH_BAD] = np.zeros(len(levels))
    return np.stack(parts, axis=1)


def _log_sum_exp(terms: FloatArray, levels: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log(sum of exp(terms)), its gradient (the softmax mean) and Hessian (the softmax covariance)."""
    slopes = terms[:, 1:]
    exponent = levels @ slopes.T + terms[:, 0]
    top = exponent.max(axis=1, keepdims=True)
    share = np.exp(exponent - top)
    total = share.sum(axis=1, keepdims=True)
    share /= total
    mean = share @ slopes
    products = (slopes[:, :, None] * slopes[:, None, :]).reshape(len(slopes), 9)
    spread = (share @ products).reshape(-1, 3, 3) - mean[:, :, None] * mean[:, None, :]
    return (top + np.log(total))[:, 0], mean, spread
