"""The same ratings from another library: choix's dense iterative Luce spectral ranking."""

import choix
import numpy as np

from ratings import points
from ratings.data.battles import Battles, BothBad
from ratings.data.counts import win_matrix
from ratings.data.graph import beats_graph
from ratings.errors import ConvergenceError, DisconnectedError
from ratings.fits.bradley_terry import bradley_terry

TOLERANCE = 1e-10
MAX_ITERATIONS = 10_000


def compare_with_choix(battles: Battles, *, both_bad: BothBad = "half") -> float:
    """Return the largest absolute difference, in points, between our fit and choix's on the same counts.

    Both rate the giant component of "beats" and are centred on its mean (Maystre and Grossglauser 2015, "Fast
    and accurate inference of Plackett-Luce models").

    Raises
    ------
    DisconnectedError
        When no two contestants are comparable.
    ConvergenceError
        When either fit does not converge.
    """
    counted = battles.counted(both_bad)
    graph = beats_graph(counted)
    if not graph.in_giant.any():
        raise DisconnectedError(graph.groups)
    giant = counted.among(graph.in_giant)
    ours = bradley_terry(giant, both_bad=both_bad).strengths
    try:
        theirs = choix.ilsr_pairwise_dense(win_matrix(giant), max_iter=MAX_ITERATIONS, tol=TOLERANCE)
    except RuntimeError as error:
        raise ConvergenceError(f"choix: {error}") from error
    return float(points.SCALE * np.abs(ours - (theirs - theirs.mean())).max())
