"""Who can be compared with whom: strongly connected components of "beats".

Finite maximum-likelihood strengths exist, and are unique, exactly when a chain of wins leads from every
contestant to every other (Ford 1957, American Mathematical Monthly 64, 28-33). A tie counts both ways.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from ratings.data.battles import Battles
from ratings.data.counts import win_matrix
from ratings.data.validation import FloatArray


@dataclass(frozen=True, eq=False)
class BeatsGraph:
    """The groups within which contestants are comparable.

    Attributes
    ----------
    groups : tuple of tuples of str
        Strongly connected components: most contestants first, then most weight of votes, then by name.
    in_giant : bool array (K,)
        Members of the first group. A group of one has nobody to be compared with, so then all are False.
    never_won, never_lost : tuple of str
        Contestants with votes whose strength has no lower, or no upper, bound.
    """

    groups: tuple[tuple[str, ...], ...]
    in_giant: NDArray[np.bool_]
    never_won: tuple[str, ...]
    never_lost: tuple[str, ...]

    @property
    def is_connected(self) -> bool:
        """Whether all contestants are in one group."""
        return len(self.groups) == 1


def beats_graph(battles: Battles) -> BeatsGraph:
    """Find the strongly connected components of "beats" among all contestants of ``battles``."""
    wins = win_matrix(battles)
    labels = strong_components(wins)
    names = np.array(battles.contestants, dtype=object)
    groups = [np.flatnonzero(labels == label) for label in range(labels.max(initial=-1) + 1)]
    votes = wins.sum(axis=0) + wins.sum(axis=1)
    groups.sort(key=lambda members: (-len(members), -votes[members].sum(), names[members[0]]))
    in_giant = np.zeros(len(names), dtype=bool)
    if groups and len(groups[0]) > 1:
        in_giant[groups[0]] = True
    return BeatsGraph(
        groups=tuple(tuple(names[members]) for members in groups),
        in_giant=in_giant,
        never_won=tuple(names[(votes > 0) & (wins.sum(axis=1) == 0)]),
        never_lost=tuple(names[(votes > 0) & (wins.sum(axis=0) == 0)]),
    )


def strong_components(wins: FloatArray) -> NDArray[np.int32]:
    """Label the strongly connected component of each contestant of a win matrix (K, K)."""
    _, labels = connected_components(
        csr_array((wins > 0).astype(np.int8)), directed=True, connection="strong"
    )
    return np.asarray(labels, dtype=np.int32)


def is_strongly_connected(wins: FloatArray) -> bool:
    """Whether chains of wins lead from the first contestant of a win matrix (K, K) to all, and back.

    As ``strong_components``, without naming them; a few rows are looked at where most pairs have met.
    """
    beats = wins > 0
    return len(wins) > 0 and reaches_all(beats) and reaches_all(np.ascontiguousarray(beats.T))


def reaches_all(beats: NDArray[np.bool_]) -> bool:
    """Whether chains of true entries lead from the first row of a matrix (K, K), K > 0, to every other."""
    reached = np.zeros(len(beats), dtype=bool)
    new = np.array([0])
    while len(new):
        reached[new] = True
        new = np.flatnonzero(beats[new].any(axis=0) & ~reached)
    return bool(reached.all())
