"""Who gets a number, and why the others do not."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Battles, BothBad
from ratings.data.graph import BeatsGraph, beats_graph
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
    graph : BeatsGraph
        "Beats" among all contestants, in the counted battles.
    is_rated : bool array (K,)
        Contestants that get a number: in the giant component and at the floor. Their mean is the centre.
    states : tuple of str
        One per contestant.
    """

    counted: Battles
    evidence: Evidence
    graph: BeatsGraph
    is_rated: NDArray[np.bool_]
    states: tuple[State, ...]

    @property
    def in_giant(self) -> NDArray[np.bool_]:
        """Members of the giant component (K,), which is fitted as a whole."""
        return self.graph.in_giant

    @property
    def giant(self) -> Battles:
        """The battles that are fitted."""
        return self.counted.among(self.in_giant)

    @property
    def centre(self) -> NDArray[np.bool_]:
        """The rated ones among the contestants of ``giant``."""
        return self.is_rated[self.in_giant]

    def nobody_notes(self) -> list[str]:
        """Return the sentence that says why nobody has a number, if nobody has."""
        if self.is_rated.any():
            return []
        if self.in_giant.any():
            return ["no contestant reaches the floor"]
        return [
            "no two contestants are comparable: no chain of wins (or ties) leads from one to another and back"
        ]

    def unrated_notes(self) -> list[str]:
        """Return a sentence with the contestants without a rating, for tables that have no row for them."""
        named = zip(self.counted.contestants, self.states, self.is_rated, strict=True)
        unrated = [f"{name} ({state.replace('_', ' ')})" for name, state, is_rated in named if not is_rated]
        return [f"without a rating: {', '.join(unrated)}"] if unrated else []

    def unbounded_notes(self) -> list[str]:
        """Return sentences with the contestants whose strength the votes bound on one side at most."""
        known = (
            ("never lost, so the votes set it no upper bound", self.graph.never_lost),
            ("never won, so the votes set it no lower bound", self.graph.never_won),
        )
        return [f"{what}: {', '.join(names)}" for what, names in known if names]


def standing(battles: Battles, *, floor: EvidenceFloor, both_bad: BothBad) -> Standing:
    """Compare each contestant's evidence with the floor and find the giant component."""
    counted = battles.counted(both_bad)
    behind = evidence(battles, counted)
    enough = behind.reaches(floor)
    graph = beats_graph(counted)
    states = [_state(*facts) for facts in zip(enough, graph.in_giant, behind.votes, strict=True)]
    return Standing(counted, behind, graph, enough & graph.in_giant, tuple(states))


def _state(is_enough: bool, is_in_giant: bool, votes: int) -> State:
    if not is_enough:
        return "not_enough_votes"
    if not is_in_giant:
        return "not_comparable"
    return "preliminary" if votes < PRELIMINARY_BELOW else "rated"
