"""The one place where the arrays of battles are checked, before any arithmetic sees them.

Checks look at the smallest and the largest value, and search for the row of a wrong one only when there is
one, so that they cost little beside reading the arrays once.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ratings.errors import InvalidBattlesError, InvalidOptionError

MAX_FEATURE = 1e15
"""Features beyond could not be told apart, and their sums could overflow."""

WIDE = 2**31
"""Codes from here on could overflow where two of them make one."""

FLOATS = ("weight", "features_a", "features_b")

MIN_WEIGHT, MAX_WEIGHT = 1e-6, 1e6
"""Weights further apart would drown one another in rounding, in a sum or in a leave-one-out."""

CHUNK = 1 << 15
"""Rows compared at a time, so that no temporary grows with the data."""

IntArray = NDArray[np.int32]
FloatArray = NDArray[np.float64]


def unit_weights(n: int) -> FloatArray:
    """Return n ones that take no memory: a view of a single one with stride 0."""
    return np.broadcast_to(np.ones(1), (n,))


def read_only(values: FloatArray) -> FloatArray:
    """Return the array, no longer writeable."""
    values.flags.writeable = False
    return values


def check_level(level: float) -> None:
    """Refuse a level that is not between 0 and 1."""
    if not 0 < level < 1:
        raise InvalidOptionError(f"level {level} is not between 0 and 1")


def standard_arrays(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return what can be an array as one, weights and features as float64: arithmetic on them must not wrap.

    Raises
    ------
    InvalidBattlesError
        When weights or features are not numbers.
    """
    arrays: dict[str, Any] = {}
    for name, values in columns.items():
        if values is None:
            continue
        try:
            arrays[name] = np.asarray(values, dtype=np.float64 if name in FLOATS else None)
        except (TypeError, ValueError, OverflowError) as error:
            raise InvalidBattlesError(f"{name} holds what is not a number: {error}") from error
    if "weight" not in arrays and "a" in arrays:
        arrays["weight"] = unit_weights(len(arrays["a"]))
    return arrays


def check_names(contestants: tuple[str, ...]) -> None:
    """Refuse contestants that are not different non-empty texts."""
    wrong = [name for name in contestants if not isinstance(name, str) or not name.strip()]
    if wrong:
        raise InvalidBattlesError(f"contestants: {wrong[0]!r} is not a name; it must be non-empty text")
    if len(set(contestants)) < len(contestants):
        twice = next(name for name in contestants if contestants.count(name) > 1)
        raise InvalidBattlesError(f"contestants: {twice!r} stands twice; names must be different")


def renumbered(columns: Mapping[str, NDArray[Any] | None]) -> dict[str, NDArray[np.int64]]:
    """Return the columns of voters, prompts and outputs whose codes are `WIDE`, without gaps."""
    found: dict[str, NDArray[np.int64]] = {}
    for names in (("voter",), ("prompt",), ("output_a", "output_b")):
        parts = [values for name in names if (values := columns[name]) is not None]
        if any(values.max(initial=0) >= WIDE for values in parts):
            codes = np.unique(np.concatenate([signed(values) for values in parts]), return_inverse=True)[1]
            found |= zip(names, np.split(codes, len(parts)), strict=True)
    return found


def check_arrays(n_contestants: int, columns: Mapping[str, NDArray[Any] | None]) -> None:
    """Refuse arrays of codes that cannot be battles; ``columns`` are the arrays of a ``Battles``."""
    n = len(_present(columns, "a"))
    for name, values in columns.items():
        is_table = name == "weight" and values is not None and values.ndim > 1
        if values is not None and (values.shape[:1] != (n,) or is_table):
            raise InvalidBattlesError(f"{name} has shape {values.shape}, but a has {n} battles")
    for name, values in columns.items():
        if values is not None and name not in FLOATS:
            limit = {"a": n_contestants, "b": n_contestants, "outcome": 4}.get(name)
            _refuse_outside(name, values, limit)
    _refuse_same_contestant(_present(columns, "a"), _present(columns, "b"))
    _refuse_bad_weights(_present(columns, "weight"))


def check_features(
    n: int, names: tuple[str, ...], a: NDArray[np.float64] | None, b: NDArray[np.float64] | None
) -> None:
    """Refuse features that are not finite numbers of at least 0, one column for each name, on both sides."""
    if (a is None) != (b is None) or (a is None) != (not names):
        raise InvalidBattlesError("feature_names, features_a and features_b come together or not at all")
    if len(set(names)) < len(names):
        raise InvalidBattlesError(f"feature_names {', '.join(names)} are not all different")
    for side, values in (("a", a), ("b", b)):
        if values is None:
            continue
        if values.shape != (n, len(names)):
            raise InvalidBattlesError(f"features_{side} has shape {values.shape}, not {(n, len(names))}")
        if values.min(initial=0.0) >= 0 and values.max(initial=0.0) <= MAX_FEATURE:  # false for NaN
            continue
        row, column = (int(place[0]) for place in np.nonzero(~((values >= 0) & (values <= MAX_FEATURE))))
        what = f"{names[column]}_{side} {values[row, column]}"
        limits = f"at least 0 and at most {MAX_FEATURE:g}"
        raise InvalidBattlesError(f"{what} is not a finite number of {limits}", row + 1)


def signed(values: NDArray[Any]) -> NDArray[Any]:
    """Return unsigned 64-bit codes, already checked, as signed ones: NumPy would add both as floats."""
    is_wide = values.dtype.kind == "u" and values.dtype.itemsize == np.dtype(np.int64).itemsize
    return values.view(values.dtype.str.replace("u", "i")) if is_wide else values


def _present(columns: Mapping[str, NDArray[Any] | None], name: str) -> NDArray[Any]:
    values = columns[name]
    if values is None:
        raise InvalidBattlesError(f"{name} is missing")
    return values


def _refuse_outside(name: str, values: NDArray[Any], limit: int | None) -> None:
    if values.dtype.kind not in "iu":
        raise InvalidBattlesError(f"{name} has dtype {values.dtype}; codes are integers")
    if values.ndim != 1:
        raise InvalidBattlesError(f"{name} has shape {values.shape}; codes have one dimension")
    largest = min(int(np.iinfo(values.dtype).max), int(np.iinfo(np.int64).max))
    highest = largest if limit is None else min(limit - 1, largest)
    # read as unsigned, a negative code is larger than any other: one pass finds both
    if len(values) == 0 or values.view(values.dtype.str.replace("i", "u")).max() <= highest:
        return
    row = int(np.argmax((values < 0) | (values > highest)))
    below = "" if limit is None else f" and below {limit}"
    raise InvalidBattlesError(f"{name} {int(values[row])} is not a code of at least 0{below}", row + 1)


def _refuse_same_contestant(a: NDArray[Any], b: NDArray[Any]) -> None:
    for start in range(0, len(a), CHUNK):
        same = a[start : start + CHUNK] == b[start : start + CHUNK]
        if same.any():
            row = start + int(np.argmax(same))
            raise InvalidBattlesError("both sides are the same contestant", row + 1)


def _refuse_bad_weights(weight: NDArray[Any]) -> None:
    if weight.strides == (0,):
        weight = weight[:1]  # all the same
    if len(weight) == 0 or (weight.min() >= MIN_WEIGHT and weight.max() <= MAX_WEIGHT):  # false for NaN
        return
    wrong = ~((weight == 0) | ((weight >= MIN_WEIGHT) & (weight <= MAX_WEIGHT)))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidBattlesError(
            f"weight {weight[row]} is neither 0 nor between {MIN_WEIGHT} and {MAX_WEIGHT}", row + 1
        )
