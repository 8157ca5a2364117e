"""The table of a board: numbers where the evidence carries them, words where it does not."""

from collections.abc import Mapping, Sequence

from arena.core.boards import BoardRow
from arena.ui.markup import Html, join, tag

COLUMNS = ("rank", "contestant", "rating", "near", "wide", "votes", "voters", "prompts", "tie", "both_bad")
_WORDS = ("contestant",)
_NONE = "–"


def rating_table(rows: Sequence[BoardRow], w: Mapping[str, str]) -> Html:
    """Return the table, best rating first, unrated contestants last."""
    head = tag("tr", *(_head(column, w) for column in COLUMNS))
    body = join(_row(row, w) for row in sorted(rows, key=_order))
    caption = tag("caption", w["board.table.caption"], class_="visually-hidden")
    table = tag("table", caption, tag("thead", head), tag("tbody", body))
    return tag(
        "div", table, class_="scroller", tabindex="0", role="region", aria_label=w["board.table.caption"]
    )


def rank_words(row: BoardRow) -> str:
    """Return the rank set: one number, or from best to worst rank that the votes leave open."""
    if row.rank_low is None or row.rank_high is None:
        return _NONE
    return str(row.rank_low) if row.rank_low == row.rank_high else f"{row.rank_low}–{row.rank_high}"


def points_words(points: float) -> str:
    """Return whole points, with a minus sign as it is printed."""
    return f"{round(points)}".replace("-", "−")


def interval_words(low: float | None, high: float | None) -> str:
    """Return an interval in whole points."""
    return _NONE if low is None or high is None else f"{points_words(low)} … {points_words(high)}"


def share_words(share: float | None) -> str:
    """Return a share in per cent."""
    return _NONE if share is None else f"{share:.0%}"


def state_words(row: BoardRow, w: Mapping[str, str]) -> str | None:
    """Return what a reader must know before believing the row, or None for a plainly rated one."""
    return None if row.state == "rated" else w[f"board.state.{row.state}"]


def _order(row: BoardRow) -> tuple[bool, float, str]:
    return (row.rating is None, -(row.rating or 0.0), row.name)


def _head(column: str, w: Mapping[str, str]) -> Html:
    return tag("th", w[f"board.column.{column}"], scope="col", class_=None if column in _WORDS else "num")


def _row(row: BoardRow, w: Mapping[str, str]) -> Html:
    numbers = [
        f"{row.votes:,}",
        f"{row.voters:,}",
        f"{row.prompts:,}",
        share_words(row.tie_rate),
        share_words(row.both_bad_rate),
    ]
    return tag(
        "tr",
        tag("td", rank_words(row), class_="num"),
        _contestant(row, w),
        *_rating(row, w),
        *(tag("td", number, class_="num") for number in numbers),
    )


def _contestant(row: BoardRow, w: Mapping[str, str]) -> Html:
    facts = _new_words((row.family, row.provider), row.name)
    note = state_words(row, w) if row.rating is not None else None
    badge = None if note is None else tag("span", note, class_="badge warn")
    return tag("th", row.name, tag("small", " · ".join(facts), class_="soft"), badge, scope="row")


def _rating(row: BoardRow, w: Mapping[str, str]) -> list[Html]:
    if row.rating is None:
        return [tag("td", state_words(row, w), colspan="3", class_="words")]
    return [
        tag("td", points_words(row.rating), class_="num"),
        tag("td", interval_words(row.low, row.high), class_="num"),
        tag("td", interval_words(row.low_generalise, row.high_generalise), class_="num"),
    ]


def _new_words(texts: Sequence[str], known: str) -> list[str]:
    """Return the texts that say something new, whatever the case of their letters."""
    said = {known.casefold()}
    kept = []
    for text in texts:
        if text.casefold() not in said:
            kept.append(text)
            said.add(text.casefold())
    return kept
