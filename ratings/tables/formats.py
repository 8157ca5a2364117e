"""Tables for programs: ``leaderboard.csv`` and JSON."""

import csv
import io
import json
from dataclasses import asdict, fields

from ratings.tables.bootstrap_table import BootstrapRow, BootstrapTable
from ratings.tables.outcome_table import OutcomeRow, OutcomeTable
from ratings.tables.sensitivity import SensitivityRow, SensitivityTable
from ratings.tables.style_table import StyleRow, StyleTable
from ratings.tables.table import RatingRow, RatingTable

DIGITS = 8
"""Decimals in CSV: comparisons at 1e-6 points stay meaningful."""

Table = RatingTable | BootstrapTable | OutcomeTable | SensitivityTable | StyleTable

ROWS: dict[type, type] = {
    RatingTable: RatingRow,
    BootstrapTable: BootstrapRow,
    OutcomeTable: OutcomeRow,
    SensitivityTable: SensitivityRow,
    StyleTable: StyleRow,
}
"""The row of each table: its fields are the columns."""


def table_columns(table: Table) -> dict[str, list[object]]:
    """Return the rows of a table as columns, in their order; None for what does not exist."""
    names = [field.name for field in fields(ROWS[type(table)])]
    return {name: [getattr(row, name) for row in table.rows] for name in names}


def format_csv(table: Table) -> str:
    """Return a header and one line a row, blanks for what does not exist, LF line ends.

    For a rating table this is ``leaderboard.csv``.
    """
    columns = table_columns(table)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_csv_value(value) for value in row] for row in zip(*columns.values(), strict=True))
    return out.getvalue()


def format_json(table: Table) -> str:
    """Return rows, notes and parameters as one JSON object; what does not exist is null."""
    return json.dumps(asdict(table), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _csv_value(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.{DIGITS}f}" if isinstance(value, float) else str(value)
