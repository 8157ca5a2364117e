"""Who gets a number, and why the others do not."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Battles, BothBad
from ratings.data.graph import beats_graph
from ratings.tables.floor import PRELIMINARY_BELOW, Evidence, EvidenceFloor, evidence

State = Literal["rated", "preliminary", "not_enough_votes", "not_comparable"]


@dataclass(frozen=True, eq=False)
class Standing:
    """The votes that count and what they allow to say of each contestant.

    Attributes
    ----------
    counted : Battles
        Battles that enter the fit, of all contestants.
    evidence : Evidence
        What stands behind each contestant.
    in_giant : bool array (K,)
        Members of the giant component of "beats", which is fitted as a whole.
    is_rated : bool array (K,)
        Contestants that get a number: in the giant component and at the floor. Their mean is the centre.
    states : tuple of str
        One per contestant.
    """

    counted: Battles
    evidence: Evidence
    in_giant: NDArray[np.bool_]
    is_rated: NDArray[np.bool_]
    states: tuple[State, ...]

    @property
    def giant(self) -> Battles:
        """The battles that are fitted."""
        return self.counted.among(self.in_giant)

    @property
    def centre(self) -> NDArray[np.bool_]:
        """The rated ones among the contestants of ``giant``."""
        return self.is_rated[self.in_giant]


def standing(battles: Battles, *, floor: EvidenceFloor, both_bad: BothBad) -> Standing:
    """Compare each contestant's evidence with the floor and find the giant component."""
    counted = battles.counted(both_bad)
    behind = evidence(battles, counted)
    enough = behind.reaches(floor)
    in_giant = beats_graph(counted).in_giant
    states = [_state(*facts) for facts in zip(enough, in_giant, behind.votes, strict=True)]
    return Standing(counted, behind, in_giant, enough & in_giant, tuple(states))


def _state(is_enough: bool, is_in_giant: bool, votes: int) -> State:
    if not is_enough:
        return "not_enough_votes"
    if not is_in_giant:
        return "not_comparable"
    return "preliminary" if votes < PRELIMINARY_BELOW else "rated"
