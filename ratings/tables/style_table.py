"""Raw and style-controlled ratings side by side, the style tax between them, and the coefficients.

Style may be part of quality, so neither column replaces the other: both are shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ratings import points
from ratings.data.battles import Battles, BothBad
from ratings.data.style_rows import SIDE, Scales, StyleRows, style_rows
from ratings.data.validation import FloatArray, check_level
from ratings.fits.style import (
    MAX_CONDITION,
    MAX_DETERMINED,
    TOLERANCE,
    StyleComparison,
    StyleControlResult,
    compare_style,
)
from ratings.tables.floor import EvidenceFloor
from ratings.tables.rows import floor_facts, number, place, scale_facts
from ratings.tables.standing import Standing, State, standing
from ratings.uncertainty.contrasts import Intervals
from ratings.uncertainty.intervals import Cluster, covariance
from ratings.uncertainty.style_intervals import coefficient_intervals, style_intervals


@dataclass(frozen=True)
class StyleRow:
    """One contestant; None is printed as a blank.

    Attributes
    ----------
    rating, low, high : float or None
        Points, the effect of style left in.
    style_rating, style_low, style_high : float or None
        Points, the form of the outputs held equal.
    tax, tax_low, tax_high : float or None
        Points that style adds, ``rating - style_rating``; an interval without 0 says that form matters.
    state : str
        As in ``RatingRow``.
    """

    contestant: str
    rating: float | None
    low: float | None
    high: float | None
    style_rating: float | None
    style_low: float | None
    style_high: float | None
    tax: float | None
    tax_low: float | None
    tax_high: float | None
    state: State


@dataclass(frozen=True)
class CoefficientRow:
    """One term of the fit: "side" or a feature.

    Attributes
    ----------
    coefficient, low, high : float or None
        Log-odds by which one scale favours an output.
    points : float
        The same in points.
    scale : float
        Unit of the coefficient, in ``(f_a - f_b) / (f_a + f_b)``; 1 for "side".
    """

    term: str
    coefficient: float
    low: float | None
    high: float | None
    points: float
    scale: float


@dataclass(frozen=True)
class StyleTable:
    """Rows by style-controlled rating, highest first, then those without a rating by name.

    Attributes
    ----------
    rows : tuple of StyleRow
        All contestants of the battles.
    coefficients : tuple of CoefficientRow
        "side" where it is fitted, then the features; none where nobody is comparable.
    notes : tuple of str
        Sentences on features and intervals that are missing.
    parameters : dict
        Everything needed to compute the table again; holds only what JSON can.
    """

    rows: tuple[StyleRow, ...]
    coefficients: tuple[CoefficientRow, ...]
    notes: tuple[str, ...]
    parameters: dict[str, Any]


def style_table(
    battles: Battles,
    *,
    floor: EvidenceFloor,
    cluster: Cluster,
    features: tuple[str, ...] | None = None,
    scales: Scales | None = None,
    side: bool = True,
    both_bad: BothBad = "half",
    level: float = 0.95,
) -> StyleTable:
    """Rate the contestants of ``battles`` with and without the effect of style.

    Both ratings have the mean of the contestants with a rating at 1000.

    Parameters
    ----------
    floor : EvidenceFloor
        Contestants below it get no rating; their votes still inform the others.
    cluster : {"vote", "voter", "prompt", "two_way"}
        What the intervals let vary.
    features, scales, side, both_bad
        As in ``style_control``.

    Raises
    ------
    ConfoundedFeaturesError, UnboundedError
        When there is no style-controlled fit.
    TooFewClustersError
        When there is nothing to cluster by.
    """
    check_level(level)
    stand = standing(battles, floor=floor, both_bad=both_bad)
    if not stand.in_giant.any():
        rows = style_rows(stand.counted, features=features, scales=scales, side=side)
        parameters = _parameters(rows, both_bad, floor, cluster, level)
        return StyleTable(_rows(battles.contestants, stand, {}), (), tuple(stand.nobody_notes()), parameters)
    rated = stand.giant
    both = compare_style(rated, features=features, scales=scales, side=side, both_bad=both_bad)
    cov = covariance(both, rated, cluster=cluster)
    centre = stand.centre if stand.centre.any() else None
    found = style_intervals(both, cov, level=level, centre=centre)
    columns = _columns(both, stand, {"": found.raw, "style_": found.controlled, "tax_": found.tax})
    of_terms = coefficient_intervals(both.controlled, cov, level=level)
    return StyleTable(
        rows=_rows(battles.contestants, stand, columns),
        coefficients=_coefficients(both, of_terms),
        notes=_notes(both, found.controlled, stand),
        parameters=_parameters(both.controlled, both_bad, floor, cluster, level),
    )


def _columns(
    both: StyleComparison, stand: Standing, intervals: Mapping[str, Intervals]
) -> dict[str, FloatArray]:
    """Return the columns of all contestants (K,) in points, NaN where there is nothing."""
    centre = stand.centre
    raw, controlled = both.raw.strengths[centre], both.controlled.strengths[centre]
    rating = points.to_points(raw - raw.mean()) if centre.any() else raw
    style_rating = points.to_points(controlled - controlled.mean()) if centre.any() else controlled
    known = {"rating": rating, "style_rating": style_rating, "tax": rating - style_rating}
    for prefix, found in intervals.items():
        for end, bound in (("low", found.low[centre]), ("high", found.high[centre])):
            known[prefix + end] = points.SCALE * bound if prefix == "tax_" else points.to_points(bound)
    columns = {name: np.full(len(stand.is_rated), np.nan) for name in known}
    for name, values in known.items():
        columns[name][stand.is_rated] = values
    return columns


def _rows(names: tuple[str, ...], stand: Standing, columns: Mapping[str, FloatArray]) -> tuple[StyleRow, ...]:
    numbers = [field.name for field in fields(StyleRow) if field.name not in ("contestant", "state")]
    rows = [
        StyleRow(
            contestant=name,
            state=stand.states[i],
            **{column: number(columns[column][i]) if column in columns else None for column in numbers},
        )
        for i, name in enumerate(names)
    ]
    return tuple(sorted(rows, key=lambda row: place(row.style_rating, row.contestant)))


def _coefficients(both: StyleComparison, found: Intervals) -> tuple[CoefficientRow, ...]:
    fit = both.controlled
    facts = zip(fit.terms, fit.coefficients, found.low, found.high, fit.scales, strict=True)
    return tuple(
        CoefficientRow(
            term=term,
            coefficient=float(value),
            low=number(low),
            high=number(high),
            points=float(points.SCALE * value),
            scale=float(scale),
        )
        for term, value, low, high, scale in facts
    )


def _notes(both: StyleComparison, controlled: Intervals, stand: Standing) -> tuple[str, ...]:
    notes = stand.nobody_notes()
    if both.controlled.dropped:
        notes.append(f"without a coefficient, for they never differ: {', '.join(both.controlled.dropped)}")
    blank: NDArray[np.bool_] = np.isnan(controlled.low) & stand.centre
    if blank.any():
        names = ", ".join(np.array(both.raw.contestants)[blank])
        notes.append(f"intervals are blank where they would hang on one cluster: {names}")
    return tuple(notes)


def _parameters(
    fit: StyleControlResult | StyleRows,
    both_bad: BothBad,
    floor: EvidenceFloor,
    cluster: Cluster,
    level: float,
) -> dict[str, Any]:
    """Return the parameters, of a fit or of the rows that it would be made from."""
    return {
        "method": "style_control",
        "ties": "half",
        "both_bad": both_bad,
        "features": [term for term in fit.terms if term != SIDE],
        "dropped": list(fit.dropped),
        "difference": "(f_a - f_b) / (f_a + f_b), 0 where both are 0",
        "scales": {name: float(scale) for name, scale in zip(fit.terms, fit.scales, strict=True)},
        "side": SIDE in fit.terms,
        "raw": "the same without features",
        "penalty": None,
        "largest_r_squared": MAX_DETERMINED,
        "largest_condition_number": MAX_CONDITION,
        **floor_facts(floor),
        "tolerance": TOLERANCE,
        **scale_facts(),
        "level": level,
        "interval_cluster": cluster,
        "correction": "jackknife",
        "distribution": "student_t",
    }
