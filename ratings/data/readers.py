"""Read a votes file: CSV with at least ``model_a``, ``model_b`` and ``winner``."""

import csv
from collections.abc import Iterable
from pathlib import Path

from ratings.data.battles import Battles
from ratings.errors import InvalidBattlesError, VotesFileError

REQUIRED = ("model_a", "model_b", "winner")
OPTIONAL = ("voter", "prompt", "output_a", "output_b", "weight")
UNMIXED = ("category", "category_version", "origin")
"""One board is one category, one major version of it and one origin; a file that mixes them is refused."""


def read_votes(path: Path) -> Battles:
    """Read a votes file, UTF-8 with or without a byte order mark.

    An optional column that is blank in every row counts as absent. Other columns are ignored.

    Raises
    ------
    VotesFileError
        Names the file and the line of what is wrong.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return parse_votes(file, name=str(path))
    except OSError as error:
        raise VotesFileError(str(path), error.strerror or "cannot be read") from error
    except UnicodeDecodeError as error:
        raise VotesFileError(str(path), "not UTF-8 text") from error


def parse_votes(file: Iterable[str], *, name: str) -> Battles:
    """Read the lines of a votes file.

    Parameters
    ----------
    name : str
        What to call the file in errors.

    Raises
    ------
    VotesFileError
        Names the file and the line of what is wrong.
    """
    columns, lines = _columns(name, file)
    _refuse_mixed(name, columns, lines)
    wanted = {column: columns[column] for column in REQUIRED}
    wanted |= {column: columns[column] for column in OPTIONAL if any(columns.get(column, ()))}
    try:
        return Battles.from_columns(wanted)
    except InvalidBattlesError as error:
        line = None if error.row is None else lines[error.row - 1]
        raise VotesFileError(name, error.reason, line) from error


def _columns(path: str, file: Iterable[str]) -> tuple[dict[str, list[str]], list[int]]:
    """Return the known columns and the line number of each row."""
    reader = csv.reader(file, strict=True)
    try:
        header = next(reader, [])
        _check_header(path, header)
        rows, lines = [], []
        for row in reader:
            if row:  # a blank line
                rows.append(row)
                lines.append(reader.line_num)
            if row and len(row) != len(header):
                raise VotesFileError(path, f"{len(row)} values under {len(header)} columns", reader.line_num)
    except csv.Error as error:
        raise VotesFileError(path, f"not CSV: {error}", reader.line_num) from error
    if not rows:
        raise VotesFileError(path, "no votes in the file")
    known = {name: header.index(name) for name in (*REQUIRED, *OPTIONAL, *UNMIXED) if name in header}
    return {name: [row[place] for row in rows] for name, place in known.items()}, lines


def _check_header(path: str, header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise VotesFileError(path, f"no column {', '.join(missing)}; the first line must name the columns", 1)
    twice = [name for name in (*REQUIRED, *OPTIONAL, *UNMIXED) if header.count(name) > 1]
    if twice:
        raise VotesFileError(path, f"column {twice[0]} appears twice", 1)


def _refuse_mixed(path: str, columns: dict[str, list[str]], lines: list[int]) -> None:
    for name in UNMIXED:
        values = columns.get(name, [])
        if name == "category_version":
            values = [value.partition(".")[0] for value in values]
        for value, line in zip(values, lines, strict=False):
            if value != values[0]:
                what = "major category_version" if name == "category_version" else name
                raise VotesFileError(path, f"{what} {value!r} after {values[0]!r}; rate them apart", line)
