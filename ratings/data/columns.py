"""Columns of a table of votes become the arrays of ``Battles``; every refusal names the row and the value."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ratings.data.coding import Coded, coded
from ratings.data.validation import FloatArray, IntArray
from ratings.errors import InvalidBattlesError, InvalidOptionError

OUTCOMES: Mapping[str, int] = {"model_a": 0, "model_b": 1, "tie": 2, "both_bad": 3, "tie (bothbad)": 3}
"""Code of each value that a ``winner`` column may hold; the last is the field's older spelling."""

REQUIRED = ("model_a", "model_b", "winner")
OPTIONAL = ("voter", "prompt", "output_a", "output_b", "weight")

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
"""Characters that steer a terminal or end a line; a contestant's name is printed, so it may hold none."""

Columns = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Table:
    """A table of votes and what it calls the columns of the data contract, where it has its own word."""

    columns: Columns
    names: Mapping[str, str]

    def name(self, field: str) -> str:
        """Return the table's own name of a column of the contract."""
        return self.names.get(field, field)

    def get(self, field: str) -> Any:  # noqa: ANN401 - a column of any library
        """Return a column by its name in the contract; None when the table has none."""
        return self.columns.get(self.name(field))


def checked_columns(table: Table, features: Sequence[str] = ()) -> dict[str, Any]:
    """Check a table of battles, column by column, and code it.

    Feature f is read from the columns ``f_a`` and ``f_b``. Columns besides those of the data contract are
    ignored. Returns the arguments of ``Battles``.

    Raises
    ------
    InvalidBattlesError
        On a missing column, columns of different lengths, or the first wrong value of a column.
    InvalidOptionError
        When ``features`` is one text instead of a list of names.
    """
    _check_lengths(table, features)
    contestants, (a, b) = _coded_names(table, "model_a", "model_b", is_printed=True)
    return {
        "contestants": tuple(contestants),
        "a": a,
        "b": b,
        "outcome": _outcomes(table),
        "weight": None if table.get("weight") is None else numbers(table, "weight"),
        "voter": _optional_codes(table, "voter"),
        "prompt": _optional_codes(table, "prompt"),
        **_outputs(table),
        **_features(table, features),
    }


def feature_columns(features: Sequence[str]) -> list[str]:
    """Return the names of the two columns of each feature.

    A text is a sequence of letters too, so that a single name would pass for many.
    """
    if isinstance(features, str):
        raise InvalidOptionError(f"features {features!r} is one text; give a list of names: [{features!r}]")
    return [f"{feature}_{side}" for feature in features for side in "ab"]


def numbers(table: Table, field: str) -> FloatArray:
    """Return a column as floats (n,); a blank or missing value is refused with its row."""
    column = table.get(field)
    if isinstance(column, Coded):
        return _coded_numbers(table.name(field), column)
    values = np.asarray(column) if hasattr(column, "__array__") else list(column)
    if isinstance(values, np.ndarray) and values.dtype.kind in "biuf":
        return values.astype(np.float64, copy=False)
    cells = list(values)
    try:
        return np.fromiter(map(float, cells), dtype=np.float64, count=len(cells))
    except (TypeError, ValueError):  # looked up again, slowly, to name the row
        row = [_is_number(cell) for cell in cells].index(False)
        raise InvalidBattlesError(f"{table.name(field)} {cells[row]!r} is not a number", row + 1) from None


def coded_column(table: Table, field: str) -> Coded:
    """Return a column as codes, or say that its type has none."""
    column = table.get(field)
    try:
        return coded(column)
    except NotImplementedError:  # Arrow's answer to lists and structs
        raise InvalidBattlesError(f"column {table.name(field)} holds {column.type}, not names") from None


def refuse(table: Table, field: str, column: Coded, wrong: Sequence[int], right: str) -> None:
    """Refuse the first row that has one of the ``wrong`` codes, if any; ``right`` says what would do."""
    if wrong:
        row, value = column.first(wrong)
        raise InvalidBattlesError(f"{table.name(field)} {value!r} {right}", row)


