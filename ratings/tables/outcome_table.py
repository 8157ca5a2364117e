"""Ratings under a model that gives ties, and in the grounded model both-bad, a probability of their own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from ratings import points
from ratings.data.battles import Battles
from ratings.data.validation import FloatArray, check_level
from ratings.fits.ascent import TOLERANCE
from ratings.fits.outcome_fit import TIE_NAMES, OutcomeFit, fit_outcomes
from ratings.fits.outcome_models import OutcomeModelName
from ratings.tables.floor import EvidenceFloor
from ratings.tables.rows import floor_facts, number, place, scale_facts
from ratings.tables.standing import Standing, State, standing
from ratings.uncertainty.contrasts import Covariance
from ratings.uncertainty.intervals import strength_intervals
from ratings.uncertainty.outcome_covariance import (
    OutcomeCluster,
    absolute_intervals,
    outcome_covariance,
    tie_interval,
)


@dataclass(frozen=True)
class OutcomeRow:
    """One contestant; None is printed as a blank.

    Attributes
    ----------
    rating, low, high : float or None
        Points.
    acceptable, acceptable_low, acceptable_high : float or None
        Chance that an output is not bad, of the grounded model alone.
    state : str
        As in ``RatingRow``.
    """

    contestant: str
    rating: float | None
    low: float | None
    high: float | None
    acceptable: float | None
    acceptable_low: float | None
    acceptable_high: float | None
    state: State


@dataclass(frozen=True)
class OutcomeTable:
    """Rows by rating, highest first, then those without a rating by name.

    Attributes
    ----------
    rows : tuple of OutcomeRow
        All contestants of the battles.
    notes : tuple of str
        Sentences on the tie parameter and on intervals that are missing.
    parameters : dict
        Everything needed to compute the table again; holds only what JSON can.
    """

    rows: tuple[OutcomeRow, ...]
    notes: tuple[str, ...]
    parameters: dict[str, Any]


def outcome_table(
    battles: Battles,
    *,
    floor: EvidenceFloor,
    model: OutcomeModelName,
    cluster: OutcomeCluster,
    level: float = 0.95,
) -> OutcomeTable:
    """Rate the giant component of ``battles`` under ``model``; 1000 is the mean of the rated contestants.

    Parameters
    ----------
    floor : EvidenceFloor
        Contestants below it get no rating; their votes still inform the others.
    cluster : {"model", "vote", "voter", "prompt", "two_way"}
        What the intervals let vary.

    Raises
    ------
    DisconnectedError, UnboundedError
        When the model has no finite fit.
    TooFewClustersError
        When there is nothing to cluster by.
    """
    check_level(level)
    stand = standing(battles, floor=floor, both_bad="half")
    parameters = _parameters(floor, model, cluster, level)
    columns = {name: np.full(len(stand.is_rated), np.nan) for name in _NUMBERS}
    notes = tuple(stand.nobody_notes())
    if stand.is_rated.any():
        fit = fit_outcomes(stand.giant, model=model)
        cov = outcome_covariance(fit, stand.giant, cluster=cluster)
        for name, values in _numbers(fit, cov, stand, level).items():
            columns[name][stand.is_rated] = values
        notes = _notes(fit, cov, level)
        parameters |= {"correction": cov.correction, "tie_parameter": fit.tie_parameter, "level": level}
    return OutcomeTable(_rows(battles.contestants, stand, columns), notes, parameters)


_NUMBERS = ("rating", "low", "high", "acceptable", "acceptable_low", "acceptable_high")


def _numbers(fit: OutcomeFit, cov: Covariance, stand: Standing, level: float) -> dict[str, FloatArray]:
    """Return the columns of the rated contestants."""
    centre = stand.centre
    found = strength_intervals(fit, cov, level=level, centre=centre)
    strengths = fit.strengths[centre]
    columns = {
        "rating": points.to_points(strengths - strengths.mean()),
        "low": points.to_points(found.low[centre]),
        "high": points.to_points(found.high[centre]),
    }
    if fit.has_level:
        absolute = absolute_intervals(fit, cov, level=level)
        columns |= {
            "acceptable": expit(fit.parameters[: len(centre)][centre]),
            "acceptable_low": expit(absolute.low[centre]),
            "acceptable_high": expit(absolute.high[centre]),
        }
    return columns


def _notes(fit: OutcomeFit, cov: Covariance, level: float) -> tuple[str, ...]:
    if fit.tie_parameter is None:
        return ()
    found = tie_interval(fit, cov, level=level)
    span = f"{fit.tie_parameter:.4f} [{found.low[0]:.4f}, {found.high[0]:.4f}]"
    return (f"tie parameter {TIE_NAMES[fit.model]}: {span}",)


def _rows(names: tuple[str, ...], stand: Standing, columns: dict[str, FloatArray]) -> tuple[OutcomeRow, ...]:
    rows = [
        OutcomeRow(
            contestant=name,
            state=stand.states[i],
            **{column: number(values[i]) for column, values in columns.items()},
        )
        for i, name in enumerate(names)
    ]
    return tuple(sorted(rows, key=lambda row: place(row.rating, row.contestant)))


def _parameters(
    floor: EvidenceFloor, model: OutcomeModelName, cluster: OutcomeCluster, level: float
) -> dict[str, Any]:
    return {
        "method": model,
        "both_bad": "modelled" if model == "grounded" else "tie",
        **floor_facts(floor),
        "tolerance": TOLERANCE,
        **scale_facts(),
        "level": level,
        "interval_cluster": cluster,
        "distribution": "student_t",
    }
