"""Votes with planted strengths: for demonstrations, tests and the study of coverage.

Given the strengths as one voter sees them on one prompt, side a is preferred with ``p = 1 / (1 + exp(b -
a))``. A vote has no winner with probability ``4 * tie_rate * p * (1 - p)``, taken in equal parts from both
sides, so that the expected share of the win is exactly ``p``: half-win Bradley-Terry recovers the planted
strengths.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from ratings.data.battles import Battles
from ratings.data.validation import FloatArray, IntArray
from ratings.errors import InvalidOptionError

MAX_TIE_RATE = 0.5
FEWEST = 2
"""Contestants of a battle."""


@dataclass(frozen=True)
class Taste:
    """How voters differ, and how often they see no winner.

    Attributes
    ----------
    voter_sd, prompt_sd : float
        Standard deviation, in log-odds, of each voter's and each prompt's own shift of every strength.
    tie_rate : float
        Probability of no winner between equals, 0 to 0.5.
    both_bad_share : float
        Share of the votes without a winner that are both-bad, 0 to 1.
    side : float
        Advantage of side a, in log-odds.
    """

    voter_sd: float = 0.0
    prompt_sd: float = 0.0
    tie_rate: float = 0.3
    both_bad_share: float = 0.25
    side: float = 0.0

    def __post_init__(self) -> None:
        """Refuse values that are not probabilities or standard deviations."""
        if not (self.voter_sd >= 0 and self.prompt_sd >= 0):
            raise InvalidOptionError("voter_sd and prompt_sd must be at least 0")
        if not (0 <= self.tie_rate <= MAX_TIE_RATE and 0 <= self.both_bad_share <= 1):
            raise InvalidOptionError("tie_rate must lie in 0..0.5 and both_bad_share in 0..1")


@dataclass(frozen=True)
class OutputPlan:
    """The outputs that contestants make for prompts, and what of them voters see.

    Attributes
    ----------
    n_samples : int
        Outputs of each contestant for each prompt; a battle shows one of them.
    luck_sd : float
        Standard deviation, in log-odds, of the own strength of an output.
    style : tuple of float
        Coefficient of each style feature f: log-odds per unit of ``(f_a - f_b) / (f_a + f_b)``.
    contestant_sd, output_sd : float
        Standard deviations of the logarithm of a feature, between contestants and within one.
    """

    n_samples: int = 1
    luck_sd: float = 0.0
    style: tuple[float, ...] = ()
    contestant_sd: float = 0.3
    output_sd: float = 0.5

    def __post_init__(self) -> None:
        """Refuse numbers that are not counts or standard deviations."""
        if self.n_samples < 1:
            raise InvalidOptionError(f"n_samples {self.n_samples} is not at least 1")
        if not all(sd >= 0 for sd in (self.luck_sd, self.contestant_sd, self.output_sd)):
            raise InvalidOptionError("luck_sd, contestant_sd and output_sd must be at least 0")


def choice_probabilities(
    strength_a: ArrayLike, strength_b: ArrayLike, *, tie_rate: float = 0.3, both_bad_share: float = 0.25
) -> FloatArray:
    """Return P(a), P(b), P(tie), P(both_bad) for two strengths in log-odds.

    Parameters
    ----------
    strength_a, strength_b : float or array (...)
        Natural log-odds.
    tie_rate, both_bad_share : float
        As in ``Taste``.

    Returns
    -------
    float array (..., 4)
        Sums to 1 along the last axis.
    """
    Taste(tie_rate=tie_rate, both_bad_share=both_bad_share)  # refuses what is no probability
    p = expit(np.subtract(strength_a, strength_b))
    undecided = 4.0 * tie_rate * p * (1.0 - p)
    parts = [p - undecided / 2, 1 - p - undecided / 2]
    parts += [undecided * (1 - both_bad_share), undecided * both_bad_share]
    return np.stack(parts, axis=-1)


def simulate(  # noqa: PLR0913 - each argument is one planted fact
    strengths: ArrayLike,
    *,
    n_voters: int,
    n_prompts: int,
    votes_per_voter: int,
    activity_sd: float = 0.0,
    taste: Taste = Taste(),
    prompt_taste: FloatArray | None = None,
    outputs: OutputPlan = OutputPlan(),
    rng: np.random.Generator,
) -> Battles:
    """Draw votes: each battle takes a prompt, a pair and its sides uniformly.

    Parameters
    ----------
    strengths : float array (K,)
        Planted strengths in log-odds.
    votes_per_voter : int
        Votes of each voter, or their mean.
    activity_sd : float
        Standard deviation of the logarithm of a voter's number of votes; 1.2 gives the heavy tail of real
        crowds.
    prompt_taste : float array (n_prompts, K), optional
        Prompts fixed in advance instead of drawn with ``taste.prompt_sd``.
    outputs : OutputPlan
        What is shown of each contestant; features are called ``style-0``, ``style-1``, ...
    rng : numpy.random.Generator
        The same generator state gives the same votes.
    """
    strengths = np.asarray(strengths, dtype=np.float64)
    k = len(strengths)
    if strengths.ndim != 1 or k < FEWEST or not np.isfinite(strengths).all():
        raise InvalidOptionError("strengths must be two or more finite numbers")
    if min(n_voters, n_prompts, votes_per_voter) < 1 or not activity_sd >= 0:
        raise InvalidOptionError("voters, prompts and votes are at least 1 each, activity_sd at least 0")
    if prompt_taste is None:
        prompt_taste = rng.normal(0.0, taste.prompt_sd, (n_prompts, k))
    voter_taste = rng.normal(0.0, taste.voter_sd, (n_voters, k))
    voter = np.repeat(
        np.arange(n_voters, dtype=np.int32), _activity(n_voters, votes_per_voter, activity_sd, rng)
    )
    n = len(voter)
    prompt = rng.integers(n_prompts, size=n, dtype=np.int32)
    a = rng.integers(k, size=n, dtype=np.int32)
    b = ((a + rng.integers(1, k, size=n)) % k).astype(np.int32)
    drawn = _outputs(outputs, a, b, prompt, rng)
    p = choice_probabilities(
        strengths[a] + voter_taste[voter, a] + prompt_taste[prompt, a] + drawn.advantage + taste.side,
        strengths[b] + voter_taste[voter, b] + prompt_taste[prompt, b],
        tie_rate=taste.tie_rate,
        both_bad_share=taste.both_bad_share,
    )
    outcome = (rng.random(n)[:, None] > np.cumsum(p, axis=1)[:, :3]).sum(axis=1).astype(np.int8)
    return Battles(
        contestants=contestant_names(k),
        a=a,
        b=b,
        outcome=outcome,
        voter=voter,
        prompt=prompt,
        **drawn.columns,
    )


@dataclass(frozen=True, eq=False)
class _DrawnOutputs:
    """Columns of ``Battles`` on the outputs, and the advantage (n,) in log-odds that they give side a."""

    advantage: FloatArray
    columns: dict[str, Any]


def _outputs(
    plan: OutputPlan, a: IntArray, b: IntArray, prompt: IntArray, rng: np.random.Generator
) -> _DrawnOutputs:
    """Show one sample of either contestant for each battle; draws nothing where the plan plants nothing."""
    if plan == OutputPlan():
        return _DrawnOutputs(np.zeros(len(a)), {})
    k, n_prompts = int(max(a.max(), b.max())) + 1, int(prompt.max()) + 1
    n_outputs = k * n_prompts * plan.n_samples
    shown = [
        (side * n_prompts + prompt) * plan.n_samples + rng.integers(plan.n_samples, size=len(a))
        for side in (a, b)
    ]
    luck = rng.normal(0.0, plan.luck_sd, n_outputs)
    columns: dict[str, Any] = {f"output_{side}": code for side, code in zip("ab", shown, strict=True)}
    advantage = luck[shown[0]] - luck[shown[1]]
    if plan.style:
        habit = rng.normal(0.0, plan.contestant_sd, (k, 1, len(plan.style)))
        own = rng.normal(0.0, plan.output_sd, (k, n_prompts * plan.n_samples, len(plan.style)))
        features = np.exp(habit + own).reshape(n_outputs, -1)
        f_a, f_b = features[shown[0]], features[shown[1]]
        advantage += (f_a - f_b) / (f_a + f_b) @ np.array(plan.style)
        columns["feature_names"] = tuple(f"style-{index}" for index in range(len(plan.style)))
        columns |= {"features_a": f_a, "features_b": f_b}
    return _DrawnOutputs(advantage, columns)


def _activity(n_voters: int, mean: int, sd: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the number of votes of each voter, at least 1."""
    if sd == 0:
        return np.full(n_voters, mean)
    drawn = mean * np.exp(rng.normal(-(sd**2) / 2, sd, n_voters))
    return np.asarray(np.maximum(1, np.rint(drawn)), dtype=np.int64)


def contestant_names(k: int) -> tuple[str, ...]:
    """Return k invented names that sort in the order of their codes."""
    width = len(str(max(k - 1, 0)))
    return tuple(f"contestant-{index:0{width}d}" for index in range(k))
