"""The one place where battles are checked, before any arithmetic sees them.

Columns of values become arrays of codes here; every refusal names the row and the value.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ratings.errors import InvalidBattlesError, InvalidOptionError

OUTCOMES: Mapping[str, int] = {"model_a": 0, "model_b": 1, "tie": 2, "both_bad": 3, "tie (bothbad)": 3}
"""Code of each value that a ``winner`` column may hold; the last is the field's older spelling."""

MIN_WEIGHT, MAX_WEIGHT = 1e-6, 1e6
"""Weights further apart would drown one another in rounding, in a sum or in a leave-one-out."""

IntArray = NDArray[np.int32]
FloatArray = NDArray[np.float64]
Columns = Mapping[str, Sequence[Any]]


def checked_columns(columns: Columns) -> dict[str, Any]:
    """Check a table of battles, column by column, and code it.

    Returns the arguments of ``Battles``. Columns besides those of the data contract are ignored.

    Raises
    ------
    InvalidBattlesError
        On a missing column, columns of different lengths, or the first wrong value of a column.
    """
    n = _common_length(columns)
    names_a, names_b = _labels(columns, "model_a"), _labels(columns, "model_b")
    contestants, codes = _coded([names_a, names_b])
    return {
        "contestants": tuple(contestants),
        "a": codes[:n],
        "b": codes[n:],
        "outcome": _outcomes(_values(columns["winner"])),
        "weight": _weights(columns, n),
        "voter": _optional_codes(columns, "voter"),
        "prompt": _optional_codes(columns, "prompt"),
        **_output_codes(columns, n),
    }


def unit_weights(n: int) -> FloatArray:
    """Return n ones that take no memory: a view of a single one with stride 0."""
    return np.broadcast_to(np.ones(1), (n,))


def check_features(
    n: int, names: tuple[str, ...], a: NDArray[np.float64] | None, b: NDArray[np.float64] | None
) -> None:
    """Refuse features that are not finite numbers of at least 0, one column for each name, on both sides."""
    if (a is None) != (b is None) or (a is None) != (not names):
        raise InvalidBattlesError("feature_names, features_a and features_b come together or not at all")
    for side, values in (("a", a), ("b", b)):
        if values is None:
            continue
        if values.shape != (n, len(names)):
            raise InvalidBattlesError(f"features_{side} has shape {values.shape}, not {(n, len(names))}")
        wrong = ~(np.isfinite(values) & (values >= 0))
        if wrong.any():
            row, column = (int(place[0]) for place in np.nonzero(wrong))
            raise InvalidBattlesError(
                f"{names[column]}_{side} {values[row, column]} is not a finite number of at least 0", row + 1
            )


def read_only(values: FloatArray) -> FloatArray:
    """Return the array, no longer writeable."""
    values.flags.writeable = False
    return values


def check_level(level: float) -> None:
    """Refuse a level that is not between 0 and 1."""
    if not 0 < level < 1:
        raise InvalidOptionError(f"level {level} is not between 0 and 1")


def check_arrays(n_contestants: int, columns: Mapping[str, NDArray[Any] | None]) -> None:
    """Refuse arrays of codes that cannot be battles; ``columns`` are the arrays of a ``Battles``."""
    n = len(_present(columns, "a"))
    for name, values in columns.items():
        if values is not None and values.shape[:1] != (n,):
            raise InvalidBattlesError(f"{name} has shape {values.shape}, but a has {n} battles")
    for name, values in columns.items():
        if values is not None and name not in ("weight", "features_a", "features_b"):
            limit = {"a": n_contestants, "b": n_contestants, "outcome": 4}.get(name)
            _refuse_outside(name, values, limit)
    _refuse_same_contestant(_present(columns, "a"), _present(columns, "b"))
    _refuse_bad_weights(_present(columns, "weight"))


def _present(columns: Mapping[str, NDArray[Any] | None], name: str) -> NDArray[Any]:
    values = columns[name]
    if values is None:
        raise InvalidBattlesError(f"{name} is missing")
    return values


