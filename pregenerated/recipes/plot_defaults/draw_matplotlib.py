"""Matplotlib with its default style sheet: 9 x 6 inches at its default 100 dots per inch."""

from io import BytesIO

import matplotlib as mpl
from briefs import HISTOGRAM_EDGES, Brief
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

mpl.use("agg")


def version() -> str:
    """Return the version that draws."""
    return mpl.__version__


def draw(brief: Brief) -> bytes:
    """Draw one brief and return the PNG as the library wrote it."""
    figure, axes = plt.subplots(figsize=(9, 6))
    CHARTS[brief.chart](axes, brief)
    axes.set(title=brief.title, xlabel=brief.x_title, ylabel=brief.y_title)
    if brief.group:
        axes.legend()
    png = BytesIO()
    figure.savefig(png)
    plt.close(figure)
    return png.getvalue()


def _line(axes: Axes, brief: Brief) -> None:
    rows = brief.data()
    axes.plot(rows["x"], rows["y"])


def _bars(axes: Axes, brief: Brief) -> None:
    rows = brief.data()
    axes.bar(rows["x"], rows["y"])


def _grouped_bars(axes: Axes, brief: Brief) -> None:
    heights = {name: rows["y"].to_numpy() for name, rows in brief.groups()}
    axes.grouped_bar(heights, tick_labels=brief.data()["x"].unique())


def _histogram(axes: Axes, brief: Brief) -> None:
    axes.hist(brief.data()["x"], bins=list(HISTOGRAM_EDGES))


def _scatter(axes: Axes, brief: Brief) -> None:
    for name, rows in brief.groups():
        axes.scatter(rows["x"], rows["y"], label=name)


def _boxes(axes: Axes, brief: Brief) -> None:
    counts = brief.data().groupby("x")["y"]
    axes.boxplot([list(rows) for _, rows in counts], tick_labels=[str(name) for name, _ in counts])


def _lines(axes: Axes, brief: Brief) -> None:
    for name, rows in brief.groups():
        axes.plot(rows["x"], rows["y"], label=name)


def _log_scatter(axes: Axes, brief: Brief) -> None:
    _scatter(axes, brief)
    axes.set(xscale="log", yscale="log")


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
