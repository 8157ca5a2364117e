"""What the rows and parameters of all tables share: order, blanks, scale and floor."""

from typing import Any

import numpy as np

from ratings import points
from ratings.tables.floor import EvidenceFloor

EQUAL_DIGITS = 6
"""Ratings that agree to so many decimals of a point differ by rounding alone."""


def number(value: float) -> float | None:
    """Return what a row holds: None for NaN."""
    return None if np.isnan(value) else float(value)


def place(rating: float | None, contestant: str) -> tuple[bool, float, str]:
    """Return the key that sorts rows: highest rating first, equal ones by name, those without one last.

    Rounding differs with the order of votes, which must never show.
    """
    return rating is None, -round(rating or 0.0, EQUAL_DIGITS), contestant


def scale_facts() -> dict[str, Any]:
    """Return the parameters that say what a point is."""
    return {
        "scale": points.SCALE,
        "centre": points.CENTRE,
        "centred_on": "mean of the contestants with a rating",
    }


def floor_facts(floor: EvidenceFloor) -> dict[str, Any]:
    """Return the parameter that says what a number needs."""
    return {
        "floor": {
            "votes": floor.votes,
            "voters": floor.voters,
            "prompts": floor.prompts,
            "component": "giant",
        }
    }
