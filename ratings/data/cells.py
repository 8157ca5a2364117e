"""Battles collapsed to cells: who met whom, on which side, with which outcome.

A model of the four outcomes sees a battle only through its cell and its weight, so a fit costs as much as
there are cells, however many votes fell into them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Battles, Outcome
from ratings.data.counts import outcome_counts
from ratings.data.validation import FloatArray

N_OUTCOMES = len(Outcome)

MIRRORED = np.array([Outcome.B, Outcome.A, Outcome.TIE, Outcome.BOTH_BAD])
"""Each outcome as seen with the sides swapped."""


@dataclass(frozen=True, eq=False, kw_only=True)
class OutcomeCells:
    """The distinct cells of some battles, sorted by a, b and outcome.

    Attributes
    ----------
    a, b : int array (m,)
        Contestants on the two sides; a < b where the sides do not matter.
    outcome : int array (m,)
        Codes of ``Outcome``.
    weight : float array (m,)
        Sum of the weights.
    n_contestants : int
        Number of contestants, those without battles included.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    outcome: NDArray[np.int64]
    weight: FloatArray
    n_contestants: int


def cell_keys(battles: Battles, *, oriented: bool, pooled: bool) -> NDArray[np.int64]:
    """Return the key of each battle's cell, ``(a * K + b) * 4 + outcome``, int array (n,).

    Parameters
    ----------
    oriented : bool
        Whether the sides matter; else the contestant of the lower code is put on side a.
    pooled : bool
        Whether a both-bad is coded as a tie.
    """
    k = battles.n_contestants
    a, b = battles.a.astype(np.int64), battles.b.astype(np.int64)
    outcome = battles.outcome.astype(np.int64)
    if pooled:
        outcome[outcome == Outcome.BOTH_BAD] = Outcome.TIE
    if not oriented:
        swap = a > b
        a[swap], b[swap] = b[swap], a[swap]
        outcome[swap] = MIRRORED[outcome[swap]]
    return np.asarray((a * k + b) * N_OUTCOMES + outcome, dtype=np.int64)


def outcome_cells(battles: Battles, *, oriented: bool, pooled: bool) -> OutcomeCells:
    """Collapse battles exactly to their cells of positive weight; arguments as in ``cell_keys``."""
    counts = outcome_counts(battles).copy()
    if pooled:
        counts[..., Outcome.TIE] += counts[..., Outcome.BOTH_BAD]
        counts[..., Outcome.BOTH_BAD] = 0.0
    if not oriented:
        counts += counts.transpose(1, 0, 2)[..., MIRRORED]  # a copy, by the list of places
        counts[np.tri(len(counts), dtype=bool)] = 0.0  # a battle has two contestants: the diagonal is empty
    a, b, outcome = np.nonzero(counts)
    return OutcomeCells(
        a=a, b=b, outcome=outcome, weight=counts[a, b, outcome], n_contestants=battles.n_contestants
    )
