"""From battles to the counts of a resample: weight of wins by pair, with every unit as often as it was drawn.

A cell is what is always drawn alike: votes of one pair, outcome and weight; or votes of one pair and voter,
of one pair and prompt, or of both. Its weight in a resample is the number of draws of its unit, or the
product of those of its voter and its prompt.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ratings.data.battles import Battles, Outcome
from ratings.data.cells import N_OUTCOMES, cell_keys
from ratings.data.counts import CodeArray, cluster_codes, dense_codes, outcome_counts, pair_sums
from ratings.data.pairs import Pairs
from ratings.data.validation import FloatArray
from ratings.errors import TooFewClustersError

SLAB = 4096
"""Cells weighed at once: their weights in all resamples of a block stay in the cache."""

SHARE = np.array([1.0, 0.0, 0.5])
"""Share of a win that i gets when i won, j won, or nobody."""


@dataclass(frozen=True, eq=False)
class Slab:
    """Some neighbouring cells: ``sums``, sparse (2 p, cells), are their wins of i, then of j, by pair."""

    cells: slice
    pairs: slice
    sums: csr_array


@dataclass(frozen=True, eq=False)
class Cells:
    """What is weighed again in every resample.

    Attributes
    ----------
    pairs : Pairs
        The P pairs that met.
    units : tuple of int arrays (u,)
        What is drawn, votes, or voters, or voters and prompts: how many units of each kind there are. A voter
        is one of a kind.
    unit_of_cell : tuple of int arrays (m,)
        For each of ``units``, the kind that a cell belongs to. Cells are sorted by pair.
    slabs : tuple of Slab
        All cells, SLAB at a time.
    """

    pairs: Pairs
    units: tuple[CodeArray, ...]
    unit_of_cell: tuple[CodeArray, ...]
    slabs: tuple[Slab, ...]


def vote_cells(battles: Battles) -> Cells:
    """Return the cells for drawing single votes; costs as much as there are kinds of votes, not votes."""
    keys, weight, count = _kinds_of_votes(battles)
    if count.sum() <= 1:
        raise TooFewClustersError("fewer than 2 votes; resampling them shows nothing")
    share = SHARE[keys % N_OUTCOMES]
    of_cell = (np.arange(len(keys)),)
    k = battles.n_contestants
    return _cells(k, keys // N_OUTCOMES, (weight * share, weight * (1.0 - share)), (count,), of_cell)


def cluster_cells(battles: Battles, kinds: Sequence[str]) -> Cells:
    """Return the cells for drawing whole voters, whole prompts, or both.

    Raises
    ------
    TooFewClustersError
        When a column is missing or holds fewer than two clusters.
    """
    codes, sizes = zip(*(dense_codes(cluster_codes(battles, kind)) for kind in kinds), strict=True)
    for kind, size in zip(kinds, sizes, strict=True):
        if size <= 1:
            raise TooFewClustersError(f"fewer than 2 {kind}s; resampling them shows nothing")
    joint = codes[0] if len(codes) == 1 else codes[0] * sizes[1] + codes[1]
    sums = pair_sums(battles, joint)
    names = np.unique(joint)[sums.cluster]
    units_of = (names,) if len(codes) == 1 else (names // sizes[1], names % sizes[1])
    pair = sums.i * battles.n_contestants + sums.j
    order = np.argsort(pair, kind="stable")
    return _cells(
        battles.n_contestants,
        pair[order],
        (sums.won[order], sums.lost[order]),
        tuple(np.ones(size, dtype=np.int64) for size in sizes),
        tuple(units[order] for units in units_of),
    )


def resampled(cells: Cells, tables: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Return the weight of wins of i and of j, float arrays (P, B), in the resamples of a block.

    Parameters
    ----------
    tables : float arrays (u, B)
        For each of ``cells.units``, how often each kind is drawn in each resample.
    """
    n = tables[0].shape[1]
    wins = np.zeros((2, len(cells.pairs.i), n))
    weight, factor = np.empty((SLAB, n)), np.empty((SLAB, n))
    for slab in cells.slabs:
        here = weight[: slab.cells.stop - slab.cells.start]
        np.take(tables[0], cells.unit_of_cell[0][slab.cells], axis=0, out=here, mode="clip")
        for table, unit in zip(tables[1:], cells.unit_of_cell[1:], strict=True):
            other = factor[: len(here)]
            here *= np.take(table, unit[slab.cells], axis=0, out=other, mode="clip")
        wins[:, slab.pairs] += (slab.sums @ here).reshape(2, -1, n)
    return wins[0], wins[1]


def whole(cells: Cells) -> tuple[FloatArray, FloatArray]:
    """Return the weight of wins of i and of j, float arrays (P,), in the votes themselves."""
    won, lost = resampled(cells, [count[:, None].astype(np.float64) for count in cells.units])
    return won[:, 0], lost[:, 0]


def _kinds_of_votes(battles: Battles) -> tuple[CodeArray, FloatArray, CodeArray]:
    """Return key (as in ``cell_keys``, pooled), weight and number of the votes of each kind, by pair."""
    if not battles.is_unweighted:
        weights, code = np.unique(battles.weight, return_inverse=True)
        keys = cell_keys(battles, oriented=False, pooled=True)
        kinds, count = np.unique(keys * len(weights) + code, return_counts=True)
        return kinds // len(weights), weights[kinds % len(weights)], count
    by_side = outcome_counts(battles)
    other = by_side.transpose(1, 0, 2)
    won = by_side[:, :, Outcome.A] + other[:, :, Outcome.B]
    undecided = (by_side + other)[:, :, [Outcome.TIE, Outcome.BOTH_BAD]].sum(axis=2)
    counts = np.zeros_like(by_side)
    counts[:, :, Outcome.A], counts[:, :, Outcome.B], counts[:, :, Outcome.TIE] = won, won.T, undecided
    counts[np.tril_indices(len(counts))] = 0
    kinds = np.flatnonzero(counts)
    return kinds, np.ones(len(kinds)), counts.ravel()[kinds].astype(np.int64)


def _cells(
    k: int,
    pair: CodeArray,
    wins: tuple[FloatArray, FloatArray],
    units: tuple[CodeArray, ...],
    unit_of_cell: tuple[CodeArray, ...],
) -> Cells:
    """Bind cells sorted by pair, coded i * k + j, whose weights of wins of i and of j are ``wins``."""
    names, row = np.unique(pair, return_inverse=True)
    slabs = tuple(_slab(row, wins, slice(s, min(s + SLAB, len(row)))) for s in range(0, len(row), SLAB))
    return Cells(Pairs(names // k, names % k, k), units, unit_of_cell, slabs)


def _slab(row: NDArray[np.int64], wins: tuple[FloatArray, FloatArray], cells: slice) -> Slab:
    here = row[cells]
    first, n = int(here[0]), int(here[-1] - here[0]) + 1
    rows = np.concatenate([here - first, here - first + n])
    columns = np.tile(np.arange(len(here)), 2)
    values = np.concatenate([wins[0][cells], wins[1][cells]])
    there = values > 0
    sums = csr_array((values[there], (rows[there], columns[there])), shape=(2 * n, len(here)))
    return Slab(cells, slice(first, first + n), sums)
