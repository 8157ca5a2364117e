"""The rating table: one row per contestant, and everything needed to compute it again."""

from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np

from ratings import points
from ratings.data.battles import Battles, BothBad
from ratings.data.validation import FloatArray, check_level
from ratings.errors import InvalidOptionError, TooFewClustersError
from ratings.fits.bradley_terry import BradleyTerryResult, bradley_terry
from ratings.fits.newton import TOLERANCE
from ratings.ranks.comparisons import comparisons
from ratings.ranks.normal_draws import RANK_DRAWS, RANK_SEED, check_draws
from ratings.ranks.rank_sets import STEP_DOWN_MAX_T, rank_sets
from ratings.tables.floor import PRELIMINARY_BELOW, EvidenceFloor
from ratings.tables.rows import floor_facts, number, place, scale_facts
from ratings.tables.standing import Standing, State, standing
from ratings.uncertainty.contrasts import Covariance, Dependence
from ratings.uncertainty.intervals import Cluster, covariance, strength_intervals

IntervalNote = Literal["these_prompts", "these_few_voters"]

FEW_VOTERS = 10
"""With fewer voters than this, low and high cluster by prompt and speak of these few voters only."""


@dataclass(frozen=True)
class RatingRow:
    """One contestant, as in a line of ``leaderboard.csv``; None is printed as a blank.

    Attributes
    ----------
    rating, low, high : float or None
        Points; the interval answers for these prompts.
    low_generalise, high_generalise : float or None
        Points; the interval answers for prompts like these.
    rank_low, rank_high : int or None
        Simultaneous rank set among the contestants with an interval, from the covariance of that interval:
        with probability ``level`` all of these sets hold the true ranks at once.
    votes, voters, prompts : int or None
        Evidence; None where the votes carry no such column.
    tie_rate, both_bad_rate : float or None
        Shares of its votes.
    state : str
        ``rated``, ``preliminary``, ``not_enough_votes`` or ``not_comparable``; the last two carry no rating.
    """

    contestant: str
    rating: float | None
    low: float | None
    high: float | None
    low_generalise: float | None
    high_generalise: float | None
    rank_low: int | None
    rank_high: int | None
    votes: int
    voters: int | None
    prompts: int | None
    tie_rate: float | None
    both_bad_rate: float | None
    state: State


@dataclass(frozen=True)
class RatingTable:
    """Rows by rating, highest first, then those without a rating by name.

    Attributes
    ----------
    rows : tuple of RatingRow
        All contestants of the battles.
    interval_note : str
        What ``low`` and ``high`` answer for: ``these_prompts`` or ``these_few_voters``.
    notes : tuple of str
        Sentences on intervals that are missing or were widened.
    parameters : dict
        Everything needed to compute the table again; holds only what JSON can.
    """

    rows: tuple[RatingRow, ...]
    interval_note: IntervalNote
    notes: tuple[str, ...]
    parameters: dict[str, Any]


@dataclass(frozen=True, eq=False)
class _Numbers:
    """Points and ranks of all contestants (K,), NaN where there is none."""

    rating: FloatArray
    low: FloatArray
    high: FloatArray
    low_generalise: FloatArray
    high_generalise: FloatArray
    rank_low: FloatArray
    rank_high: FloatArray


def rating_table(
    battles: Battles, *, floor: EvidenceFloor, both_bad: BothBad = "half", level: float = 0.95
) -> RatingTable:
    """Rate the contestants of ``battles``.

    Strengths are fitted to the giant component of "beats"; 1000 is the mean of the contestants with a rating.

    Parameters
    ----------
    floor : EvidenceFloor
        Contestants below it get no rating; their votes still inform the others.
    both_bad : {"half", "drop"}
        Count a both-bad as half a win for both, or leave it out.
    level : float
        Level of the intervals, and of the rank sets as a whole; between 0 and 1. Above .9999 the draws of the
        rank sets are too few: they are blank, with a note.

    Raises
    ------
    ConvergenceError
        When the fit does not converge.
    InvalidOptionError
        When ``both_bad`` or ``level`` does not exist.
    """
    check_level(level)
    stand = standing(battles, floor=floor, both_bad=both_bad)
    cluster, interval_note = _these_prompts(stand.counted)
    notes = [*_floor_notes(stand.counted, floor), *stand.unbounded_notes()]
    numbers = _numbers(stand, both_bad, cluster, level, notes)
    return RatingTable(
        rows=_rows(battles.contestants, stand, numbers),
        interval_note=interval_note,
        notes=tuple(notes),
        parameters=_parameters(floor, both_bad, level, cluster),
    )


def _these_prompts(counted: Battles) -> tuple[Cluster, IntervalNote]:
    if counted.voter is not None and len(np.unique(counted.voter)) < FEW_VOTERS:
        return "prompt", "these_few_voters"
    return "voter", "these_prompts"


def _floor_notes(counted: Battles, floor: EvidenceFloor) -> list[str]:
    needed = (("voter", counted.voter, floor.voters), ("prompt", counted.prompt, floor.prompts))
    return [
        f"no contestant can show the {least} {name}s of the floor: there is no {name} column"
        for name, codes, least in needed
        if codes is None and least > 0
    ]