def _check_lengths(table: Table, features: Sequence[str]) -> None:
    sides = feature_columns(features)
    for field in REQUIRED:
        if table.get(field) is None:
            raise InvalidBattlesError(
                f"no column {table.name(field)}; model_a, model_b and winner are required"
            )
    for field in sides:
        if table.get(field) is None:
            raise InvalidBattlesError(f"no column {field}; a feature has a column for either side")
    n = len(table.get("model_a"))
    for field in ("model_b", "winner", *OPTIONAL, *sides):
        column = table.get(field)
        if column is not None and len(column) != n:
            raise InvalidBattlesError(
                f"column {table.name(field)} has {len(column)} rows, but model_a has {n}"
            )


def _coded_names(table: Table, *fields: str, is_printed: bool = False) -> tuple[list[str], list[IntArray]]:
    """Return the sorted distinct names of the columns together, and their codes in each column.

    Sorted, so that codes depend neither on the order of rows nor on what a categorical lists besides.
    """
    columns = [coded_column(table, field) for field in fields]
    labels = [_labels(table, field, column) for field, column in zip(fields, columns, strict=True)]
    if is_printed:
        for field, column, of_column in zip(fields, columns, labels, strict=True):
            steering = [code for code, label in of_column.items() if CONTROL.search(label)]
            refuse(table, field, column, steering, "is not a name; it holds a control character")
    names = sorted(set().union(*(of_column.values() for of_column in labels)))
    place = {name: index for index, name in enumerate(names)}
    codes = []
    for column, label_of in zip(columns, labels, strict=True):
        new = np.zeros(len(column.values) + 1, dtype=np.int32)
        new[list(label_of)] = [place[label] for label in label_of.values()]
        codes.append(new[column.codes])
    return names, codes


def _labels(table: Table, field: str, column: Coded) -> dict[int, str]:
    """Return the name for each code that occurs: text, or an integer as text, never blank."""
    used = column.used()
    values = [column.value(code) for code in used]
    labels = values if set(map(type, values)) <= {str} else [_label(value) for value in values]
    if not all(map(str.strip, labels)):
        wrong = [code for code, label in zip(used, labels, strict=True) if not label.strip()]
        refuse(table, field, column, wrong, "is not a name; it must be non-empty text or a whole number")
    return dict(zip(used, labels, strict=True))


def _label(value: object) -> str:
    """Return a name as text; blank when it is none. 1 and "1" are the same name, True is none."""
    if isinstance(value, str):
        return str.__str__(value)  # of a text that is an enumeration's member, its value
    is_integer = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return str(int(value)) if is_integer else ""  # type: ignore[call-overload]  # just checked


def _optional_codes(table: Table, field: str) -> IntArray | None:
    return None if table.get(field) is None else _coded_names(table, field)[1][0]


def _outputs(table: Table) -> dict[str, IntArray | None]:
    sides = [table.get("output_a") is not None, table.get("output_b") is not None]
    if not any(sides):
        return {"output_a": None, "output_b": None}
    if not all(sides):
        raise InvalidBattlesError("output_a and output_b come together or not at all")
    _, (a, b) = _coded_names(table, "output_a", "output_b")
    return {"output_a": a, "output_b": b}


def _features(table: Table, features: Sequence[str]) -> dict[str, Any]:
    if not features:
        return {}
    sides = {
        side: np.column_stack([numbers(table, f"{feature}_{side}") for feature in features]) for side in "ab"
    }
    return {"feature_names": tuple(features), "features_a": sides["a"], "features_b": sides["b"]}


def _outcomes(table: Table) -> NDArray[np.int8]:
    column = coded_column(table, "winner")
    code_of = np.zeros(len(column.values) + 1, dtype=np.int8)
    wrong = []
    for code in column.used():
        value = column.value(code)
        if isinstance(value, str) and value in OUTCOMES:
            code_of[code] = OUTCOMES[value]
        else:
            wrong.append(code)
    refuse(table, "winner", column, wrong, f"is not one of {', '.join(OUTCOMES)}")
    return np.asarray(code_of[column.codes])


def _coded_numbers(name: str, column: Coded) -> FloatArray:
    number_of = np.zeros(len(column.values) + 1)
    wrong = []
    for code in column.used():
        value = column.value(code)
        if _is_number(value):
            number_of[code] = float(value)
        else:
            wrong.append(code)
    if wrong:
        row, value = column.first(wrong)
        raise InvalidBattlesError(f"{name} {value!r} is not a number", row)
    return np.asarray(number_of[column.codes])


def _is_number(value: Any) -> bool:  # noqa: ANN401 - a cell can hold anything
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
