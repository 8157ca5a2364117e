"""A picture of ratings with their intervals: one drawing per contestant on a common scale."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arena.core.boards import BoardRow
from arena.ui.markup import Html, join, tag
from arena.ui.rating_table import points_words

# The drawing's own room at both ends, in per cent, so that no mark is cut off.
_MARGIN = 3.0
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000)
_MOST_TICKS = 4
_MIDDLE = "15"


@dataclass(frozen=True)
class Scale:
    """Points on the left and right edge and where the grid lines are."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, points: float) -> str:
        """Return where ``points`` lie, in per cent of the width."""
        share = (points - self.low) / (self.high - self.low)
        return f"{_MARGIN + share * (100 - 2 * _MARGIN):.2f}%"


def scale_for(rows: Sequence[BoardRow]) -> Scale:
    """Return a scale that holds every rating and interval, with round grid lines.

    Raises
    ------
    ValueError
        If no row has a rating.
    """
    values = [value for row in rows for value in _values(row)]
    low, high = min(values), max(values)
    if high - low < 1:
        low, high = low - 1, high + 1
    step = next((step for step in _STEPS if (high - low) / step <= _MOST_TICKS), _STEPS[-1])
    first, last = math.floor(low / step), math.ceil(high / step)
    ticks = tuple(float(step * number) for number in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def intervals_picture(rows: Sequence[BoardRow], w: Mapping[str, str]) -> Html:
    """Return the picture, or nothing when no row has a rating. The table beside it has the same numbers."""
    rated = [row for row in rows if row.rating is not None]
    if not rated:
        return Html("")
    scale = scale_for(rated)
    lines = join(join([tag("span", row.name, class_="who"), _line(row, scale)]) for row in rated)
    axis = join([tag("span", class_="who"), _axis(scale)])
    picture = tag("div", lines, axis, class_="intervals", role="img", aria_label=w["board.picture.label"])
    return tag("figure", picture, tag("figcaption", w["board.picture.caption"]))


def _values(row: BoardRow) -> list[float]:
    values = (row.rating, row.low, row.high, row.low_generalise, row.high_generalise)
    return [value for value in values if value is not None]


def _line(row: BoardRow, scale: Scale) -> Html:
    marks = [_grid(scale)]
    for low, high, kind in ((row.low_generalise, row.high_generalise, "wide"), (row.low, row.high, "near")):
        if low is not None and high is not None:
            marks.append(_stroke(scale.at(low), scale.at(high), kind))
    if row.rating is not None:
        marks.append(tag("circle", cx=scale.at(row.rating), cy=_MIDDLE, r="6"))
    return tag("svg", *marks, aria_hidden="true", focusable="false")


def _stroke(left: str, right: str, kind: str) -> Html:
    return tag("line", x1=left, x2=right, y1=_MIDDLE, y2=_MIDDLE, class_=kind)


def _grid(scale: Scale) -> Html:
    return join(
        tag("line", x1=scale.at(tick), x2=scale.at(tick), y1="0", y2="30", class_="grid")
        for tick in scale.ticks
    )


def _axis(scale: Scale) -> Html:
    labels = (
        tag("text", points_words(tick), x=scale.at(tick), y="18", text_anchor="middle")
        for tick in scale.ticks
    )
    return tag("svg", *labels, aria_hidden="true", focusable="false")
