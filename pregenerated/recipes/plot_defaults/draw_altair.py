"""Vega-Altair with its default theme, turned into PNG by vl-convert, which needs no browser."""

from io import BytesIO

import altair as alt
from briefs import HISTOGRAM_EDGES, Brief

# Vega counts 72 units to the inch: 9 x 6 inches, the figure that the other inch-based libraries draw.
UNITS_WIDE, UNITS_HIGH = 9 * 72, 6 * 72
# A hair over 100, because at exactly 100 the last column is rounded away and the picture is 899 pixels wide.
DOTS_PER_INCH = 100.001


def version() -> str:
    """Return the version that draws."""
    return alt.__version__


def draw(brief: Brief) -> bytes:
    """Draw one brief and return the PNG as the library wrote it."""
    chart = CHARTS[brief.chart](brief).properties(
        title=brief.title,
        width=UNITS_WIDE,
        height=UNITS_HIGH,
        # Width and height are those of the whole picture, not of the plotting area.
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
    )
    png = BytesIO()
    chart.save(png, format="png", ppi=DOTS_PER_INCH)
    return png.getvalue()


def _years(brief: Brief) -> alt.X:
    # Format "d": the default prints the year 1900 as 1,900.
    return alt.X("x:Q", axis=alt.Axis(format="d"), scale=alt.Scale(zero=False), title=brief.x_title)


def _categories(brief: Brief) -> alt.X:
    # No sorting: the brief's order, not the alphabet's.
    return alt.X("x:N", sort=None, title=brief.x_title)


def _group(brief: Brief) -> alt.Color:
    return alt.Color(f"{brief.group}:N", sort=None)


def _y(brief: Brief) -> alt.Y:
    return alt.Y("y:Q", title=brief.y_title)


def _line(brief: Brief) -> alt.Chart:
    levels = _y(brief).scale(zero=False)
    return alt.Chart(brief.data()).mark_line().encode(_years(brief), levels)


def _bars(brief: Brief) -> alt.Chart:
    return alt.Chart(brief.data()).mark_bar().encode(_categories(brief), _y(brief))


def _grouped_bars(brief: Brief) -> alt.Chart:
    side_by_side = alt.XOffset(f"{brief.group}:N", sort=None)
    return (
        alt.Chart(brief.data()).mark_bar().encode(_categories(brief), _y(brief), side_by_side, _group(brief))
    )


def _histogram(brief: Brief) -> alt.Chart:
    bins = alt.X("x:Q", bin=alt.Bin(step=HISTOGRAM_EDGES.step), title=brief.x_title)
    return alt.Chart(brief.data()).mark_bar().encode(bins, alt.Y("count()", title=brief.y_title))


def _scatter(brief: Brief) -> alt.Chart:
    x = alt.X("x:Q", scale=alt.Scale(zero=False), title=brief.x_title)
    return alt.Chart(brief.data()).mark_point().encode(x, _y(brief).scale(zero=False), _group(brief))


def _boxes(brief: Brief) -> alt.Chart:
    # Sorted by letter: unsorted, the sprays with outliers would come first.
    return alt.Chart(brief.data()).mark_boxplot().encode(alt.X("x:N", title=brief.x_title), _y(brief))


def _lines(brief: Brief) -> alt.Chart:
    return alt.Chart(brief.data()).mark_line().encode(_years(brief), _y(brief), _group(brief))


def _log_scatter(brief: Brief) -> alt.Chart:
    x = alt.X("x:Q", scale=alt.Scale(type="log"), title=brief.x_title)
    return alt.Chart(brief.data()).mark_point().encode(x, _y(brief).scale(type="log"), _group(brief))


CHARTS = {
    "line": _line,
    "bars": _bars,
    "grouped_bars": _grouped_bars,
    "histogram": _histogram,
    "scatter": _scatter,
    "boxes": _boxes,
    "lines": _lines,
    "log_scatter": _log_scatter,
}
