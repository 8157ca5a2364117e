"""Bootstrap: draw votes, or whole voters, prompts or both, again, and fit every resample to the end.

A resample is a number of draws for each unit, with replacement. Two-way is the pigeonhole bootstrap of Owen
(2007), "The pigeonhole bootstrap", Annals of Applied Statistics 1, 386-411: a vote weighs its voter's draws
times its prompt's draws, which errs on the wide side.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Battles, BothBad
from ratings.data.validation import FloatArray, check_level, read_only
from ratings.errors import InvalidOptionError
from ratings.fits.bradley_terry import BradleyTerryResult, bradley_terry
from ratings.fits.chord import newton_near
from ratings.fits.newton import TOLERANCE, mean_zero_inverse
from ratings.uncertainty.connected import backbone, connected
from ratings.uncertainty.draws import Draws, drawer, streams, table_of_draws
from ratings.uncertainty.resamples import Cells, cluster_cells, resampled, vote_cells, whole

BootstrapCluster = Literal["vote", "voter", "prompt", "two_way"]

UNITS: Mapping[BootstrapCluster, tuple[str, ...]] = {
    "vote": (),
    "voter": ("voter",),
    "prompt": ("prompt",),
    "two_way": ("voter", "prompt"),
}

BLOCK = 4_000_000
"""Most numbers held at once per array; bounds the memory."""
WIDTH = 50
"""Most resamples fitted side by side: enough to fill vector registers, few enough to stay in the cache."""
TOLD = 250
"""Resamples between two calls of ``progress``."""


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
    cluster, draws, both_bad, level, tolerance
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
    draws: Draws
    both_bad: BothBad
    level: float
    tolerance: float


@dataclass(frozen=True)
class BootstrapDifference:
    """Difference of two strengths over resamples, log-odds.

    Attributes
    ----------
    first, second : str
        The contestants; a positive difference favours the first.
    difference : float
        In the votes themselves.
    low, high : float
        Percentile interval; NaN when no resample could be fitted.
    standard_error : float
        NaN when fewer than two resamples could be fitted.
    level : float
        The parameter.
    """

    first: str
    second: str
    difference: float
    low: float
    high: float
    standard_error: float
    level: float


def bootstrap(
    battles: Battles,
    *,
    cluster: BootstrapCluster,
    n_resamples: int,
    rng: np.random.Generator,
    draws: Draws = "multinomial",
    both_bad: BothBad = "half",
    level: float = 0.95,
    progress: Callable[[int], None] | None = None,
) -> BootstrapResult:
    """Resample votes or clusters with replacement and fit Bradley-Terry strengths to each resample.

    Parameters
    ----------
    cluster : {"vote", "voter", "prompt", "two_way"}
        What is drawn again as a whole. ``vote`` takes votes as independent, and a weighted vote as one vote.
    rng : numpy.random.Generator
        The same generator state gives the same resamples, of which the first are the same for any number.
    draws : {"multinomial", "poisson"}
        As many units as there are, or a Poisson(1) number of copies of each.
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
    _check_options(cluster, draws, n_resamples, level)
    counted = battles.counted(both_bad)
    fit = bradley_terry(counted, both_bad=both_bad)
    cells = cluster_cells(counted, UNITS[cluster]) if UNITS[cluster] else vote_cells(counted)
    parts: list[FloatArray] = []
    done = 0
    for n_drawn, strengths in _fitted_blocks(fit, cells, draws, streams(n_resamples, rng)):
        parts.append(strengths)
        before, done = done, done + n_drawn
        if progress is not None and (done == n_resamples or done // TOLD > before // TOLD):
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
        draws=draws,
        both_bad=both_bad,
        level=level,
        tolerance=TOLERANCE,
    )


def bootstrap_difference(result: BootstrapResult, first: str, second: str) -> BootstrapDifference:
    """Return the percentile interval of strength(first) - strength(second).

    Taken over the differences of each resample, so it does not depend on what the strengths are anchored to.
    """
    for name in (first, second):
        if name not in result.contestants:
            raise InvalidOptionError(f"{name!r} is not a contestant of this bootstrap")
    i, j = result.contestants.index(first), result.contestants.index(second)
    low, high, error = _summary(result.distribution[:, [i]] - result.distribution[:, [j]], result.level)
    return BootstrapDifference(
        first=first,
        second=second,
        difference=float(result.strengths[i] - result.strengths[j]),
        low=float(low[0]),
        high=float(high[0]),
        standard_error=float(error[0]),
        level=result.level,
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


def _check_options(cluster: str, draws: str, n_resamples: int, level: float) -> None:
    if cluster not in UNITS:
        raise InvalidOptionError(f"cluster {cluster!r} is not one of {', '.join(UNITS)}")
    if draws not in ("multinomial", "poisson"):
        raise InvalidOptionError(f"draws {draws!r} is not one of multinomial, poisson")
    if n_resamples < 1:
        raise InvalidOptionError(f"n_resamples {n_resamples} is not at least 1")
    check_level(level)


def _fitted_blocks(
    fit: BradleyTerryResult, cells: Cells, draws: Draws, resamples: Iterator[np.random.Generator]
) -> Iterator[tuple[int, FloatArray]]:
    """Yield, block by block, how many were drawn and the strengths of those that are connected, (B, K)."""
    drawers = [drawer(counts, draws) for counts in cells.units]
    g = mean_zero_inverse(fit.information)
    tree = backbone(cells.pairs, *whole(cells))
    width = _width(cells)
    while block := list(islice(resamples, width)):
        won, lost = resampled(cells, [table_of_draws(draw, block) for draw in drawers])
        is_fitted = connected(cells.pairs, won, lost, tree)
        if not is_fitted.all():
            won, lost = won[:, is_fitted], lost[:, is_fitted]
        yield len(block), newton_near(cells.pairs, won, lost, fit.strengths, g)


def _width(cells: Cells) -> int:
    """Return how many resamples to handle side by side."""
    largest = max(len(cells.pairs.i), *(len(count) for count in cells.units))
    return max(1, min(WIDTH, BLOCK // largest))


def _summary(distribution: FloatArray, level: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return low, high and standard error over resamples; NaN where too few resamples were fitted."""
    n, k = distribution.shape
    nothing = np.full(k, np.nan)
    if n == 0:
        return nothing, nothing, nothing
    low, high = np.quantile(distribution, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high, distribution.std(axis=0, ddof=1) if n > 1 else nothing
