"""Choose what to serve. Pure functions: no session, no clock.

A draw is sequential: a prompt, an unordered pair of its outputs, the sides by a fair coin.
Prompt and pair are each drawn with probability

    P(x) = (1 - EPSILON) * exp(-DECAY * n_x) / sum_y exp(-DECAY * n_y) + EPSILON / number eligible

where n_x counts how often x was served before; so nothing is predictable and nothing starves.
"""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

SAMPLER = "softmin-1"
DECAY = 0.5
EPSILON = 0.1
MAX_SHOWINGS = 3
MIN_DISTANCE = 5

Pair = tuple[int, int]
Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True)
class Repeats:
    """How often, and how soon again, a voter may meet one output; the same pair never comes twice.

    Attributes
    ----------
    most : float
        Showings of an output.
    distance : int
        Battles from one showing to the next, at least 1.
    """

    most: float
    distance: int


SPACED = Repeats(most=MAX_SHOWINGS, distance=MIN_DISTANCE)
UNSPACED = Repeats(most=math.inf, distance=1)


@dataclass(frozen=True)
class Candidate:
    """An output that may be served."""

    output: int
    prompt: int
    contestant: int


@dataclass(frozen=True)
class Draw:
    """What was chosen, with the probability of exactly this prompt, pair and side order."""

    prompt: int
    output_a: int
    output_b: int
    propensity: float


def pair_of(first: int, second: int) -> Pair:
    """Return two outputs as an unordered pair."""
    return (first, second) if first < second else (second, first)


def eligible_pairs(
    candidates: Iterable[Candidate], seen: Sequence[Pair], repeats: Repeats = SPACED
) -> dict[int, list[Pair]]:
    """Return what this voter may still be served, by prompt.

    Parameters
    ----------
    candidates
        Every active output of the category.
    seen
        The pairs this voter was served before, oldest first, over all categories; what expired
        unshown is left out.
    repeats
        How often and how soon an output may come again.

    Returns
    -------
    dict
        Pairs of outputs of different contestants that the voter has not met as a pair, none of whose
        outputs he met `repeats.most` times or among his last `repeats.distance` - 1 battles.
    """
    showings = Counter(output for pair in seen for output in pair)
    recent = {output for pair in seen[max(0, len(seen) - (repeats.distance - 1)) :] for output in pair}
    met = set(seen)
    by_prompt: defaultdict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if showings[candidate.output] < repeats.most and candidate.output not in recent:
            by_prompt[candidate.prompt].append(candidate)
    eligible = {
        prompt: [
            pair_of(first.output, second.output)
            for first, second in combinations(outputs, 2)
            if first.contestant != second.contestant and pair_of(first.output, second.output) not in met
        ]
        for prompt, outputs in by_prompt.items()
    }
    return {prompt: pairs for prompt, pairs in eligible.items() if pairs}


def draw_battle(
    eligible: Mapping[int, Sequence[Pair]],
    served: Mapping[int, Mapping[Pair, int]],
    rng: random.Random,
) -> Draw:
    """Draw one battle from what is eligible (not empty).

    Parameters
    ----------
    eligible
        Pairs by prompt, from `eligible_pairs`.
    served
        How often each pair was served to anyone, by prompt.
    """
    by_prompt = {prompt: sum(served.get(prompt, {}).values()) for prompt in eligible}
    prompt, p_prompt = _draw(by_prompt, rng)
    counts = served.get(prompt, {})
    (low, high), p_pair = _draw({pair: counts.get(pair, 0) for pair in eligible[prompt]}, rng)
    side_a, side_b = (low, high) if rng.random() < 0.5 else (high, low)  # noqa: PLR2004  a fair coin
    return Draw(prompt, side_a, side_b, p_prompt * p_pair / 2)


def probabilities(counts: Mapping[Item, int]) -> dict[Item, float]:
    """Return the probability of drawing each item, given how often each was served."""
    least = min(counts.values())
    weights = {item: math.exp(-DECAY * (count - least)) for item, count in counts.items()}
    total = sum(weights.values())
    return {item: (1 - EPSILON) * weight / total + EPSILON / len(weights) for item, weight in weights.items()}


def _draw(counts: Mapping[Item, int], rng: random.Random) -> tuple[Item, float]:
    chances = probabilities(counts)
    item = rng.choices(list(chances), weights=list(chances.values()))[0]
    return item, chances[item]
