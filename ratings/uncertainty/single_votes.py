"""What each vote, taken as independent of all others, does to the strengths: the iid sandwich from counts.

A vote of weight w on a pair, with ``p`` its fitted probability of the first and ``r`` what was chosen less
what was expected (``1 - p``, ``-p``, or ``1/2 - p`` of a tie), moves the strengths by ``w r G (e_i - e_j)``.
Leaving it out moves them by that over ``1 - w p (1 - p) R`` with ``R = G_ii + G_jj - 2 G_ij``, its leverage
(Pregibon 1981, "Logistic regression diagnostics", Annals of Statistics 9, 705-724). Both depend on the pair,
the outcome and the weight alone, so unweighted votes are never looked at one by one. The result is that of
clusters of one vote each.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Battles
from ratings.data.counts import CHUNK, CodeArray, met_matrix, met_pairs, outcome_counts
from ratings.data.graph import reaches_all
from ratings.data.pairs import Pairs
from ratings.data.validation import FloatArray
from ratings.fits.bradley_terry import BradleyTerryResult
from ratings.fits.newton import chances, mean_zero_inverse
from ratings.uncertainty.clusters import NOTHING, Correction, Influence, components_without, estimable

LEAST = float(np.finfo(np.float64).eps)
"""Least share of a pair's information that rounding leaves to the others, beside one enormous vote."""

KINDS = np.array([[0, 1, 2, 2], [1, 0, 2, 2]])
"""Whether i won (0), j won (1) or nobody (2), by whether j is on side a, and ``Outcome``."""


def vote_influence(fit: BradleyTerryResult, battles: Battles, correction: Correction) -> Influence:
    """Add up the effects of all votes on the strengths of ``fit``, as if each were a cluster of its own."""
    is_jackknife = correction == "jackknife"
    g = mean_zero_inverse(fit.information)
    total = met_matrix(battles)
    pairs = met_pairs(total)
    cuts = _cuts(battles, total, pairs) if is_jackknife else {}
    met = _met(fit.strengths, g, pairs)
    if not is_jackknife:
        met.leverage[:] = 0.0
    # strengths meet a bridge between two groups exactly: its residual is rounding, its leverage one
    met.residual[:, np.searchsorted(pairs, list(cuts))] = 0.0
    squares = _squares_of_counts(battles, met) if battles.is_unweighted else _squares_of_rows(battles, met)
    outer = g @ met.pairs.laplacian(squares) @ g
    is_estimable = estimable(cuts.values(), len(g)) if is_jackknife else _votes(battles) > 1
    return Influence(np.asarray(outer, dtype=np.float64), is_estimable)


@dataclass(frozen=True, eq=False)
class _Met:
    """The pairs that met: residual of a win of i, of j, and of a tie (3, P); leverage of a vote of 1 (P,)."""

    pairs: Pairs
    residual: FloatArray
    leverage: FloatArray


def _met(strengths: FloatArray, g: FloatArray, pairs: CodeArray) -> _Met:
    k = len(g)
    i, j = np.divmod(pairs, k)
    p, q = chances(strengths, i, j)
    own = np.diag(g)
    leverage = p * q * (own.take(i) + own.take(j) - 2 * g.take(pairs))
    return _Met(Pairs(i, j, k), np.stack([q, -p, (q - p) / 2]), np.asarray(leverage, dtype=np.float64))


def _squares_of_counts(battles: Battles, met: _Met) -> FloatArray:
    """Return the sum of squared effects by pair, (P,), of votes that all weigh one."""
    k = battles.n_contestants
    counts = outcome_counts(battles).reshape(k * k, 4)
    i, j = met.pairs.i, met.pairs.j
    this, other = counts.take(i * k + j, axis=0), counts.take(j * k + i, axis=0)
    n_ties = this[:, 2] + this[:, 3] + other[:, 2] + other[:, 3]
    n_votes = np.stack([this[:, 0] + other[:, 1], this[:, 1] + other[:, 0], n_ties])
    found = (n_votes * met.residual**2).sum(axis=0)
    return np.asarray(found / np.maximum(1.0 - met.leverage, LEAST) ** 2, dtype=np.float64)


def _squares_of_rows(battles: Battles, met: _Met) -> FloatArray:
    """Return the same of votes with weights of their own, a bounded number of rows at a time."""
    k, n_pairs = battles.n_contestants, len(met.leverage)
    place = np.zeros(k * k, dtype=np.int64)
    place[met.pairs.i * k + met.pairs.j] = place[met.pairs.j * k + met.pairs.i] = np.arange(n_pairs)
    found = np.zeros(n_pairs)
    for rows, code in _pair_codes(battles):
        pair, weight = place[code], battles.weight[rows]
        is_swapped = battles.a[rows] > battles.b[rows]
        kind = KINDS[is_swapped.astype(np.int64), battles.outcome[rows]]
        left = np.maximum(1.0 - weight * met.leverage[pair], LEAST)
        found += np.bincount(pair, (weight * met.residual[kind, pair] / left) ** 2, n_pairs)
    return found


def _votes(battles: Battles) -> FloatArray:
    """Return the number of votes on each contestant."""
    if battles.is_unweighted:
        return np.asarray(met_matrix(battles).sum(axis=1), dtype=np.float64)
    k = battles.n_contestants
    both = np.bincount(battles.a, minlength=k) + np.bincount(battles.b, minlength=k)
    return both.astype(np.float64)


def _cuts(battles: Battles, total: FloatArray, pairs: CodeArray) -> dict[int, NDArray[np.int32]]:
    """Map each pair, coded i * K + j, on which a single vote keeps two groups together to those groups."""
    k = battles.n_contestants
    owned = _owned(battles, total.ravel(), pairs)
    is_shared = total > 0
    is_shared.flat[np.concatenate([owned, owned % k * k + owned // k])] = False
    if reaches_all(is_shared):
        return {}
    return components_without(pairs, np.searchsorted(pairs, owned), owned, k)


def _owned(battles: Battles, total: FloatArray, pairs: CodeArray) -> CodeArray:
    """Return the pairs, coded i * K + j with i < j, that hold one vote or next to nothing besides one."""
    if battles.is_unweighted:
        return np.asarray(pairs[total.take(pairs) == 1], dtype=np.int64)
    k = battles.n_contestants
    limit = (1.0 - NOTHING) * total
    owned = [pair[battles.weight[rows] > limit[pair]] for rows, pair in _pair_codes(battles)]
    a, b = np.divmod(np.concatenate(owned), k)
    return np.unique(np.minimum(a, b) * k + np.maximum(a, b))


def _pair_codes(battles: Battles) -> Iterable[tuple[slice, CodeArray]]:
    """Yield slices of rows with a * K + b of each."""
    for first in range(0, len(battles), CHUNK):
        rows = slice(first, first + CHUNK)
        yield rows, battles.a[rows].astype(np.int64) * battles.n_contestants + battles.b[rows]
