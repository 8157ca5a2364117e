"""How much the ratings owe to the treatment of ties and of both-bad: every treatment beside the headline.

The headline counts a tie and a both-bad as half a win for both. The other columns leave both-bad out, leave
out every vote without a winner, or fit a model that gives ties a probability of their own. The grounded
column also reads how often both outputs were bad: it compares those who met the same prompts, and moves those
who met easier ones up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from scipy.stats import rankdata

from ratings import points
from ratings.data.battles import Battles, Outcome
from ratings.data.graph import beats_graph
from ratings.data.validation import FloatArray
from ratings.errors import ConvergenceError, DisconnectedError, UnboundedError
from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.outcome_fit import fit_outcomes
from ratings.fits.outcome_models import OutcomeModelName
from ratings.tables.floor import EvidenceFloor
from ratings.tables.rows import EQUAL_DIGITS, number, place, scale_facts
from ratings.tables.standing import Standing, standing

COLUMNS = ("both_bad_dropped", "ties_dropped", "rao_kupper", "davidson", "grounded")
"""The treatments beside the headline."""


@dataclass(frozen=True)
class SensitivityRow:
    """One rated contestant under every treatment; None where a treatment gives it no number.

    Attributes
    ----------
    rating : float
        Points, the headline: ties and both-bad are half a win for both.
    both_bad_dropped : float or None
        Points, both-bad votes left out.
    ties_dropped : float or None
        Points, ties and both-bad votes left out.
    rao_kupper, davidson, grounded : float or None
        Points under these models.
    acceptable : float or None
        P(acceptable) of the grounded model: the chance that an output is not bad.
    rank_change : int
        Largest change of rank in any column, among the contestants that the column rates.
    rank_change_in : str
        The first column with that change; empty when no rank changes.
    """

    contestant: str
    rating: float
    both_bad_dropped: float | None
    ties_dropped: float | None
    rao_kupper: float | None
    davidson: float | None
    grounded: float | None
    acceptable: float | None
    rank_change: int
    rank_change_in: str


@dataclass(frozen=True)
class SensitivityTable:
    """Rows of the rated contestants, highest first, with notes and parameters as in ``RatingTable``."""

    rows: tuple[SensitivityRow, ...]
    notes: tuple[str, ...]
    parameters: dict[str, Any]


def sensitivity_table(battles: Battles, *, floor: EvidenceFloor) -> SensitivityTable:
    """Rate the contestants that the headline rates under every treatment of ties and both-bad.

    All columns start from the votes of the giant component. Each is shifted so that the contestants it rates
    have the same mean as in the headline; a column that has no finite fit is blank, and a note says why.
    A note names who has no rating.
    """
    stand = standing(battles, floor=floor, both_bad="half")
    parameters = {
        "headline": "bradley_terry, tie and both_bad half a win for both",
        "columns": list(COLUMNS),
        **scale_facts(),
    }
    if not stand.is_rated.any():
        return SensitivityTable((), (*stand.nobody_notes(), *stand.unrated_notes()), parameters)
    giant, notes = stand.giant, list[str]()
    headline = bradley_terry(giant).strengths
    headline = headline - headline[stand.centre].mean()
    columns = {name: _column(name, giant, stand, headline, notes) for name in COLUMNS}
    acceptable = _acceptable(giant) if np.isfinite(columns["grounded"]).any() else _blank(headline)
    rows = _rows(stand, headline, {**columns, "acceptable": acceptable})
    return SensitivityTable(rows, (*notes, *stand.unrated_notes()), parameters)


def _column(name: str, giant: Battles, stand: Standing, headline: FloatArray, notes: list[str]) -> FloatArray:
    """Return the strengths (G,) of one treatment on the headline's scale, NaN where there is none."""
    try:
        found = TREATMENTS[name](giant)
    except (ConvergenceError, DisconnectedError, UnboundedError) as error:
        notes.append(f"{name} is blank: {error}")
        return _blank(headline)
    is_shown = stand.centre & np.isfinite(found)
    if not is_shown.any():
        notes.append(f"{name} is blank: no two contestants are comparable")
        return _blank(headline)
    missing = stand.centre & ~is_shown
    if missing.any():
        apart = ", ".join(giant.contestants[i] for i in np.flatnonzero(missing))
        notes.append(f"{name} is blank where the votes that remain make no comparison: {apart}")
    shifted = found + (headline[is_shown].mean() - found[is_shown].mean())
    return np.where(stand.centre, shifted, np.nan)


def _without(outcomes: tuple[Outcome, ...]) -> Callable[[Battles], FloatArray]:
    """Return half-win Bradley-Terry without these outcomes, of the giant component that remains."""

    def fit(giant: Battles) -> FloatArray:
        kept = giant.where(~np.isin(giant.outcome, outcomes))
        members = beats_graph(kept).in_giant
        strengths = np.full(giant.n_contestants, np.nan)
        if members.any():
            strengths[members] = bradley_terry(kept.among(members)).strengths
        return strengths

    return fit


def _under(model: OutcomeModelName) -> Callable[[Battles], FloatArray]:
    return lambda giant: fit_outcomes(giant, model=model).strengths


TREATMENTS: Mapping[str, Callable[[Battles], FloatArray]] = {
    "both_bad_dropped": _without((Outcome.BOTH_BAD,)),
    "ties_dropped": _without((Outcome.TIE, Outcome.BOTH_BAD)),
    "rao_kupper": _under("rao_kupper"),
    "davidson": _under("davidson"),
    "grounded": _under("grounded"),
}
"""Strengths (K,) of battles under each treatment, NaN where there is none."""


def _acceptable(giant: Battles) -> FloatArray:
    fit = fit_outcomes(giant, model="grounded")
    return np.asarray(expit(fit.parameters[: len(fit.contestants)]), dtype=np.float64)


def _blank(like: FloatArray) -> FloatArray:
    return np.full(len(like), np.nan)


def _rows(
    stand: Standing, headline: FloatArray, columns: Mapping[str, FloatArray]
) -> tuple[SensitivityRow, ...]:
    names = stand.giant.contestants
    shown = np.flatnonzero(stand.centre)
    rating = points.to_points(headline)
    changes = {name: _rank_changes(headline, columns[name]) for name in COLUMNS}
    rows = []
    for i in shown:
        most = max(COLUMNS, key=lambda name: changes[name][i])  # the first of equals
        change = int(changes[most][i])
        rows.append(
            SensitivityRow(
                contestant=names[i],
                rating=float(rating[i]),
                **{name: number(points.to_points(columns[name])[i]) for name in COLUMNS},
                acceptable=number(columns["acceptable"][i]),
                rank_change=change,
                rank_change_in=most if change else "",
            )
        )
    return tuple(sorted(rows, key=lambda row: place(row.rating, row.contestant)))


def _rank_changes(headline: FloatArray, column: FloatArray) -> FloatArray:
    """Return by how many ranks each contestant moves among those with both numbers; 0 for the others."""
    changes = np.zeros(len(headline))
    both = np.isfinite(column)
    ratings = [np.round(points.to_points(values[both]), EQUAL_DIGITS) for values in (headline, column)]
    before, after = (rankdata(-values, method="min") for values in ratings)
    changes[both] = np.abs(after - before)
    return changes
