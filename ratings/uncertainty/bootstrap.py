"""Cluster bootstrap: draw whole voters, prompts or both again, and fit every resample to the end.

A resample is a weight per cluster: how often it was drawn with replacement. Two-way is the pigeonhole
bootstrap of Owen (2007), "The pigeonhole bootstrap", Annals of Applied Statistics 1, 386-411: a vote weighs
its voter's count times its prompt's count, which errs on the wide side.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from ratings.data.battles import Battles, BothBad
from ratings.data.counts import CodeArray, PairSums, cluster_codes, pair_sums
from ratings.data.pairs import Pairs
from ratings.data.validation import FloatArray, check_level, read_only
from ratings.errors import InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.newton import TOLERANCE, mean_zero_inverse, newton_near

BootstrapCluster = Literal["voter", "prompt", "two_way"]

BLOCK = 4_000_000
"""Most numbers held at once per array; bounds the memory."""
MAX_BLOCK = 250
"""Most resamples between two calls of ``progress``."""


@dataclass(frozen=True, eq=False)
class BootstrapResult:
    """Distribution of the strengths over resamples.

    Attributes
    ----------
    contestants : tuple of str
        Names, in the order of the arrays.
    strengths : float array (K,)
        The fit to the votes themselves, log-odds, mean zero.
    low, high : float array (K,)
        Percentile interval, log-odds; NaN when no resample could be fitted.
    standard_error : float array (K,)
        Log-odds; NaN when fewer than two resamples could be fitted.
    distribution : float array (n_fitted, K)
        Strengths of each fitted resample, each with mean zero.
    n_resamples, n_disconnected : int
        Resamples drawn, and how many of them have no finite strengths because "beats" fell apart. Those are
        missing from ``distribution``, so with many of them the interval is too narrow: read the figure before
        the interval.
    cluster, both_bad, level, tolerance
        The parameters.
    """

    contestants: tuple[str, ...]
    strengths: FloatArray
    low: FloatArray
    high: FloatArray
    standard_error: FloatArray
    distribution: FloatArray
    n_resamples: int
    n_disconnected: int
    cluster: BootstrapCluster
    both_bad: BothBad
    level: float
    tolerance: float


@dataclass(frozen=True, eq=False)
class _Cells:
    """Counts to be weighed: sparse wins (cells, P) of either side, and the clusters of each cell."""

    pairs: Pairs
    won: csr_array
    lost: csr_array
    clusters: tuple[CodeArray, ...]


def bootstrap(
    battles: Battles,
    *,
    cluster: BootstrapCluster,
    n_resamples: int,
    rng: np.random.Generator,
    both_bad: BothBad = "half",
    level: float = 0.95,
    progress: Callable[[int], None] | None = None,
) -> BootstrapResult:
    """Resample clusters with replacement and fit Bradley-Terry strengths to each resample.

    Parameters
    ----------
    cluster : {"voter", "prompt", "two_way"}
        What is drawn again as a whole.
    rng : numpy.random.Generator
        The same generator state gives the same result.
    progress : callable, optional
        Called with the number of resamples done so far.

    Raises
    ------
    DisconnectedError
        When the votes themselves have no finite strengths.
    TooFewClustersError
        When the column is missing or holds fewer than two clusters.
    ConvergenceError
        When a connected resample cannot be fitted.
    """
    if cluster not in ("voter", "prompt", "two_way"):
        raise InvalidOptionError(f"cluster {cluster!r} is not one of voter, prompt, two_way")
    if n_resamples < 1:
        raise InvalidOptionError(f"n_resamples {n_resamples} is not at least 1")
    check_level(level)
    counted = battles.counted(both_bad)
    fit = bradley_terry(counted, both_bad=both_bad)
    cells = _cells(counted, cluster)
    g = mean_zero_inverse(fit.information)
    parts: list[FloatArray] = []
    done = 0
    for weight in _weights(cells, n_resamples, rng):
        parts.append(_fit_connected(cells, weight, fit.strengths, g))
        done += len(weight)
        if progress is not None:
            progress(done)
    distribution = np.concatenate(parts)
    low, high, error = _summary(distribution, level)
    return BootstrapResult(
        contestants=fit.contestants,
        strengths=fit.strengths,
        low=low,
        high=high,
        standard_error=error,
        distribution=read_only(distribution),
        n_resamples=n_resamples,
        n_disconnected=n_resamples - len(distribution),
        cluster=cluster,
        both_bad=both_bad,
        level=level,
        tolerance=TOLERANCE,
    )


def recentred(result: BootstrapResult, centre: NDArray[np.bool_]) -> BootstrapResult:
    """Return the result with the mean of the contestants in ``centre``, bool (K,), as zero throughout."""
    distribution = result.distribution - result.distribution[:, centre].mean(axis=1, keepdims=True)
    low, high, error = _summary(distribution, result.level)
    return replace(
        result,
        strengths=result.strengths - result.strengths[centre].mean(),
        low=low,
        high=high,
        standard_error=error,
        distribution=distribution,
    )


def _cells(battles: Battles, cluster: BootstrapCluster) -> _Cells:
    kinds = ("voter", "prompt") if cluster == "two_way" else (cluster,)
    codes = [np.unique(cluster_codes(battles, kind), return_inverse=True)[1] for kind in kinds]
    for kind, code in zip(kinds, codes, strict=True):
        if len(code) == 0 or code.max() == 0:
            raise TooFewClustersError(f"fewer than 2 {kind}s; resampling them shows nothing")
    joint = codes[0] if len(codes) == 1 else codes[0] * (int(codes[1].max()) + 1) + codes[1]
    first = np.unique(joint, return_index=True)[1]
    sums = pair_sums(battles, joint)
    pairs, won, lost = _sparse(sums, battles.n_contestants)
    return _Cells(pairs, won, lost, tuple(code[first] for code in codes))


def _sparse(sums: PairSums, k: int) -> tuple[Pairs, csr_array, csr_array]:
    names, pair = np.unique(sums.i * k + sums.j, return_inverse=True)
    shape = (sums.n_clusters, len(names))
    won = coo_array((sums.won, (sums.cluster, pair)), shape=shape).tocsr()
    lost = coo_array((sums.lost, (sums.cluster, pair)), shape=shape).tocsr()
    return Pairs(names // k, names % k, k), won, lost


def _weights(cells: _Cells, n_resamples: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Yield blocks of weights (resamples, cells): how often a cell's clusters were drawn, multiplied."""
    n_cells, n_pairs = cells.won.shape
    per_block = min(MAX_BLOCK, max(1, BLOCK // max(n_cells, n_pairs, cells.pairs.n_contestants**2)))
    for first in range(0, n_resamples, per_block):
        size = min(per_block, n_resamples - first)
        weight = np.ones((size, n_cells))
        for cluster in cells.clusters:
            weight *= _draws(int(cluster.max()) + 1, size, rng)[:, cluster]
        yield weight


def _draws(n_clusters: int, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return how often each cluster is drawn in ``size`` resamples: (size, n_clusters)."""
    drawn = rng.integers(n_clusters, size=(size, n_clusters)) + np.arange(size)[:, None] * n_clusters
    return np.bincount(drawn.ravel(), minlength=size * n_clusters).reshape(size, n_clusters)


def _fit_connected(cells: _Cells, weight: FloatArray, centre: FloatArray, g: FloatArray) -> FloatArray:
    """Return the strengths (fitted, K) of those resamples of a block whose "beats" is strongly connected."""
    won = np.asarray((cells.won.T @ weight.T).T)
    lost = np.asarray((cells.lost.T @ weight.T).T)
    fitted = _connected(cells.pairs, won, lost)
    return newton_near(cells.pairs, won[fitted], lost[fitted], centre, g)


def _connected(pairs: Pairs, won: FloatArray, lost: FloatArray) -> NDArray[np.bool_]:
    """Test all resamples in one graph: each is a copy of the contestants with its own edges."""
    k, n = pairs.n_contestants, len(won)
    first, p = np.nonzero(won > 0)
    second, r = np.nonzero(lost > 0)
    winners = np.concatenate([first * k + pairs.i[p], second * k + pairs.j[r]])
    losers = np.concatenate([first * k + pairs.j[p], second * k + pairs.i[r]])
    graph = coo_array((np.ones(len(winners)), (winners, losers)), shape=(n * k, n * k)).tocsr()
    labels = connected_components(graph, directed=True, connection="strong")[1].reshape(n, k)
    return np.asarray((labels == labels[:, :1]).all(axis=1), dtype=np.bool_)


def _summary(distribution: FloatArray, level: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return low, high and standard error over resamples; NaN where too few resamples were fitted."""
    n, k = distribution.shape
    nothing = np.full(k, np.nan)
    if n == 0:
        return nothing, nothing, nothing
    low, high = np.quantile(distribution, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high, distribution.std(axis=0, ddof=1) if n > 1 else nothing
