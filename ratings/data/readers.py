"""Read a votes file, CSV or Parquet, in any of the layouts of ``layouts``."""

import csv
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ratings.data.battles import Battles
from ratings.data.coding import Coded, Coder, coded
from ratings.data.columns import OPTIONAL, feature_columns
from ratings.data.layouts import BLIND, LAYOUTS, LayoutName, from_layout, layout_of, outcome_columns
from ratings.errors import InvalidBattlesError, VotesFileError

if TYPE_CHECKING:
    from _csv import Reader

UNMIXED = ("category", "category_version", "origin")
"""One board is one category, one major version of it and one origin; a file that mixes them is refused."""

CHUNK = 1 << 8
"""Rows of a CSV file that are Python text at a time: few enough for the cache of the processor."""

LONGEST_CELL = (1 << 31) - 1
"""The field's files carry whole conversations in a cell; Python's own limit is 131072 characters."""


def read_votes(path: str | Path, *, features: Sequence[str] = ()) -> Battles:
    """Read a votes file: Parquet when its name ends so, else CSV in UTF-8, with or without byte order mark.

    The names of the columns tell the layout. An optional column that is blank in every row counts as absent.

    Parameters
    ----------
    features : sequence of str
        Style features to read: feature f from the columns ``f_a`` and ``f_b``.

    Raises
    ------
    VotesFileError
        Names the file and the line (Parquet: the row) of what is wrong; says when pyarrow is missing.
    InvalidOptionError
        When ``features`` is one text instead of a list of names.
    """
    path = Path(path)
    try:
        if path.suffix.lower() == ".parquet":
            return _parse_parquet(path, features)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return parse_votes(file, name=str(path), features=features)
    except OSError as error:
        raise VotesFileError(str(path), error.strerror or "cannot be read") from error
    except UnicodeDecodeError as error:
        raise VotesFileError(str(path), "not UTF-8 text") from error


def parse_votes(file: Iterable[str], *, name: str, features: Sequence[str] = ()) -> Battles:
    """Read the lines of a votes file in CSV.

    Parameters
    ----------
    name : str
        What to call the file in errors.
    features : sequence of str
        Style features to read: feature f from the columns ``f_a`` and ``f_b``.

    Raises
    ------
    VotesFileError
        Names the file and the line of what is wrong.
    InvalidOptionError
        When ``features`` is one text instead of a list of names.
    """
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(file, strict=True)
    lines = array("q", [1])  # the header is row 0
    try:
        header = next(reader, [])
        layout, wanted = _plan(header, features)
        columns = _csv_columns(reader, {name: header.index(name) for name in wanted}, len(header), lines)
        return _battles(columns, layout, features)
    except csv.Error as error:
        raise VotesFileError(name, f"not CSV: {error}", reader.line_num) from error
    except InvalidBattlesError as error:
        line = None if error.row is None else lines[error.row]
        raise VotesFileError(name, error.reason, line) from error


def _parse_parquet(path: Path, features: Sequence[str]) -> Battles:
    try:
        from pyarrow import ArrowException, types  # noqa: PLC0415 - Parquet alone needs it
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415
    except ImportError as error:
        reason = "reading Parquet needs pyarrow: pip install paragone[parquet]"
        raise VotesFileError(str(path), reason) from error
    try:
        with path.open("rb") as file:
            schema = ParquetFile(file).schema_arrow
            layout, wanted = _plan(schema.names, features)
            kinds = {name: schema.field(name).type for name in wanted}
            text = [
                name for name in wanted if types.is_string(kinds[name]) or types.is_large_string(kinds[name])
            ]
            coded_as = {*text, *(name for name in wanted if types.is_dictionary(kinds[name]))}
            # text comes as it is stored, as dictionaries, and never becomes a Python list
            table = ParquetFile(file, read_dictionary=text).read(columns=wanted)
        columns = {name: coded(table[name]) if name in coded_as else table[name] for name in wanted}
        return _battles(columns, layout, features)
    except ArrowException as error:
        raise VotesFileError(str(path), f"not Parquet: {error}") from error
    except InvalidBattlesError as error:
        raise VotesFileError(str(path), str(error) if error.row else error.reason) from error


def _plan(header: Sequence[str], features: Sequence[str]) -> tuple[LayoutName, list[str]]:
    """Return the layout of a file and the columns to read; a wrong header is row 0."""
    names = [name.strip() for name in header]
    layout = layout_of(names)
    required = ["model_a", "model_b", *outcome_columns(layout)]
    missing = [name for name in required if name not in names]
    if missing:
        hint = ", separated by commas" if any(mark in name for name in names for mark in ";\t") else ""
        raise InvalidBattlesError(
            f"no column {', '.join(missing)}; the first line must name the columns{hint}", row=0
        )
    own = (LAYOUTS[layout].voter, LAYOUTS[layout].prompt, *(UNMIXED if layout == "contract" else (BLIND,)))
    known = {*required, *OPTIONAL, *own, *feature_columns(features)}
    padded = [name for name in header if name not in known and name.strip() in known]
    if padded:  # read as it stands it would be left out, and its cells may be padded too
        raise InvalidBattlesError(f"column {padded[0]!r} has spaces around its name; take them out", row=0)
    wanted = [name for name in dict.fromkeys(header) if name in known]
    twice = [name for name in wanted if header.count(name) > 1]
    if twice:
        raise InvalidBattlesError(f"column {twice[0]} appears twice", row=0)
    return layout, wanted


def _csv_columns(
    reader: "Reader", places: Mapping[str, int], width: int, lines: "array[int]"
) -> dict[str, Coded]:
    coders = {name: Coder() for name in places}
    while rows := _rows(reader, width, lines):
        for name, place in places.items():
            coders[name].add([row[place] for row in rows])
    return {name: coder.coded() for name, coder in coders.items()}


def _rows(reader: "Reader", width: int, lines: "array[int]") -> list[list[str]]:
    """Return some rows of a file, none at its end, and add the number of the line of each."""
    rows = []
    for row in reader:
        if row:  # not a blank line
            rows.append(row)
            lines.append(reader.line_num)
            if len(row) != width:
                raise InvalidBattlesError(f"{len(row)} values under {width} columns", len(lines) - 1)
            if len(rows) == CHUNK:
                break
    return rows


def _battles(columns: Mapping[str, Any], layout: LayoutName, features: Sequence[str]) -> Battles:
    read = {name: coded(column) if name in UNMIXED else column for name, column in columns.items()}
    if len(read["model_a"]) == 0:
        raise InvalidBattlesError("no votes in the file")
    for name in UNMIXED:
        if name in read:
            _refuse_mixed(name, read[name])
    present = {name: column for name, column in read.items() if not _is_blank(column)}
    required = {name: read[name] for name in ("model_a", "model_b", *outcome_columns(layout))}
    return from_layout(present | required, layout, features=features)


def _is_blank(column: Any) -> bool:  # noqa: ANN401 - a column of either kind of file
    """Whether every cell of a column is empty."""
    if isinstance(column, Coded):
        return all(column.value(code) in (None, "") for code in column.used())
    return bool(column.null_count == len(column))


def _refuse_mixed(name: str, column: Coded) -> None:
    what = "major category_version" if name == "category_version" else name
    text = {code: str(column.value(code)) for code in column.used()}
    if name == "category_version":
        text = {code: version.partition(".")[0] for code, version in text.items()}
    first = text[int(column.codes[0])]
    others = [code for code, value in text.items() if value != first]
    if others:
        row, _ = column.first(others)
        value = text[int(column.codes[row - 1])]
        raise InvalidBattlesError(f"{what} {value!r} after {first!r}; rate them apart", row)
