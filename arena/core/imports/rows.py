"""Read the rows of a CSV or JSONL file with their line numbers, and keep going past those that are wrong."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena.errors import BadRows, CatalogError

KINDS = (".csv", ".jsonl")
Complaints = list[tuple[int, str]]
"""What is wrong, with the line; collected so that all of it can be told at once."""


@dataclass(frozen=True)
class SourceRow:
    """A row and the line it begins on; blank cells of a CSV file are left out."""

    line: int
    values: dict[str, Any]


def read_rows(file: Path) -> tuple[list[SourceRow], Complaints]:
    """Read every row of a table, and complaints about those that cannot be read.

    Raises
    ------
    CatalogError
        If there is no such file, it is of another kind, is not UTF-8, or a CSV file has no good header.
    """
    kind = file.suffix.lower()
    if kind not in KINDS or not file.is_file():
        raise CatalogError(file, None, f"is no file that ends in {' or '.join(KINDS)}")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogError(file, None, f"is not UTF-8 text: {error}") from error
    complaints: Complaints = []
    read = _csv_rows if kind == ".csv" else _json_rows
    rows = list(read(file, text, complaints))
    if not rows and not complaints:
        raise CatalogError(file, None, "holds no rows")
    return rows, complaints


def refuse_bad_rows(file: Path, complaints: Complaints) -> None:
    """Refuse a file if anything is wrong with it.

    Raises
    ------
    BadRows
        With every complaint, in the order of the lines.
    """
    if complaints:
        raise BadRows([f"{file}:{line}: {what}" for line, what in sorted(complaints)])


def _csv_rows(file: Path, text: str, complaints: Complaints) -> Iterator[SourceRow]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = _header(file, next(reader, []))
        while True:
            # A quoted cell may go over several lines; the row is named by its first.
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            if cells and len(cells) != len(header):
                complaints.append((line, f"{len(cells)} values under {len(header)} columns"))
            elif cells:
                pairs = zip(header, cells, strict=True)
                yield SourceRow(line, {name: cell for name, cell in pairs if cell.strip()})
    except csv.Error as error:
        complaints.append((line, f"is not CSV, and nothing after it could be read: {error}"))


def _header(file: Path, cells: list[str]) -> list[str]:
    header = [name.strip() for name in cells]
    if not header or "" in header or len(set(header)) != len(header):
        raise CatalogError(file, 1, "a column has no name, or two have the same")
    return header


def _json_rows(file: Path, text: str, complaints: Complaints) -> Iterator[SourceRow]:
    # Not splitlines: a line separator of Unicode may stand inside a text.
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        try:
            values = json.loads(content, parse_constant=_refuse_constant)
            json.dumps(values, ensure_ascii=False).encode()  # half of a surrogate pair cannot be stored
        except ValueError as error:
            complaints.append((line, f"is not JSON: {error}"))
            continue
        if isinstance(values, dict):
            yield SourceRow(line, values)
        else:
            complaints.append((line, "is not an object in braces"))


def _refuse_constant(word: str) -> float:
    """Refuse NaN and Infinity, which Python reads and PostgreSQL does not store as JSON."""
    raise ValueError(f"{word} is no number of JSON")
