"""How far one single voter, or one single prompt, moves the ratings."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ratings import points
from ratings.data.battles import Battles
from ratings.data.counts import CodeArray, PairSums, cluster_codes, pair_sums, win_matrix
from ratings.data.validation import FloatArray, read_only
from ratings.diagnostics.folds import By
from ratings.diagnostics.refits import refitted
from ratings.errors import InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import BradleyTerryResult, check_fitted_to
from ratings.fits.newton import mean_zero_inverse

ROUNDING = 1e-9
"""Share of a cell below which what a cluster leaves of it is rounding."""
BLOCK = 4_000_000
"""Most numbers held at once while influences are computed."""


@dataclass(frozen=True, eq=False)
class LeaveOneOut:
    """Exact effects of leaving one cluster out, largest first.

    Attributes
    ----------
    by : {"voter", "prompt"}
        What is left out.
    clusters : int array (m,)
        Its codes.
    change : float array (m,)
        Largest change of a rating, in points, without this cluster; infinite where no finite ratings remain.
    contestants : tuple of str
        Whose rating changes most; "" where no finite ratings remain.
    weight : float array (m,)
        Weight of the cluster's votes.
    is_leader_kept : bool array (m,)
        Whether the first stays first.
    n_clusters : int
        How many there are; those not listed were not refitted.
    """

    by: By
    clusters: CodeArray
    change: FloatArray
    contestants: tuple[str, ...]
    weight: FloatArray
    is_leader_kept: NDArray[np.bool_]
    n_clusters: int


def leave_one_out(fit: BradleyTerryResult, battles: Battles, *, by: By, top: int = 20) -> LeaveOneOut:
    """Refit without each of the clusters that look most influential, one at a time.

    Two lists of ``top`` clusters are refitted: those of the largest first-order effect ``max |G s_g|`` (s_g
    the cluster's score), and those of the largest leverage ``trace(G H_g)``, because a cluster that alone
    holds a comparison pulls the fit to itself and shows no score.

    Parameters
    ----------
    by : {"voter", "prompt"}
        What is left out as a whole.
    top : int
        Length of either list.

    Raises
    ------
    TooFewClustersError
        When the column is missing, or leaving a cluster out leaves no vote.
    """
    if by not in ("voter", "prompt"):
        raise InvalidOptionError(f"by {by!r} is not one of voter, prompt")
    counted = battles.counted(fit.both_bad)
    check_fitted_to(fit, counted)
    codes = cluster_codes(counted, by)
    names = np.unique(codes)
    if len(names) < 2:  # noqa: PLR2004 - one must remain
        raise TooFewClustersError(f"{len(names)} {by} to leave out; at least 2 are needed")
    sums = pair_sums(counted, codes)
    tried = _most_influential(fit, sums, top)
    wins = win_matrix(counted)
    strengths = [refitted(_without(wins, sums, cluster), fit.strengths) for cluster in tried]
    weight = np.bincount(sums.cluster, sums.won + sums.lost, minlength=len(names)).astype(np.float64)
    return _sorted(fit, by, names, tried, strengths, weight)


def _most_influential(fit: BradleyTerryResult, sums: PairSums, top: int) -> list[int]:
    gap = fit.strengths[sums.i] - fit.strengths[sums.j]
    residual = sums.won * expit(-gap) - sums.lost * expit(gap)
    curvature = (sums.won + sums.lost) * expit(gap) * expit(-gap)
    g = mean_zero_inverse(fit.information)
    variance = g[sums.i, sums.i] + g[sums.j, sums.j] - 2 * g[sums.i, sums.j]
    leverage = np.bincount(sums.cluster, curvature * variance, minlength=sums.n_clusters)
    effect = np.zeros(sums.n_clusters)
    per_block = max(1, BLOCK // len(g))
    starts = np.searchsorted(sums.cluster, np.arange(0, sums.n_clusters + per_block, per_block))
    for block, (first, last) in enumerate(itertools.pairwise(starts)):
        cluster = sums.cluster[first:last] - block * per_block
        size = min(per_block, sums.n_clusters - block * per_block)
        score = np.zeros((size, len(g)))
        np.add.at(score, (cluster, sums.i[first:last]), residual[first:last])
        np.add.at(score, (cluster, sums.j[first:last]), -residual[first:last])
        effect[block * per_block :][:size] = np.abs(score @ g).max(axis=1)
    lists = (np.argsort(-values, kind="stable")[:top] for values in (effect, leverage))
    return sorted({int(cluster) for found in lists for cluster in found})


def _without(wins: FloatArray, sums: PairSums, cluster: int) -> FloatArray:
    """Return the win matrix less one cluster, exactly zero where the cluster held all of a cell."""
    first, last = np.searchsorted(sums.cluster, [cluster, cluster + 1])
    own = np.zeros_like(wins)
    own[sums.i[first:last], sums.j[first:last]] = sums.won[first:last]
    own[sums.j[first:last], sums.i[first:last]] = sums.lost[first:last]
    left = wins - own
    return np.where(left > ROUNDING * wins, left, 0.0)


def _sorted(
    fit: BradleyTerryResult,
    by: By,
    names: CodeArray,
    tried: list[int],
    strengths: list[FloatArray | None],
    weight: FloatArray,
) -> LeaveOneOut:
    leader = int(np.argmax(fit.strengths))
    moved = [None if found is None else np.abs(found - fit.strengths) for found in strengths]
    change = np.array([np.inf if move is None else points.SCALE * move.max() for move in moved])
    who = ["" if move is None else fit.contestants[int(np.argmax(move))] for move in moved]
    kept = [found is not None and int(np.argmax(found)) == leader for found in strengths]
    order = np.argsort(-change, kind="stable")
    codes = np.array(tried, dtype=np.int64)[order]
    return LeaveOneOut(
        by=by,
        clusters=names[codes],
        change=read_only(change[order]),
        contestants=tuple(who[place] for place in order),
        weight=read_only(weight[codes]),
        is_leader_kept=np.array(kept, dtype=np.bool_)[order],
        n_clusters=len(names),
    )
