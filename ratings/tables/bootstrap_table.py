"""The bootstrap as a table in points, for the same contestants and the same centre as the rating table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ratings import points
from ratings.data.battles import Battles, BothBad
from ratings.tables.floor import EvidenceFloor
from ratings.tables.rows import number, place
from ratings.tables.standing import standing
from ratings.uncertainty.bootstrap import BootstrapCluster, BootstrapResult, bootstrap, recentred

FEW_RESAMPLES = 100
"""With fewer resamples than this, a note says that percentiles are rough."""


@dataclass(frozen=True)
class BootstrapRow:
    """Rating, percentile interval and standard error in points; None where there is none."""

    contestant: str
    rating: float
    low: float | None
    high: float | None
    standard_error: float | None


@dataclass(frozen=True)
class BootstrapTable:
    """Rows of the rated contestants, highest first, with notes and parameters as in ``RatingTable``."""

    rows: tuple[BootstrapRow, ...]
    notes: tuple[str, ...]
    parameters: dict[str, Any]


def bootstrap_table(
    battles: Battles,
    *,
    floor: EvidenceFloor,
    cluster: BootstrapCluster,
    n_resamples: int,
    rng: np.random.Generator,
    both_bad: BothBad = "half",
    level: float = 0.95,
    progress: Callable[[int], None] | None = None,
) -> BootstrapTable:
    """Bootstrap the giant component and tabulate its rated contestants; arguments as in ``bootstrap``.

    ``cluster="vote"`` is for comparison: where a voter votes twice, its intervals are too narrow.
    """
    stand = standing(battles, floor=floor, both_bad=both_bad)
    parameters = {
        "method": "bradley_terry",
        "both_bad": both_bad,
        "bootstrap_cluster": cluster,
        "n_resamples": n_resamples,
        "level": level,
        "interval": "percentile",
    }
    if not stand.is_rated.any():
        return BootstrapTable((), (*stand.nobody_notes(), *stand.unrated_notes()), parameters)
    result = bootstrap(
        stand.giant,
        cluster=cluster,
        n_resamples=n_resamples,
        rng=rng,
        both_bad=both_bad,
        level=level,
        progress=progress,
    )
    shown = recentred(result, stand.centre)
    parameters["draws"] = result.draws
    parameters["n_disconnected"] = result.n_disconnected
    notes = (*_notes(result), *stand.unrated_notes())
    return BootstrapTable(_rows(shown, stand.centre), notes, parameters)


def _notes(result: BootstrapResult) -> list[str]:
    notes = []
    if result.n_resamples < FEW_RESAMPLES:
        notes.append(
            f"percentiles of {result.n_resamples} resamples are rough: take at least {FEW_RESAMPLES}, "
            "better 1000"
        )
    if result.n_disconnected:
        notes.append(
            f"{result.n_disconnected} of {result.n_resamples} resamples have no finite ratings and are left "
            "out: read these intervals as too narrow"
        )
    return notes


def _rows(result: BootstrapResult, is_shown: NDArray[np.bool_]) -> tuple[BootstrapRow, ...]:
    rating = points.to_points(result.strengths)
    low, high = points.to_points(result.low), points.to_points(result.high)
    rows = [
        BootstrapRow(
            contestant=result.contestants[i],
            rating=float(rating[i]),
            low=number(low[i]),
            high=number(high[i]),
            standard_error=number(points.SCALE * result.standard_error[i]),
        )
        for i in np.flatnonzero(is_shown)
    ]
    return tuple(sorted(rows, key=lambda row: place(row.rating, row.contestant)))
