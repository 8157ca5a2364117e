"""Whether an outcome model has a finite maximum on some votes, found before any step is taken.

The log-likelihood has none exactly when some direction of the parameters makes no observed outcome less
likely: u and v are then moved by ``du`` and ``dv`` and the log of the tie parameter by ``dk``. For Rao-Kupper
and Davidson such a direction obeys, for every observed cell,

    a wins: du - dv >= dk;     b wins: dv - du >= dk;     tie: |du - dv| <= dk.

With ``dk = 0`` this says that the "beats" graph, ties counting both ways, is not strongly connected (Ford
1957). With ``dk > 0`` the decisive votes have no cycle that outnumbers its ties: two contestants of whom one
won twice and tied once are fitted ever better by a wider tie zone and a larger gap. The grounded model has a
further contestant of fixed level 0, the *ground*, whom both sides of a win or a tie beat and who beats both
sides of a both-bad; its graph includes the ground.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

from ratings.data.battles import Battles, Outcome
from ratings.data.cells import OutcomeCells
from ratings.data.graph import beats_graph, strong_components
from ratings.data.validation import FloatArray
from ratings.errors import DisconnectedError, UnboundedError
from ratings.fits.layout import Layout

MOVED = 1e-7
"""A direction shorter than this, of a unit box, is the solver's rounding."""


def check_existence(layout: Layout, battles: Battles, cells: OutcomeCells, *, has_prior: bool) -> None:
    """Refuse votes on which the model has no finite maximum.

    With a prior the strengths are finite anyway, and only the tie parameter and the side intercept can run
    away. For the grounded model the test is sufficient, not exact; ``fit_outcomes`` raises on the rest.

    Raises
    ------
    DisconnectedError
        When strengths cannot be compared, as for ``bradley_terry``.
    UnboundedError
        When the tie parameter, the side intercept or an absolute level has no finite value.
    """
    seen = set(np.unique(cells.outcome).tolist())
    if layout.model.has_tie_parameter and Outcome.TIE not in seen:
        raise UnboundedError("there is no tie, so the tie parameter has no finite value; fit model 'half'")
    if layout.model.has_tie_parameter and not seen & {Outcome.A, Outcome.B}:
        raise UnboundedError("nobody won, so the tie parameter has no finite value")
    if layout.model.has_level and Outcome.BOTH_BAD not in seen:
        raise UnboundedError("there is no both_bad vote, so the absolute level has no finite value")
    if not has_prior:
        _check_strengths(layout, battles, cells)
    if len(layout.columns(cells.a, cells.b).T) > 2 and not _is_held(layout, cells):  # noqa: PLR2004
        _check_others(layout, cells, has_prior=has_prior)


def _check_strengths(layout: Layout, battles: Battles, cells: OutcomeCells) -> None:
    if not layout.model.has_level:
        graph = beats_graph(battles)
        if not graph.is_connected:
            raise DisconnectedError(graph.groups)
        return
    labels = strong_components(_grounded_wins(cells))
    apart = np.flatnonzero(labels[:-1] != labels[-1])
    if len(apart):
        names = ", ".join(battles.contestants[i] for i in apart)
        raise UnboundedError(
            f"no finite absolute level for {names}: each needs a win or a tie, or a chain to one, "
            "and a both_bad vote, or a loss or a tie against one who is held from above"
        )


def _grounded_wins(cells: OutcomeCells) -> FloatArray:
    """Return who beats whom (K + 1, K + 1), the ground last."""
    ground = cells.n_contestants
    wins = np.zeros((ground + 1, ground + 1))
    a_wins, b_wins, ties, both_bad = (cells.outcome == code for code in Outcome)
    for first, second, rows in ((cells.a, cells.b, a_wins | ties), (cells.b, cells.a, b_wins | ties)):
        wins[first[rows], second[rows]] = 1.0
        wins[first[rows], ground] = 1.0
        wins[ground, first[both_bad]] = 1.0
    return wins


def _is_held(layout: Layout, cells: OutcomeCells) -> bool:
    """Whether one pair settles the matter: either side won, and where sides count, in either order."""
    key = cells.a * cells.n_contestants + cells.b
    both = np.intersect1d(key[cells.outcome == Outcome.A], key[cells.outcome == Outcome.B])
    if not layout.has_side:
        return len(both) > 0
    mirrored = both % cells.n_contestants * cells.n_contestants + both // cells.n_contestants
    return bool(np.isin(both, mirrored).any())


def _check_others(layout: Layout, cells: OutcomeCells, *, has_prior: bool) -> None:
    """Look for a direction that moves the tie parameter or the side intercept, by linear programming."""
    rows = _inequalities(layout, cells)
    held = 0.0 if has_prior else 1.0
    bounds = [(-held, held)] * layout.n_contestants
    if layout.tie_place is not None:
        bounds += [(0.0, 1.0)]
    if layout.has_side:
        bounds += [(-1.0, 1.0)]
    for place, name in ((layout.tie_place, "tie parameter"), (layout.side_place, "side intercept")):
        for sign in (1.0, -1.0):
            if place is not None and _longest(rows, bounds, place, sign) > MOVED:
                raise UnboundedError(
                    f"the votes do not determine a finite {name}: they hold too few upsets; "
                    "a pair that each side won, in either order, would hold it"
                )


def _longest(rows: coo_array, bounds: list[tuple[float, float]], place: int, sign: float) -> float:
    aim = np.zeros(len(bounds))
    aim[place] = -sign
    found = linprog(  # type: ignore[call-overload]  # its stubs know no sparse matrix
        aim, A_ub=-rows.tocsr(), b_ub=np.zeros(rows.shape[0]), bounds=bounds, method="highs"
    )
    return float(-found.fun)


def _inequalities(layout: Layout, cells: OutcomeCells) -> coo_array:
    """Return the rows that a direction of recession keeps at or above 0."""
    zero = np.zeros(3)
    du, dv, dk = np.eye(3)
    needed: dict[Outcome, list[NDArray[np.float64]]] = {
        Outcome.A: [du - dv - dk],
        Outcome.B: [dv - du - dk],
        Outcome.TIE: [dk + du - dv, dk - du + dv],
        Outcome.BOTH_BAD: [zero],
    }
    if layout.model.has_level:
        needed[Outcome.A] += [du]
        needed[Outcome.B] += [dv]
        needed[Outcome.TIE] += [du, dv]
        needed[Outcome.BOTH_BAD] = [-du, -dv]
    blocks = []
    columns = layout.columns(cells.a, cells.b)
    by_parameter = np.array([[1, 0, 0, 0.5], [0, 1, 0, -0.5], [0, 0, 1, 0]])
    used = [True, True, layout.tie_place is not None, layout.has_side]
    for code, forms in needed.items():
        here = columns[cells.outcome == code]
        blocks += [(here, np.tile((form @ by_parameter)[used], (len(here), 1))) for form in forms]
    places = np.concatenate([block[0] for block in blocks])
    values = np.concatenate([block[1] for block in blocks])
    lines = np.repeat(np.arange(len(places)), places.shape[1])
    return coo_array((values.ravel(), (lines, places.ravel())), shape=(len(places), layout.n_parameters))