def _refuse_outside(name: str, values: NDArray[Any], limit: int | None) -> None:
    wrong = values < 0 if limit is None else (values < 0) | (values >= limit)
    if wrong.any():
        row = int(np.argmax(wrong))
        below = "" if limit is None else f" and below {limit}"
        raise InvalidBattlesError(f"{name} {int(values[row])} is not a code of at least 0{below}", row + 1)


def _refuse_same_contestant(a: NDArray[Any], b: NDArray[Any]) -> None:
    same = a == b
    if same.any():
        raise InvalidBattlesError("both sides are the same contestant", int(np.argmax(same)) + 1)


def _refuse_bad_weights(weight: NDArray[Any]) -> None:
    wrong = ~((weight == 0) | ((weight >= MIN_WEIGHT) & (weight <= MAX_WEIGHT)))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidBattlesError(
            f"weight {weight[row]} is neither 0 nor between {MIN_WEIGHT} and {MAX_WEIGHT}", row + 1
        )


def _values(column: Sequence[Any]) -> list[Any]:
    return column.tolist() if isinstance(column, np.ndarray) else list(column)


def _common_length(columns: Columns) -> int:
    for name in ("model_a", "model_b", "winner"):
        if columns.get(name) is None:
            raise InvalidBattlesError(f"no column {name}; model_a, model_b and winner are required")
    n = len(columns["model_a"])
    optional = ("voter", "prompt", "output_a", "output_b", "weight")
    for name in ("model_b", "winner", *optional):
        if columns.get(name) is not None and len(columns[name]) != n:
            raise InvalidBattlesError(f"column {name} has {len(columns[name])} rows, but model_a has {n}")
    return n


def _labels(columns: Columns, name: str) -> list[str]:
    """Return a column of names as text; an identifier may be an integer, but never empty."""
    values = _values(columns[name])
    if all(kind is str for kind in set(map(type, values))) and all(map(str.strip, set(values))):
        return values
    for row, value in enumerate(values, start=1):
        usable = isinstance(value, int | str) and not isinstance(value, bool) and str(value).strip()
        if not usable:
            raise InvalidBattlesError(f"{name} {value!r} is not a name; it must be non-empty text", row)
    return [str(value) for value in values]


def _coded(parts: list[list[str]]) -> tuple[list[str], IntArray]:
    """Return the sorted distinct labels and the code of each, so that codes ignore the order of rows."""
    labels = [label for part in parts for label in part]
    names = sorted(set(labels))
    code = {name: index for index, name in enumerate(names)}
    return names, np.fromiter(map(code.__getitem__, labels), dtype=np.int32, count=len(labels))


def _optional_codes(columns: Columns, name: str) -> IntArray | None:
    if columns.get(name) is None:
        return None
    return _coded([_labels(columns, name)])[1]


def _output_codes(columns: Columns, n: int) -> dict[str, IntArray | None]:
    sides = [columns.get("output_a") is not None, columns.get("output_b") is not None]
    if not any(sides):
        return {"output_a": None, "output_b": None}
    if not all(sides):
        raise InvalidBattlesError("output_a and output_b come together or not at all")
    _, codes = _coded([_labels(columns, "output_a"), _labels(columns, "output_b")])
    return {"output_a": codes[:n], "output_b": codes[n:]}


def _outcomes(values: list[Any]) -> NDArray[np.int8]:
    try:
        return np.fromiter(map(OUTCOMES.__getitem__, values), dtype=np.int8, count=len(values))
    except (KeyError, TypeError):  # looked up again, slowly, to name the row
        is_known = [isinstance(value, str) and value in OUTCOMES for value in values]
        row = is_known.index(False)
        raise InvalidBattlesError(
            f"winner {values[row]!r} is not one of {', '.join(OUTCOMES)}", row + 1
        ) from None


def _weights(columns: Columns, n: int) -> FloatArray:
    if columns.get("weight") is None:
        return np.ones(n)
    values = _values(columns["weight"])
    try:
        return np.fromiter(map(float, values), dtype=np.float64, count=n)
    except (TypeError, ValueError):  # looked up again, slowly, to name the row
        row = [_is_number(value) for value in values].index(False)
        raise InvalidBattlesError(f"weight {values[row]!r} is not a number", row + 1) from None


def _is_number(value: Any) -> bool:  # noqa: ANN401 - a cell can hold anything
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
