"""What each vote or cluster does to strengths and coefficients, of one style-controlled fit or of several.

The rules are those of ``ratings.uncertainty.clusters`` with a row's vector x in place of a pair: ``plain``
moves the parameters by ``G s_g``, ``jackknife`` by ``(H - H_g)^-1 s_g``. The effects of one cluster on
several fits to the same rows are multiplied together, so that their difference has a variance of its own:
fits to the same votes are anything but independent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratings.data.counts import CodeArray
from ratings.data.style_rows import StyleRows, taken
from ratings.data.validation import FloatArray
from ratings.fits.style import StyleControlResult
from ratings.fits.style_moments import gathered, gauged_inverse, probabilities, squares
from ratings.uncertainty.clusters import NOTHING, SMALL, Correction, Influence, components_without, estimable
from ratings.uncertainty.style_leave_out import leave_out

BLOCK = 2_000_000
"""Most numbers held at once: bounds the memory, not the result."""

LEAST = float(np.finfo(np.float64).eps)
"""Least share of its information that rounding leaves to the others, beside one enormous vote."""

HALF = 0.5
"""A cluster whose leverage exceeds this is left out singly: from 1 on nothing may be left of some parameter.

All leverages together are the number of parameters, so there are few such clusters.
"""


@dataclass(frozen=True, eq=False)
class View:
    """One fit as its rows see it.

    Attributes
    ----------
    rows : StyleRows
        With the fit's terms alone.
    information, inverse : float array (D, D)
        H, and its inverse G on strengths of mean zero.
    residual, curvature : float array (n,)
        Weight times ``share - p``, and weight times ``p (1 - p)``.
    """

    rows: StyleRows
    information: FloatArray
    inverse: FloatArray
    residual: FloatArray
    curvature: FloatArray


def view(fit: StyleControlResult, rows: StyleRows) -> View:
    """Return the view of ``fit``, whose terms are the first of ``rows``."""
    own = rows.prefix(len(fit.terms))
    residual, curvature = np.empty(len(rows)), np.empty(len(rows))
    for part in rows.chunks():
        _, p, q = probabilities(own, fit.parameters, part)
        share, weight = rows.share[part], rows.weight[part]
        residual[part] = weight * (share * q - (1.0 - share) * p)
        curvature[part] = weight * p * q
    inverse = gauged_inverse(fit.information, rows.n_contestants)
    return View(own, fit.information, inverse, residual, curvature)


def style_influence(views: Sequence[View], cluster: CodeArray, correction: Correction) -> Influence:
    """Add up the effects of all clusters on the stacked parameters of the fits.

    Parameters
    ----------
    views : sequence of View
        To the same rows, sorted by cluster.
    cluster : int array (n,)
        0 .. C - 1, ascending.
    """
    if correction == "plain":
        outer = _outer(views, [one.residual for one in views], cluster)
        return Influence(outer, np.ones(len(outer), dtype=bool))
    cuts = _cuts(views[0].rows, cluster)
    leverages = [_leverage(one) for one in views]
    singly = _singly(views[0], cluster, cuts, leverages)
    in_bulk = np.ones(int(cluster[-1]) + 1, dtype=bool)
    in_bulk[singly] = False
    starts = np.concatenate([[0], np.cumsum(np.bincount(cluster))])
    effects = [
        _adjusted(one, leverage, starts, in_bulk) for one, leverage in zip(views, leverages, strict=True)
    ]
    outer = _outer(views, effects, cluster)
    is_estimable = np.concatenate([_in_giant(cuts, one) for one in views])
    for number in singly:
        places = np.arange(starts[number], starts[number + 1])
        found = [_left_out(one, places, cuts.get(int(number))) for one in views]
        effect = np.concatenate([moved for moved, _ in found])
        outer += np.outer(effect, effect)
        is_estimable &= ~np.concatenate([lost for _, lost in found])
    return Influence(outer, is_estimable)


def _in_giant(cuts: dict[int, NDArray[np.int32]], one: View) -> NDArray[np.bool_]:
    """Return which strengths stay comparable whichever cluster is left out; terms are taken to be: (D,)."""
    strengths = estimable(cuts.values(), one.rows.n_contestants)
    return np.concatenate([strengths, np.ones(len(one.rows.terms), dtype=bool)])


def _left_out(
    one: View, places: CodeArray, labels: NDArray[np.int32] | None
) -> tuple[FloatArray, NDArray[np.bool_]]:
    own = taken(one.rows, places)
    everything = slice(0, len(places))
    score = gathered(own, one.residual[places], everything)
    return leave_out(
        one.information,
        squares(own, one.curvature[places], everything),
        score,
        np.zeros(own.n_contestants, dtype=np.int32) if labels is None else labels,
    )


def _singly(
    one: View, cluster: CodeArray, cuts: dict[int, NDArray[np.int32]], leverages: Sequence[FloatArray]
) -> CodeArray:
    """Return the clusters to leave out one at a time: large ones, and those that something may hang on."""
    sizes = np.bincount(cluster)
    chosen = sizes >= max(one.rows.n_parameters, SMALL)
    chosen[list(cuts)] = True
    for leverage in leverages:
        is_single = len(sizes) == len(cluster)
        chosen |= (leverage if is_single else np.bincount(cluster, leverage)) > HALF
    return np.flatnonzero(chosen)


def _cuts(rows: StyleRows, cluster: CodeArray) -> dict[int, NDArray[np.int32]]:
    """Map each cluster whose removal cuts the comparison graph to the components that remain."""
    k = rows.n_contestants
    low, high = np.minimum(rows.first, rows.second), np.maximum(rows.first, rows.second)
    pairs, of_ordered = np.unique(low * k + high, return_inverse=True)
    place = of_ordered[rows.pair]
    limit = (1.0 - NOTHING) * np.bincount(place, rows.weight, len(pairs))
    if len(cluster) == cluster[-1] + 1:  # single votes
        is_owner = rows.weight > limit[place]
        return components_without(pairs, place[is_owner], cluster[is_owner], k)
    cells, cell = np.unique(cluster * len(pairs) + place, return_inverse=True)
    owner, owned = np.divmod(cells, len(pairs))
    is_owner = np.bincount(cell, rows.weight) > limit[owned]
    return components_without(pairs, owned[is_owner], owner[is_owner], k)


def _adjusted(one: View, leverage: FloatArray, starts: CodeArray, in_bulk: NDArray[np.bool_]) -> FloatArray:
    """Return x with ``X' x = (I - H_g G)^-1 s_g`` for the clusters in bulk, and 0 for the others: (n,).

    With m rows to a cluster it solves ``(I - D L) x = residual`` in m x m, ``L = X G X'``.
    """
    sizes = np.diff(starts)
    adjusted = one.residual / np.maximum(1.0 - leverage, LEAST)
    adjusted[~np.repeat(in_bulk, sizes)] = 0.0
    cross = _cross(one)
    for m in np.unique(sizes[in_bulk & (sizes > 1)]):
        of_size = starts[:-1][in_bulk & (sizes == m)]
        for places in _blocks(of_size, int(m), len(one.rows.terms)):
            system = np.eye(int(m)) - one.curvature[places][:, :, None] * _leverages(one, cross, places)
            adjusted[places] = np.linalg.solve(system, one.residual[places][:, :, None])[:, :, 0]
    return adjusted


def _leverage(one: View) -> FloatArray:
    """Return the leverage of each row, ``curvature * x' G x`` (n,): its share in its own fit."""
    g, rows, cross = one.inverse, one.rows, _cross(one)
    by_pair = g[rows.first, rows.first] + g[rows.second, rows.second] - 2 * g[rows.first, rows.second]
    found = np.empty(len(rows))
    for part in rows.chunks():
        z, u = _pulls(one, cross, part)
        found[part] = by_pair[rows.pair[part]]
        for theirs, pull in zip(z, u, strict=True):
            found[part] += 2 * theirs * pull
        found[part] *= one.curvature[part]
    return found


