"""Tables as text: ``leaderboard.csv``, JSON, and an aligned table for people."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields

from ratings.tables.bootstrap_table import BootstrapRow, BootstrapTable
from ratings.tables.table import RatingRow, RatingTable

DIGITS = 8
"""Decimals in CSV: comparisons at 1e-6 points stay meaningful."""

Table = RatingTable | BootstrapTable


def format_csv(table: Table) -> str:
    """Return a header and one line a row, blanks for what does not exist, LF line ends.

    For a rating table this is ``leaderboard.csv``.
    """
    names = [field.name for field in fields(RatingRow if isinstance(table, RatingTable) else BootstrapRow)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_csv_value(getattr(row, name)) for name in names] for row in table.rows)
    return out.getvalue()


def format_json(table: Table) -> str:
    """Return rows, notes and parameters as one JSON object; what does not exist is null."""
    return json.dumps(asdict(table), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def format_text(table: Table) -> str:
    """Return an aligned table, rounded to whole points, with its notes below."""
    lines = _rating_lines(table) if isinstance(table, RatingTable) else _bootstrap_lines(table)
    return "\n".join([*lines, *table.notes]) + "\n"


def _csv_value(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.{DIGITS}f}" if isinstance(value, float) else str(value)


def _rating_lines(table: RatingTable) -> list[str]:
    header = ("contestant", "rating", "interval", "generalise", "rank", "votes", "voters", "prompts")
    lines = _aligned([(*header, "tie", "both bad", "state"), *map(_rating_cells, table.rows)])
    level = f"{100 * table.parameters['level']:g} %"
    meaning = {
        "these_prompts": f"interval: {level}, for these prompts (clustered by voter)",
        "these_few_voters": f"interval: {level}, for these few voters (clustered by prompt)",
    }[table.interval_note]
    return [
        *lines,
        "",
        meaning,
        f"generalise: {level}, for prompts like these (clustered by voter and prompt)",
    ]


def _rating_cells(row: RatingRow) -> tuple[str, ...]:
    return (
        row.contestant,
        _rounded(row.rating),
        _span(row.low, row.high),
        _span(row.low_generalise, row.high_generalise),
        "" if row.rank_low is None else f"{row.rank_low}-{row.rank_high}",
        str(row.votes),
        "" if row.voters is None else str(row.voters),
        "" if row.prompts is None else str(row.prompts),
        _percent(row.tie_rate),
        _percent(row.both_bad_rate),
        row.state.replace("_", " "),
    )


def _bootstrap_lines(table: BootstrapTable) -> list[str]:
    rows = [
        (row.contestant, _rounded(row.rating), _span(row.low, row.high), _rounded(row.standard_error), "")
        for row in table.rows
    ]
    lines = _aligned([("contestant", "rating", "interval", "error", ""), *rows])
    facts = table.parameters
    kind = facts["bootstrap_cluster"].replace("_", "-")
    meaning = f"interval: {100 * facts['level']:g} %, {facts['n_resamples']} {kind} resamples, percentiles"
    return [*lines, "", meaning]


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Pad columns to their widest cell: the first and the last to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    last = len(widths) - 1
    return [
        "  ".join(
            cell.ljust(width) if place in (0, last) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def _span(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.0f}..{high:.0f}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"
