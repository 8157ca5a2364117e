"""Elo: a live, order-dependent display, never the rating.

After each battle side a gains ``k (y - E)`` points and side b loses as many, where y is a's share of the win
(1, 0, or 1/2 without a winner) and ``E = 1 / (1 + 10^((R_b - R_a) / 400))`` (Elo 1978, "The Rating of
Chessplayers, Past and Present"). The same votes in another order give other numbers, and the last votes count
most: `bradley_terry` is the rating. `elo_permutations` shows how much of an Elo table is the order.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratings import points
from ratings.data.battles import POINTS_FOR_A, Battles, BothBad
from ratings.data.validation import FloatArray, read_only
from ratings.errors import InvalidBattlesError, InvalidOptionError

BLOCK = 25_000_000
"""Most positions of shuffled votes held at once (4 bytes each): bounds the memory, not the result."""
MAX_K = 400.0
"""Steps beyond this make even one vote worth odds of ten to one."""
STEPS = 1024
"""Votes looked up at once for all shuffles of a block."""


@dataclass(frozen=True, eq=False)
class EloResult:
    """Elo after one pass through the votes in their given order; another order gives other numbers.

    Attributes
    ----------
    contestants : tuple of str
        Names, in the order of ``elo``.
    elo : float array (K,)
        Points; all start at 1000, so their mean stays 1000.
    k, both_bad
        The parameters.
    """

    contestants: tuple[str, ...]
    elo: FloatArray
    k: float
    both_bad: BothBad


@dataclass(frozen=True, eq=False)
class EloPermutations:
    """Elo over shuffled votes: the mean hardly depends on the order, the spread is what the order does.

    Attributes
    ----------
    contestants : tuple of str
        Names, in the order of the arrays.
    mean : float array (K,)
        Mean Elo over the shuffles, points.
    order_sd : float array (K,)
        Standard deviation over the shuffles, points: noise of the order alone. It is not a standard error: it
        says nothing about other voters.
    n_orders : int
        How many different rankings the shuffles gave.
    n_permutations, k, both_bad
        The parameters.
    """

    contestants: tuple[str, ...]
    mean: FloatArray
    order_sd: FloatArray
    n_orders: int
    n_permutations: int
    k: float
    both_bad: BothBad


def elo(battles: Battles, *, k: float = 4.0, both_bad: BothBad = "half") -> EloResult:
    """Walk once through the votes in row order; a display that depends on this order, never the rating.

    Parameters
    ----------
    k : float
        Most points that one vote moves; above 0, at most 400.
    both_bad : {"half", "drop"}
        Count a both-bad as half a win for both, or leave it out.

    Raises
    ------
    InvalidBattlesError
        When a weight is neither 0 nor 1: a pass takes votes one by one.
    InvalidOptionError
        When ``k`` is out of its range.
    """
    counted = _single_votes(battles, k, both_bad)
    rating = [points.CENTRE] * counted.n_contestants
    exp, scale = math.exp, points.SCALE
    shares = (k * POINTS_FOR_A[counted.outcome]).tolist()
    for a, b, won in zip(counted.a.tolist(), counted.b.tolist(), shares, strict=True):
        gain = won - k / (1.0 + exp((rating[b] - rating[a]) / scale))
        rating[a] += gain
        rating[b] -= gain
    return EloResult(battles.contestants, read_only(np.array(rating)), k, both_bad)


def elo_permutations(
    battles: Battles,
    *,
    n_permutations: int = 100,
    k: float = 4.0,
    both_bad: BothBad = "half",
    rng: np.random.Generator,
) -> EloPermutations:
    """Shuffle the votes, walk through each shuffle, and report the mean and the spread.

    Parameters
    ----------
    n_permutations : int
        Shuffles, at least 2; at least 100 are advised (Boubdir et al. 2023, "Elo Uncovered").
    rng : numpy.random.Generator
        The same generator state gives the same result.

    Raises
    ------
    InvalidBattlesError
        When a weight is neither 0 nor 1.
    InvalidOptionError
        When ``k`` or ``n_permutations`` cannot be.
    """
    if n_permutations < 2:  # noqa: PLR2004 - a spread needs two
        raise InvalidOptionError(f"n_permutations {n_permutations} is not at least 2")
    counted = _single_votes(battles, k, both_bad)
    elos = np.concatenate(
        [_walk(counted, order, k) for order in _shuffles(len(counted), n_permutations, rng)]
    )
    return EloPermutations(
        contestants=battles.contestants,
        mean=read_only(elos.mean(axis=0)),
        order_sd=read_only(elos.std(axis=0, ddof=1)),
        n_orders=len(np.unique(np.argsort(-elos, axis=1, kind="stable"), axis=0)),
        n_permutations=n_permutations,
        k=k,
        both_bad=both_bad,
    )


def _single_votes(battles: Battles, k: float, both_bad: BothBad) -> Battles:
    if not 0 < k <= MAX_K:
        raise InvalidOptionError(f"k {k} is not above 0 and at most {MAX_K} points")
    if not battles.is_unweighted:
        is_part = (battles.weight != 0) & (battles.weight != 1)
        if is_part.any():
            row = int(np.argmax(is_part))
            raise InvalidBattlesError(f"weight {battles.weight[row]}: Elo takes votes one by one", row + 1)
    return battles.counted(both_bad)


def _shuffles(n: int, n_permutations: int, rng: np.random.Generator) -> Iterator[NDArray[np.int32]]:
    """Yield blocks (n, lanes) whose columns are shuffles of the rows."""
    per_block = max(1, BLOCK // max(n, 1))
    for first in range(0, n_permutations, per_block):
        lanes = min(per_block, n_permutations - first)
        block = np.empty((n, lanes), dtype=np.int32)
        for lane in range(lanes):
            block[:, lane] = rng.permutation(n)
        yield block


def _walk(battles: Battles, order: NDArray[np.int32], k: float) -> FloatArray:
    """Return the Elo (lanes, K) of all shuffles, which step together: one vote of each at a time."""
    lanes = order.shape[1]
    n_contestants = battles.n_contestants
    rating = np.full(lanes * n_contestants, points.CENTRE)
    lane = np.arange(lanes) * n_contestants
    share = k * POINTS_FOR_A
    for first in range(0, len(order), STEPS):
        rows = order[first : first + STEPS]
        places_a, places_b = battles.a[rows] + lane, battles.b[rows] + lane
        for a, b, won in zip(places_a, places_b, share[battles.outcome[rows]], strict=True):
            at_a, at_b = rating[a], rating[b]
            gain = won - k / (1.0 + np.exp((at_b - at_a) / points.SCALE))
            rating[a] = at_a + gain
            rating[b] = at_b - gain
    return rating.reshape(lanes, n_contestants)
