"""Tables for people: aligned columns, rounded to whole points, with their notes below."""

from collections.abc import Sequence
from typing import Any

from ratings.tables.bootstrap_table import BootstrapTable
from ratings.tables.formats import Table
from ratings.tables.outcome_table import OutcomeTable
from ratings.tables.sensitivity import SensitivityTable
from ratings.tables.style_table import StyleTable
from ratings.tables.table import RatingRow, RatingTable

Lines = tuple[list[str], list[str]]
"""The lines of a table, and the legends that go below it."""


def format_text(table: Table) -> str:
    """Return an aligned table, rounded to whole points, with its notes below.

    What an interval or a rank means is said where there is one.
    """
    match table:
        case RatingTable():
            lines, legends = _rating_lines(table)
        case BootstrapTable():
            lines, legends = _bootstrap_lines(table)
        case OutcomeTable():
            lines, legends = _outcome_lines(table)
        case SensitivityTable():
            lines, legends = _sensitivity_lines(table)
        case StyleTable():
            lines, legends = _style_lines(table)
    below = [*legends, *table.notes]
    return "\n".join([*lines, *([""] if below else []), *below]) + "\n"


def _rating_lines(table: RatingTable) -> Lines:
    header = ("contestant", "rating", "interval", "generalise", "rank", "votes", "voters", "prompts")
    lines = _aligned([(*header, "tie", "both bad", "state"), *map(_rating_cells, table.rows)])
    level = f"{100 * table.parameters['level']:g} %"
    meaning = {
        "these_prompts": f"interval: {level}, for these prompts (clustered by voter)",
        "these_few_voters": f"interval: {level}, for these few voters (clustered by prompt)",
    }[table.interval_note]
    rows = table.rows
    legends = (
        (any(row.low is not None for row in rows), meaning),
        (
            any(row.low_generalise is not None for row in rows),
            f"generalise: {level}, for prompts like these (clustered by voter and prompt)",
        ),
        (
            any(row.rank_low is not None for row in rows),
            "rank: what the votes of the interval leave open; "
            f"all ranks hold together with {level} certainty",
        ),
    )
    return lines, [legend for is_needed, legend in legends if is_needed]


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


def _bootstrap_lines(table: BootstrapTable) -> Lines:
    rows = [
        (row.contestant, _rounded(row.rating), _span(row.low, row.high), _rounded(row.standard_error), "")
        for row in table.rows
    ]
    lines = _aligned([("contestant", "rating", "interval", "error", ""), *rows])
    facts = table.parameters
    kind = facts["bootstrap_cluster"].replace("_", "-")
    meaning = f"interval: {100 * facts['level']:g} %, {facts['n_resamples']} {kind} resamples, percentiles"
    return lines, [meaning] if any(row.low is not None for row in table.rows) else []


def _outcome_lines(table: OutcomeTable) -> Lines:
    """Leave out the chance of being acceptable where the model has none."""
    is_grounded = table.parameters["method"] == "grounded"
    header = (
        "contestant",
        "rating",
        "interval",
        *(("acceptable", "interval") if is_grounded else ()),
        "state",
    )
    rows = []
    for row in table.rows:
        level = (_percent(row.acceptable), _percents(row.acceptable_low, row.acceptable_high))
        numbers = (_rounded(row.rating), _span(row.low, row.high), *(level if is_grounded else ()))
        rows.append((row.contestant, *numbers, row.state.replace("_", " ")))
    facts = table.parameters
    model = f"{facts['method'].replace('_', '-')} model"
    has_interval = any(row.low is not None for row in table.rows)
    return _aligned([header, *rows]), [model, *([_clustered(facts)] if has_interval else [])]


def _sensitivity_lines(table: SensitivityTable) -> Lines:
    names = ("contestant", "headline", "no both bad", "no ties", "Rao-Kupper", "Davidson", "grounded")
    rows = [
        (
            row.contestant,
            _rounded(row.rating),
            _rounded(row.both_bad_dropped),
            _rounded(row.ties_dropped),
            _rounded(row.rao_kupper),
            _rounded(row.davidson),
            _rounded(row.grounded),
            _percent(row.acceptable),
            f"{row.rank_change} ({row.rank_change_in.replace('_', ' ')})" if row.rank_change else "0",
        )
        for row in table.rows
    ]
    lines = _aligned([(*names, "acceptable", "largest change of rank"), *rows])
    return lines, [f"headline: {table.parameters['headline']}"]


def _style_lines(table: StyleTable) -> Lines:
    rows = [
        (
            row.contestant,
            _rounded(row.rating),
            _span(row.low, row.high),
            _rounded(row.style_rating),
            _span(row.style_low, row.style_high),
            _rounded(row.tax),
            _span(row.tax_low, row.tax_high),
            row.state.replace("_", " "),
        )
        for row in table.rows
    ]
    header = ("contestant", "rating", "interval", "controlled", "interval", "style tax", "interval", "state")
    terms = [
        (term.term, f"{term.coefficient:.3f}", _decimals(term.low, term.high), f"{term.points:.0f}", "")
        for term in table.coefficients
    ]
    lines = _aligned([header, *rows])
    if terms:
        lines += ["", *_aligned([("term", "coefficient", "interval", "points", ""), *terms])]
    lows = [row.low for row in table.rows] + [term.low for term in table.coefficients]
    has_interval = any(low is not None for low in lows)
    legend = "style may be part of quality: neither column replaces the other"
    return lines, [*([_clustered(table.parameters)] if has_interval else []), legend]


def _clustered(facts: dict[str, Any]) -> str:
    kind = facts["interval_cluster"].replace("_", "-")
    return f"interval: {100 * facts['level']:g} %, clustered by {kind}"


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


def _percents(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{100 * low:.0f}..{100 * high:.0f} %"


def _decimals(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.3f}..{high:.3f}"
