"""plotnine with its default theme: 9 x 6 inches at its default 100 dots per inch."""

from importlib.metadata import version as installed_version
from io import BytesIO

import pandas as pd
from briefs import HISTOGRAM_EDGES, Brief
from plotnine import (
    aes,
    geom_boxplot,
    geom_col,
    geom_histogram,
    geom_line,
    geom_point,
    ggplot,
    labs,
    scale_x_log10,
    scale_y_log10,
)


def version() -> str:
    """Return the version that draws."""
    return installed_version("plotnine")


def draw(brief: Brief) -> bytes:
    """Draw one brief and return the PNG as the library wrote it."""
    plot = CHARTS[brief.chart](brief) + labs(title=brief.title, x=brief.x_title, y=brief.y_title)
    png = BytesIO()
    plot.save(png, format="png", width=9, height=6, dpi=100, verbose=False)
    return png.getvalue()


def _in_order(brief: Brief) -> pd.DataFrame:
    # Text becomes a factor in the order of the file, else it would be sorted by the alphabet.
    rows = brief.data()
    for column in rows.columns[~rows.dtypes.map(pd.api.types.is_numeric_dtype)]:
        rows[column] = pd.Categorical(rows[column], rows[column].unique())
    return rows


def _line(brief: Brief) -> ggplot:
    return ggplot(brief.data(), aes("x", "y")) + geom_line()


def _bars(brief: Brief) -> ggplot:
    return ggplot(_in_order(brief), aes("x", "y")) + geom_col()


def _grouped_bars(brief: Brief) -> ggplot:
    return ggplot(_in_order(brief), aes("x", "y", fill=brief.group)) + geom_col(position="dodge")


def _histogram(brief: Brief) -> ggplot:
    return ggplot(brief.data(), aes("x")) + geom_histogram(breaks=list(HISTOGRAM_EDGES), closed="left")


def _scatter(brief: Brief) -> ggplot:
    return ggplot(_in_order(brief), aes("x", "y", color=brief.group)) + geom_point()


def _boxes(brief: Brief) -> ggplot:
    return ggplot(brief.data(), aes("x", "y")) + geom_boxplot()


def _lines(brief: Brief) -> ggplot:
    return ggplot(_in_order(brief), aes("x", "y", color=brief.group)) + geom_line()


def _log_scatter(brief: Brief) -> ggplot:
    return _scatter(brief) + scale_x_log10() + scale_y_log10()


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
