"""Battles: who met whom, what the voter chose, and the sums that every method starts from."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from ratings.data.columns import Columns, Table, checked_columns
from ratings.data.validation import (
    FloatArray,
    IntArray,
    check_arrays,
    check_features,
    check_names,
    renumbered,
    signed,
    standard_arrays,
)
from ratings.errors import InvalidOptionError

BothBad = Literal["half", "drop"]


class Outcome(IntEnum):
    """What a voter chose, as coded in ``Battles.outcome``."""

    A = 0
    B = 1
    TIE = 2
    BOTH_BAD = 3


POINTS_FOR_A = np.array([1.0, 0.0, 0.5, 0.5])
"""Share of a win that side a gets for each outcome; ties and both-bad are half a win for both."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Battles:
    """Voted battles as arrays of codes; made by ``Battles.from_columns`` or straight from codes.

    Attributes
    ----------
    contestants : tuple of str
        Names; code i means ``contestants[i]``. A contestant without battles is allowed.
    a, b : int array (n,)
        Contestants on the two sides. Arrays of any integer type are kept as they are, never copied: do not
        write to them afterwards.
    outcome : int array (n,)
        Codes of ``Outcome``.
    weight : float array (n,)
        0, or 1e-6 to 1e6; a battle of weight 0 counts nowhere. All ones, without memory, when left out.
        Where battles were served unevenly, 1 / propensity (``inverse_propensity_weights``) makes all
        equally likely; to weigh so is the caller's choice, never made here.
    voter, prompt : int array (n,) or None
        Who voted, on what; needed by the intervals. Codes of 2**31 or more are renumbered without gaps, in
        their order.
    output_a, output_b : int array (n,) or None
        The outputs shown, coded together.
    feature_names : tuple of str
        Names of the F style features; empty without them.
    features_a, features_b : float array (n, F) or None
        What was counted or measured on the output of either side, in any unit, 0 to 1e15.

    Raises
    ------
    InvalidBattlesError
        When the arrays cannot be battles; names the row.
    """

    contestants: tuple[str, ...]
    a: IntArray
    b: IntArray
    outcome: NDArray[Any]
    weight: FloatArray = None  # type: ignore[assignment]  # ones, filled in below
    voter: IntArray | None = None
    prompt: IntArray | None = None
    output_a: IntArray | None = None
    output_b: IntArray | None = None
    feature_names: tuple[str, ...] = ()
    features_a: FloatArray | None = None
    features_b: FloatArray | None = None

    def __post_init__(self) -> None:
        """Check the arrays and make them read-only."""
        for name, values in standard_arrays(self._arrays()).items():
            object.__setattr__(self, name, values)
        check_names(self.contestants)
        arrays = self._arrays()
        check_arrays(len(self.contestants), arrays)
        check_features(len(self.a), self.feature_names, self.features_a, self.features_b)
        arrays |= renumbered(arrays)
        for name, values in arrays.items():
            if values is not None:
                own = signed(values).view()
                own.flags.writeable = False
                object.__setattr__(self, name, own)

    @classmethod
    def from_columns(cls, columns: Columns, *, features: Sequence[str] = ()) -> Self:
        """Read battles from columns in the names of the data contract.

        Parameters
        ----------
        columns : mapping or data frame
            ``model_a``, ``model_b`` (names) and ``winner`` (``model_a``, ``model_b``, ``tie``, ``both_bad``
            or ``tie (bothbad)``); optionally ``voter``, ``prompt``, ``output_a`` with ``output_b``,
            ``weight``. An optional column may be None. Others are ignored. A column is a list, a NumPy
            array, a pandas column or an Arrow array; categoricals and dictionaries are read by their
            codes, and what only their lists of categories hold does not become a contestant.
        features : sequence of str
            Style features to read: feature f from the number columns ``f_a`` and ``f_b``.

        Raises
        ------
        InvalidBattlesError
            With the row, counted from 1, and the value.
        """
        return cls(**checked_columns(Table(columns, {}), features))

    def __len__(self) -> int:
        """Return the number of battles."""
        return len(self.a)

    @property
    def n_contestants(self) -> int:
        """Number of contestants, those without battles included."""
        return len(self.contestants)

    @property
    def is_unweighted(self) -> bool:
        """Whether the weights were left out, so that all are one."""
        return self.weight.strides == (0,)

    def where(self, keep: NDArray[np.bool_]) -> "Battles":
        """Return the battles of the rows where ``keep`` is true, with the same contestants."""
        arrays = self._arrays()
        if self.is_unweighted:
            arrays["weight"] = None
        kept = {name: None if v is None else v[keep] for name, v in arrays.items()}
        return replace(self, **kept)  # type: ignore[arg-type]

    def counted(self, both_bad: BothBad) -> "Battles":
        """Return the battles that enter a fit: positive weight, and no both-bad where they are dropped."""
        if both_bad not in ("half", "drop"):
            raise InvalidOptionError(f"both_bad {both_bad!r} is not one of half, drop")
        if self.is_unweighted and both_bad == "half":
            return self
        keep = self.weight > 0
        if both_bad == "drop":
            keep &= self.outcome != Outcome.BOTH_BAD
        return self if keep.all() else self.where(keep)

    def among(self, members: NDArray[np.bool_]) -> "Battles":
        """Return the battles between ``members`` (bool (K,)), with only those contestants."""
        if members.all():
            return self
        kept = self.where(members[self.a] & members[self.b])
        code = np.cumsum(members, dtype=np.int32) - 1
        names = tuple(name for name, is_in in zip(self.contestants, members, strict=True) if is_in)
        own: dict[str, Any] = {"a": code[kept.a].astype(np.int32), "b": code[kept.b].astype(np.int32)}
        if kept.is_unweighted:
            own["weight"] = None
        return replace(kept, contestants=names, **own)

    def _arrays(self) -> dict[str, NDArray[Any] | None]:
        names = {f.name for f in fields(self)} - {"contestants", "feature_names"}
        return {name: getattr(self, name) for name in sorted(names)}
