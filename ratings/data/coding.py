"""Columns of values become codes of their distinct values, in one pass, whatever library they come from.

Columns that bring their own codes (a pandas categorical, an Arrow dictionary) are recognised by their
attributes, so neither library is needed here. Nothing is refused in this module: ``columns`` checks the
distinct values, which are few, and asks here for the row of a wrong one.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 12
"""Rows looked up at a time: few enough for their Python objects to stay in the processor's cache."""

Rows = Sequence[Any] | NDArray[Any]


@dataclass(frozen=True, eq=False)
class Coded:
    """A column as codes of its distinct values.

    Attributes
    ----------
    codes : int array (n,)
        Index into ``values`` of each row; -1 where the value is missing.
    values : sequence
        In any order. A value that no row has, and the same value twice, are allowed.
    all_used : bool
        Whether every value is known to occur, and none to be missing.
    """

    codes: NDArray[Any]
    values: Sequence[Any]
    all_used: bool = False

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.codes)

    def used(self) -> list[int]:
        """Return the codes that occur, ascending; -1 first when a value is missing."""
        if self.all_used:
            return list(range(len(self.values)))
        seen = np.zeros(len(self.values) + 1, dtype=np.bool_)
        seen[self.codes] = True  # -1 is the last place
        missing = [-1] if seen[-1] else []
        return missing + np.flatnonzero(seen[:-1]).tolist()

    def value(self, code: int) -> Any:  # noqa: ANN401 - a cell can hold anything
        """Return the value of a code; None for a missing one."""
        return None if code < 0 else self.values[code]

    def first(self, codes: Iterable[int]) -> tuple[int, Any]:
        """Return the first row, counted from 1, that has one of the codes, and its value."""
        is_one = np.zeros(len(self.values) + 1, dtype=np.bool_)
        is_one[list(codes)] = True
        row = int(np.argmax(is_one[self.codes]))
        return row + 1, self.value(int(self.codes[row]))


class Coder:
    """Codes a column that arrives in pieces, in the order of first appearance."""

    def __init__(self) -> None:
        numbers = count()
        self._code: defaultdict[Hashable, bytes] = defaultdict(lambda: next(numbers).to_bytes(4, "little"))
        self._parts: list[bytes] = []

    def add(self, values: Rows) -> None:
        """Append rows. A value that cannot be hashed raises TypeError.

        A getter of many items and a join of bytes never leave C: a third faster than ``np.fromiter``.
        """
        for start in range(0, len(values), CHUNK):
            rows = values[start : start + CHUNK]
            if isinstance(rows, np.ndarray):
                rows = rows.tolist()
            codes = itemgetter(*rows)(self._code)
            self._parts.append(b"".join(codes) if len(rows) > 1 else codes)

    def coded(self) -> Coded:
        """Return all rows so far."""
        return Coded(np.frombuffer(b"".join(self._parts), dtype="<i4"), list(self._code), all_used=True)


def coded(column: Any) -> Coded:  # noqa: ANN401 - by duck typing
    """Code a column.

    Parameters
    ----------
    column : sequence, array, or column of a data frame
        As it stands: a ``Coded``, a pandas categorical, an Arrow dictionary (chunked or not). By a pass
        of its own library: Arrow arrays, pandas columns of text. By NumPy: arrays of integers. By
        Python, one look-up a row: lists, and arrays of objects or of text.
    """
    if isinstance(column, Coded):
        return column
    categorical = getattr(column, "cat", column)  # a pandas column keeps them behind this name
    if hasattr(categorical, "codes") and hasattr(categorical, "categories"):
        return Coded(np.asarray(categorical.codes), categorical.categories.tolist())
    if hasattr(column, "dictionary_encode"):
        return _of_arrow(column)
    if hasattr(column, "factorize") and not isinstance(column.dtype, np.dtype):
        codes, values = column.factorize()
        return Coded(np.asarray(codes), values.tolist())
    if hasattr(column, "__array__"):
        return _of_array(np.asarray(column))
    return _of_values(column if isinstance(column, list | tuple) else list(column))


def _of_arrow(column: Any) -> Coded:  # noqa: ANN401 - by duck typing
    encoded = column.dictionary_encode()  # a dictionary returns itself
    if hasattr(encoded, "combine_chunks"):
        encoded = encoded.combine_chunks()  # of chunks with different dictionaries as well
    codes = np.asarray(encoded.indices)
    if codes.dtype.kind == "f":  # Arrow gives NaN for what is missing
        codes = np.where(np.isnan(codes), -1.0, codes).astype(np.int64)
    return Coded(codes, encoded.dictionary.to_pylist())


def _of_array(column: NDArray[Any]) -> Coded:
    if column.dtype.kind in "iu" and column.size and column.ndim == 1:
        return _of_integers(column)
    stays = column.dtype.kind in "OU" and column.ndim == 1  # becomes Python objects a few at a time
    return _of_values(column if stays else column.tolist())


def _of_integers(column: NDArray[Any]) -> Coded:
    lowest, highest = int(column.min()), int(column.max())
    if highest - lowest < 2 * len(column) + CHUNK:  # dense enough: the numbers are the codes
        return Coded(column.astype(np.int64) - lowest, range(lowest, highest + 1))
    values, codes = np.unique(column, return_inverse=True)
    return Coded(codes, values.tolist())


def _of_values(column: Rows) -> Coded:
    coder = Coder()
    try:
        coder.add(column)
    except TypeError:  # a list in a cell
        return _of_anything(column)
    found = coder.coded()
    if all(isinstance(value, str) for value in found.values):
        return found
    # 1, 1.0 and True are one key of a dictionary, but only the first is an identifier
    return found if set(map(type, column)) <= {str, int} else _of_anything(column)


def _of_anything(column: Rows) -> Coded:
    coder = Coder()
    coder.add([_key(value) for value in column])
    codes = coder.coded().codes
    rows = np.unique(codes, return_index=True)[1]
    return Coded(codes, [column[row] for row in rows.tolist()])


def _key(value: Any) -> Hashable:  # noqa: ANN401 - a cell can hold anything
    try:
        hash(value)
    except TypeError:
        return type(value), repr(value)
    return type(value), value
