"""Weights that undo how battles were drawn, and what they cost.

A battle drawn with probability ``q`` stands for ``1 / q`` battles of a uniform draw (Horvitz and Thompson
1952, Journal of the American Statistical Association 47, 663-685). Rare draws then weigh much, so the largest
weights are clipped, and the clip rate and the effective sample size are part of the result.
"""

from dataclasses import dataclass, replace

import numpy as np

from ratings.data.battles import Battles
from ratings.data.validation import FloatArray, read_only
from ratings.errors import InvalidBattlesError, InvalidOptionError


@dataclass(frozen=True, eq=False, kw_only=True)
class PropensityWeights:
    """Weights (n,) of mean one, and how much they were clipped.

    Attributes
    ----------
    weight : float array (n,)
        In the order of the propensities; the mean is one.
    largest : float
        The clip: no weight was above this many times the mean before clipping.
    clip_rate : float
        Share of the battles whose weight was clipped.
    effective_size : float
        ``(sum w)^2 / sum w^2``: so many equally weighted battles say as much.
    """

    weight: FloatArray
    largest: float
    clip_rate: float
    effective_size: float


def effective_sample_size(weight: FloatArray) -> float:
    """Return ``(sum w)^2 / sum w^2`` (Kish 1965, "Survey Sampling", section 11.7); 0 without any weight."""
    weight = np.asarray(weight, dtype=np.float64)
    total = float(np.sum(weight))
    return total**2 / float(weight @ weight) if total > 0 else 0.0


def inverse_propensity_weights(propensity: FloatArray, *, largest: float = 20.0) -> PropensityWeights:
    """Turn the probabilities with which battles were drawn into weights.

    Parameters
    ----------
    propensity : float array (n,)
        Probability of each battle's prompt, pair and sides when it was drawn, above 0 and up to 1.
    largest : float
        Clip weights at this many times their mean, more than 1. Clipping trades a little bias for a smaller
        variance. Afterwards the mean is one again.

    Raises
    ------
    InvalidBattlesError
        Names the first propensity that is not a probability above 0.
    """
    if not largest > 1:
        raise InvalidOptionError(f"largest {largest} is not more than 1")
    wrong = ~((propensity > 0) & (propensity <= 1))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidBattlesError(f"propensity {propensity[row]} is not above 0 and up to 1", row + 1)
    if not len(propensity):
        return PropensityWeights(weight=np.zeros(0), largest=largest, clip_rate=0.0, effective_size=0.0)
    raw = 1.0 / propensity
    limit = largest * raw.mean()
    weight = np.minimum(raw, limit)
    weight /= weight.mean()
    return PropensityWeights(
        weight=read_only(weight),
        largest=largest,
        clip_rate=float(np.mean(raw > limit)),
        effective_size=effective_sample_size(weight),
    )


def weighted_by_propensity(battles: Battles, weights: PropensityWeights) -> Battles:
    """Return the battles with their weights multiplied by those of the propensities, in the same order."""
    if len(battles) != len(weights.weight):
        raise InvalidBattlesError(f"{len(weights.weight)} propensities for {len(battles)} battles")
    return replace(battles, weight=battles.weight * weights.weight)