def _numbers(
    stand: Standing, both_bad: BothBad, cluster: Cluster, level: float, notes: list[str]
) -> _Numbers:
    """Fit the giant component and spread its points over all contestants."""
    columns = {field.name: np.full(len(stand.is_rated), np.nan) for field in fields(_Numbers)}
    if stand.is_rated.any():
        fit = bradley_terry(stand.giant, both_bad=both_bad)
        strengths = fit.strengths[stand.centre]
        columns["rating"][stand.is_rated] = points.to_points(strengths - strengths.mean())
        wide, why = _covariance(fit, stand, "two_way")
        near = _part_of(wide, cluster)
        if near is None:
            near, missing = _covariance(fit, stand, cluster)
            notes += missing
        if near is not None:
            columns["low"], columns["high"] = _interval(fit, stand, near, level, notes)
            columns["rank_low"], columns["rank_high"] = _ranks(fit, stand, near, level, notes)
        notes += why
        if wide is not None:
            columns["low_generalise"], columns["high_generalise"] = _interval(fit, stand, wide, level, notes)
    return _Numbers(**columns)


def _covariance(
    fit: BradleyTerryResult, stand: Standing, cluster: Cluster
) -> tuple[Covariance | None, list[str]]:
    """Return the covariance, or nothing and the note that says why."""
    try:
        return covariance(fit, stand.giant, cluster=cluster), []
    except TooFewClustersError as error:
        return None, [f"{_interval_columns(cluster)} are blank: {error}"]


def _part_of(wide: Covariance | None, cluster: Cluster) -> Covariance | None:
    """Return the one-way covariance that the two-way one was made of, so that nothing is computed twice."""
    return next((part for part in wide.one_way if part.cluster == cluster), None) if wide else None


def _interval_columns(cluster: Dependence) -> str:
    return "low_generalise and high_generalise" if cluster == "two_way" else "low and high"


def _interval(
    fit: BradleyTerryResult, stand: Standing, cov: Covariance, level: float, notes: list[str]
) -> tuple[FloatArray, FloatArray]:
    """Return low and high in points, and note where there is none or another variance is used."""
    found = strength_intervals(fit, cov, level=level, centre=stand.centre)
    low, high = points.to_points(found.low[stand.centre]), points.to_points(found.high[stand.centre])
    names = np.array(fit.contestants)[stand.centre]
    fallback = np.array(found.fallback)[stand.centre]
    columns = _interval_columns(cov.cluster)
    if np.isnan(low).any():
        notes.append(
            f"{columns} are blank where they would hang on one cluster: {', '.join(names[np.isnan(low)])}"
        )
    for kind in ("voter", "prompt"):
        if (fallback == kind).any():
            listed = ", ".join(names[fallback == kind])
            notes.append(
                f"{columns} use the {kind}-clustered variance, the two-way one being smaller: {listed}"
            )
    return _over_all(stand, low), _over_all(stand, high)


def _ranks(
    fit: BradleyTerryResult, stand: Standing, cov: Covariance, level: float, notes: list[str]
) -> tuple[FloatArray, FloatArray]:
    """Return the rank sets of the rated contestants that have an interval, or note why there are none."""
    try:
        check_draws(level, RANK_DRAWS, RANK_SEED)
    except InvalidOptionError:  # the level itself is checked: it is the draws that are too few
        highest = RANK_DRAWS / (RANK_DRAWS + 1)
        notes.append(f"rank_low and rank_high are blank: {RANK_DRAWS} draws show levels up to {highest:.4f}")
        blank = np.full(len(stand.is_rated), np.nan)
        return blank, blank
    compared = comparisons(fit, cov, among=stand.centre)
    found = rank_sets(compared, level=level, n_draws=RANK_DRAWS, seed=RANK_SEED)
    low, high = (np.where(ranks > 0, ranks, np.nan)[stand.centre] for ranks in (found.low, found.high))
    return _over_all(stand, low), _over_all(stand, high)


def _over_all(stand: Standing, values: FloatArray) -> FloatArray:
    """Spread values of the rated contestants over all of them."""
    found = np.full(len(stand.is_rated), np.nan)
    found[stand.is_rated] = values
    return found


def _rows(names: tuple[str, ...], stand: Standing, numbers: _Numbers) -> tuple[RatingRow, ...]:
    behind = stand.evidence
    rows = [
        RatingRow(
            contestant=name,
            rating=number(numbers.rating[i]),
            low=number(numbers.low[i]),
            high=number(numbers.high[i]),
            low_generalise=number(numbers.low_generalise[i]),
            high_generalise=number(numbers.high_generalise[i]),
            rank_low=_rank(numbers.rank_low[i]),
            rank_high=_rank(numbers.rank_high[i]),
            votes=int(behind.votes[i]),
            voters=None if behind.voters is None else int(behind.voters[i]),
            prompts=None if behind.prompts is None else int(behind.prompts[i]),
            tie_rate=number(behind.tie_rate[i]),
            both_bad_rate=number(behind.both_bad_rate[i]),
            state=stand.states[i],
        )
        for i, name in enumerate(names)
    ]
    return tuple(sorted(rows, key=lambda row: place(row.rating, row.contestant)))


def _rank(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def _parameters(floor: EvidenceFloor, both_bad: BothBad, level: float, cluster: Cluster) -> dict[str, Any]:
    return {
        "method": "bradley_terry",
        "ties": "half",
        "both_bad": both_bad,
        **floor_facts(floor),
        "preliminary_below": PRELIMINARY_BELOW,
        "tolerance": TOLERANCE,
        **scale_facts(),
        "level": level,
        "interval_cluster": cluster,
        "generalise_cluster": "two_way",
        "two_way": "voter + prompt - (voter and prompt), at least the larger one-way variance",
        "correction": "jackknife",
        "cluster_factor": "(C - 1) / C",
        "distribution": "student_t",
        "degrees_of_freedom": "fewest effective clusters - 1",
        "ranks": STEP_DOWN_MAX_T,
        "rank_draws": RANK_DRAWS,
        "rank_seed": RANK_SEED,
    }
