"""Battles collapsed to what a curve sees: a pair of contestants at a difficulty, and the four outcomes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Battles
from ratings.data.cells import MIRRORED
from ratings.data.validation import FloatArray


@dataclass(frozen=True, eq=False)
class Cells:
    """Sums over battles of one unordered pair at one difficulty.

    Attributes
    ----------
    i, j : int array (P,)
        The pair, i < j.
    difficulty : float array (P,)
        Of the prompt; the same for both sides.
    weight : float array (P, 4)
        By outcome, side a being i.
    contestants : tuple of str
    row_cell, row_outcome : int array (n,)
        Cell of each battle, and its outcome with side a being i.
    """

    i: NDArray[np.int64]
    j: NDArray[np.int64]
    difficulty: FloatArray
    weight: FloatArray
    contestants: tuple[str, ...]
    row_cell: NDArray[np.int64]
    row_outcome: NDArray[np.int64]

    @property
    def n_contestants(self) -> int:
        """The number K of contestants."""
        return len(self.contestants)


def collapse(battles: Battles, difficulty: FloatArray) -> Cells:
    """Collapse battles with their difficulties (n,) to distinct (pair, difficulty)."""
    k = battles.n_contestants
    values, point = np.unique(difficulty, return_inverse=True)
    i = np.minimum(battles.a, battles.b).astype(np.int64)
    j = np.maximum(battles.a, battles.b).astype(np.int64)
    key, cell = _coded((i * k + j) * len(values) + point, k * k * len(values))
    outcome = np.where(battles.a == i, battles.outcome, MIRRORED[battles.outcome]).astype(np.int64)
    weight = np.bincount(4 * cell + outcome, weights=battles.weight, minlength=4 * len(key))
    return Cells(
        i=key // len(values) // k,
        j=key // len(values) % k,
        difficulty=values[key % len(values)],
        weight=np.asarray(weight.reshape(-1, 4), dtype=np.float64),
        contestants=battles.contestants,
        row_cell=cell,
        row_outcome=outcome,
    )


def _coded(key: NDArray[np.int64], limit: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the sorted distinct keys and the place of each among them; counted where that beats sorting."""
    if limit > 4 * len(key) + 1000:
        names, code = np.unique(key, return_inverse=True)
        return names, code.astype(np.int64)
    is_there = np.bincount(key, minlength=limit) > 0
    return np.flatnonzero(is_there), (np.cumsum(is_there) - 1)[key]
