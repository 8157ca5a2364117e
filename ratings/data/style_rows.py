"""Votes as the rows of a style-controlled fit: an ordered pair, an outcome, and differences of features.

A feature enters as ``z = d / scale`` with ``d = (f_a - f_b) / (f_a + f_b)``, and ``d = 0`` where neither
output has any of it (both 0): nothing to tell apart. ``d`` runs from -1 to 1, has no unit, and changes sign
with the sides. The scale is the root mean square of ``d``: nothing is subtracted, because a mean that differs
from zero belongs to the side intercept, and no swap of sides changes it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import POINTS_FOR_A, Battles
from ratings.data.validation import FloatArray, unit_weights
from ratings.errors import InvalidBattlesError, InvalidOptionError

SIDE = "side"
"""Name of the constant term: the advantage of side a."""

CHUNK = 1 << 16
"""Fewest rows looked at together: bounds the memory and keeps the arrays in the processor's cache."""

Scales = Mapping[str, float]


@dataclass(frozen=True, eq=False, kw_only=True)
class StyleRows:
    """Rows of a joint fit of strengths and of the coefficients of T terms.

    Attributes
    ----------
    n_contestants : int
        K.
    first, second : int array (P,)
        The ordered pairs that met: contestants on side a and on side b.
    pair : int array (n,)
        Place of each row in ``first`` and ``second``.
    share : float array (n,)
        Side a's share of the win: 1, 0 or 1/2.
    weight : float array (n,)
        Weights.
    terms : tuple of str
        Names of the T terms: "side", where it is fitted, then the features that differ somewhere.
    z : float array (T, n)
        Their values; 1 throughout for "side".
    scales : float array (T,)
        What the terms were divided by; 1 for "side".
    dropped : tuple of str
        Features that never differ between the two outputs of a battle.
    """

    n_contestants: int
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    pair: NDArray[np.int64]
    share: FloatArray
    weight: FloatArray
    terms: tuple[str, ...]
    z: FloatArray
    scales: FloatArray
    dropped: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.pair)

    @property
    def n_parameters(self) -> int:
        """K strengths and T coefficients."""
        return self.n_contestants + len(self.terms)

    def chunks(self) -> Iterator[slice]:
        """Yield slices of rows, of bounded size but never much smaller than the number of pairs."""
        size = max(CHUNK, 4 * len(self.first))
        for start in range(0, len(self), size):
            yield slice(start, start + size)

    def prefix(self, n_terms: int) -> "StyleRows":
        """Return the rows with the first ``n_terms`` terms alone."""
        return replace(
            self, terms=self.terms[:n_terms], z=self.z[:n_terms], scales=self.scales[:n_terms], dropped=()
        )


def style_rows(
    counted: Battles,
    *,
    features: tuple[str, ...] | None = None,
    scales: Scales | None = None,
    side: bool = True,
) -> StyleRows:
    """Turn counted battles (none of weight 0) into rows.

    Parameters
    ----------
    features : tuple of str, optional
        Those to control for; all by default.
    scales : mapping of str to float, optional
        Fixed scale of each of the features; the root mean square of these battles by default.
    side : bool
        Whether the advantage of side a is a term.

    Raises
    ------
    InvalidOptionError
        When a feature is unknown, or a scale missing or not positive.
    InvalidBattlesError
        When a feature is called "side".
    """
    names = counted.feature_names if features is None else features
    _check_names(names, counted.feature_names, scales)
    differences = _differences(counted, names)
    found = _scales(differences, counted, None if scales is None else [scales[name] for name in names])
    differs = found > 0
    kept = differences if differs.all() else differences[differs]
    kept /= found[differs, None]
    constant = np.ones((int(side), len(counted)))
    pair, first, second = _ordered_pairs(counted)
    return StyleRows(
        n_contestants=counted.n_contestants,
        first=first,
        second=second,
        pair=pair,
        share=POINTS_FOR_A[counted.outcome],
        weight=counted.weight,
        terms=(SIDE,) * side + tuple(name for name, it in zip(names, differs, strict=True) if it),
        z=np.concatenate([constant, kept]) if side else kept,
        scales=np.concatenate([np.ones(int(side)), found[differs]]),
        dropped=tuple(name for name, it in zip(names, differs, strict=True) if not it),
    )


def taken(rows: StyleRows, places: NDArray[np.int64]) -> StyleRows:
    """Return the rows at ``places``, in that order."""
    return replace(
        rows,
        pair=rows.pair[places],
        share=rows.share[places],
        weight=unit_weights(len(places)) if rows.weight.strides == (0,) else rows.weight[places],
        z=rows.z[:, places],
    )


def _check_names(names: tuple[str, ...], known: tuple[str, ...], scales: Scales | None) -> None:
    for name in names:
        if name not in known:
            raise InvalidOptionError(
                f"{name!r} is not a feature of these battles: {', '.join(known) or 'none'}"
            )
        if name == SIDE:
            raise InvalidBattlesError(f"a feature cannot be called {SIDE!r}: that is the side intercept")
        if scales is not None and not 0 < scales.get(name, np.nan) < np.inf:
            raise InvalidOptionError(f"scales must hold a positive number for {name!r}")


def _differences(counted: Battles, names: tuple[str, ...]) -> FloatArray:
    """Return (f_a - f_b) / (f_a + f_b), float (F, n); 0 where both are 0."""
    found = np.zeros((len(names), len(counted)))
    if counted.features_a is None or counted.features_b is None:
        return found
    for row, name in enumerate(names):
        column = counted.feature_names.index(name)
        for start in range(0, len(counted), CHUNK):
            part = slice(start, start + CHUNK)
            a, b = counted.features_a[part, column], counted.features_b[part, column]
            total = a + b
            total[total == 0] = 1.0  # the difference is 0 as well
            np.divide(a - b, total, out=found[row, part])
    return found


def _scales(differences: FloatArray, counted: Battles, fixed: list[float] | None) -> FloatArray:
    """Return the scale of each feature; 0 where it never differs."""
    weight = counted.weight
    if weight.strides == (0,):
        squares = np.einsum("fn,fn->f", differences, differences)
    else:
        squares = np.einsum("fn,fn,n->f", differences, differences, weight)
    measured = np.sqrt(squares / max(float(weight.sum()), np.finfo(np.float64).tiny))
    return np.where(measured > 0, measured if fixed is None else fixed, 0.0)


def _ordered_pairs(
    battles: Battles,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the place of each battle's ordered pair, and the pairs that met, as side a and side b."""
    k = battles.n_contestants
    code = battles.a.astype(np.int64) * k + battles.b
    met = np.flatnonzero(np.bincount(code, minlength=k * k))
    place = np.zeros(k * k, dtype=np.int64)
    place[met] = np.arange(len(met))
    return place[code], met // k, met % k
