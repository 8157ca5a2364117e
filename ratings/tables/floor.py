"""How much evidence a contestant needs before a number is printed beside its name."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Battles, Outcome
from ratings.data.counts import clusters_met
from ratings.data.validation import FloatArray

PRELIMINARY_BELOW = 200
"""A rated contestant with fewer votes is marked preliminary."""


@dataclass(frozen=True)
class EvidenceFloor:
    """Fewest votes, voters and prompts of a rated contestant; the giant component is always required."""

    votes: int
    voters: int
    prompts: int


PUBLISHED_FLOOR = EvidenceFloor(votes=30, voters=10, prompts=5)
"""The floor of every published board."""

LOCAL_FLOOR = EvidenceFloor(votes=0, voters=0, prompts=0)
"""The floor of a local board: the giant component alone."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What stands behind each contestant.

    Attributes
    ----------
    votes : int array (K,)
        Counted votes.
    voters, prompts : int array (K,) or None
        Distinct voters and prompts among them; None without that column.
    tie_rate, both_bad_rate : float array (K,)
        Shares, by weight, of all its votes, also of both-bad ones that a fit leaves out; NaN without votes.
    """

    votes: NDArray[np.int64]
    voters: NDArray[np.int64] | None
    prompts: NDArray[np.int64] | None
    tie_rate: FloatArray
    both_bad_rate: FloatArray

    def reaches(self, floor: EvidenceFloor) -> NDArray[np.bool_]:
        """Return who has enough evidence (K,). An unknown number of voters or prompts is not enough."""
        enough = self.votes >= floor.votes
        for counts, least in ((self.voters, floor.voters), (self.prompts, floor.prompts)):
            enough &= least <= 0 if counts is None else counts >= least
        return enough


def evidence(battles: Battles, counted: Battles) -> Evidence:
    """Count the evidence; ``counted`` are those of ``battles`` that enter the fit."""
    k = battles.n_contestants
    weighed = battles.counted("half")
    return Evidence(
        votes=np.bincount(counted.a, minlength=k) + np.bincount(counted.b, minlength=k),
        voters=_distinct(counted, counted.voter),
        prompts=_distinct(counted, counted.prompt),
        tie_rate=_share(weighed, Outcome.TIE),
        both_bad_rate=_share(weighed, Outcome.BOTH_BAD),
    )


def _distinct(battles: Battles, codes: NDArray[np.int32] | None) -> NDArray[np.int64] | None:
    if codes is None:
        return None
    return clusters_met(codes, battles.a, battles.b, battles.n_contestants)


def _share(battles: Battles, outcome: Outcome) -> FloatArray:
    k = battles.n_contestants

    def by_contestant(weight: FloatArray) -> FloatArray:
        return np.asarray(
            np.bincount(battles.a, weight, k) + np.bincount(battles.b, weight, k), dtype=np.float64
        )

    total = by_contestant(battles.weight)
    found = by_contestant(battles.weight * (battles.outcome == outcome))
    return np.asarray(np.divide(found, total, out=np.full(k, np.nan), where=total > 0), dtype=np.float64)