def _cross(one: View) -> FloatArray:
    """Return by ordered pair what its strengths share with the terms in G: (P, T)."""
    k = one.rows.n_contestants
    return np.asarray(one.inverse[one.rows.first, k:] - one.inverse[one.rows.second, k:], dtype=np.float64)


def _blocks(of_size: CodeArray, m: int, n_terms: int) -> Iterator[CodeArray]:
    """Yield rows (clusters, m), as many clusters at once as the memory allows."""
    per_block = max(1, BLOCK // (m * (m + n_terms + 1)) // 4)
    for first in range(0, len(of_size), per_block):
        yield of_size[first : first + per_block, None] + np.arange(m)


def _pulls(one: View, cross: FloatArray, places: CodeArray | slice) -> tuple[FloatArray, FloatArray]:
    """Return z (T, ...) and u (T, ...) of rows: ``x' G x* = theirs by strengths + z u* + u z*``."""
    z, pair = one.rows.z[:, places], one.rows.pair[places]
    k = one.rows.n_contestants
    u = np.tensordot(one.inverse[k:, k:] / 2, z, axes=1)
    for term, by_pair in enumerate(cross.T):
        u[term] += by_pair[pair]
    return z, u


def _leverages(one: View, cross: FloatArray, places: CodeArray) -> FloatArray:
    """Return ``X G X'`` (clusters, m, m) of rows (clusters, m)."""
    k, d = one.rows.n_contestants, one.rows.n_parameters
    flat, pair = one.inverse.ravel(), one.rows.pair[places]
    a, b = one.rows.first[pair], one.rows.second[pair]
    found = np.zeros((*places.shape, places.shape[1]))
    for sign, row, column in ((1.0, a, a), (-1.0, a, b), (-1.0, b, a), (1.0, b, b)):
        found += sign * flat.take(row[:, :, None] * d + column[:, None, :])
    if d > k:
        z, u = _pulls(one, cross, places)
        mixed = np.einsum("tcm,tcn->cmn", z, u)
        found += mixed + np.swapaxes(mixed, 1, 2)
    return found


def _outer(views: Sequence[View], effects: Sequence[FloatArray], cluster: CodeArray) -> FloatArray:
    """Return the sum over clusters of the outer products of ``G X' effect`` stacked over the views."""
    widths = [one.rows.n_parameters for one in views]
    ends = np.cumsum(widths)
    scores = np.zeros((ends[-1], ends[-1]))
    is_alone = np.ones(len(cluster), dtype=bool)
    if cluster[-1] + 1 < len(cluster):
        is_alone = np.bincount(cluster)[cluster] == 1
    for one, effect, end in zip(views, effects, ends, strict=True):
        for other, its_effect, its_end in zip(views, effects, ends, strict=True):
            wide = one if one.rows.n_parameters >= other.rows.n_parameters else other
            block = _alone(wide.rows, effect * its_effect * is_alone)
            height, width = one.rows.n_parameters, other.rows.n_parameters
            scores[end - height : end, its_end - width : its_end] = block[:height, :width]
    if not is_alone.all():
        scores += _together(views, effects, cluster, np.flatnonzero(~is_alone))
    bread = np.zeros_like(scores)
    for one, width, end in zip(views, widths, ends, strict=True):
        bread[end - width : end, end - width : end] = one.inverse
    return np.asarray(bread @ scores @ bread, dtype=np.float64)


def _alone(rows: StyleRows, products: FloatArray) -> FloatArray:
    total = np.zeros((rows.n_parameters, rows.n_parameters))
    for part in rows.chunks():
        total += squares(rows, products[part], part)
    return total


def _together(
    views: Sequence[View], effects: Sequence[FloatArray], cluster: CodeArray, places: CodeArray
) -> FloatArray:
    """Return the same for clusters of several rows, a block of clusters at a time."""
    _, number = np.unique(cluster[places], return_inverse=True)
    width = sum(one.rows.n_parameters for one in views)
    per_block = max(1, BLOCK // width)
    total = np.zeros((width, width))
    for first in range(0, int(number[-1]) + 1, per_block):
        start, stop = np.searchsorted(number, [first, first + per_block])
        own = number[start:stop] - first
        score = np.concatenate(
            [
                _scores(one, effect, places[start:stop], own)
                for one, effect in zip(views, effects, strict=True)
            ],
            axis=1,
        )
        total += score.T @ score
    return total


def _scores(one: View, effect: FloatArray, places: CodeArray, own: CodeArray) -> FloatArray:
    """Return ``X' effect`` of consecutive clusters: (C, D)."""
    k, n = one.rows.n_contestants, int(own[-1]) + 1
    pair, values = one.rows.pair[places], effect[places]
    strengths = np.bincount(own * k + one.rows.first[pair], values, n * k)
    strengths -= np.bincount(own * k + one.rows.second[pair], values, n * k)
    terms = [np.bincount(own, values * z[places], n)[:, None] for z in one.rows.z]
    return np.concatenate([strengths.reshape(n, k), *terms], axis=1)
