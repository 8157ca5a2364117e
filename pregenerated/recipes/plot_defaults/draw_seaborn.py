"""Seaborn with its own default theme (`set_theme()`): 9 x 6 inches at 100 dots per inch."""

from io import BytesIO

import matplotlib as mpl
import seaborn as sns
from briefs import HISTOGRAM_EDGES, Brief
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

mpl.use("agg")


def version() -> str:
    """Return the version that draws."""
    return sns.__version__


def draw(brief: Brief) -> bytes:
    """Draw one brief and return the PNG as the library wrote it."""
    # The theme stays inside the block: Matplotlib draws in the same process.
    with mpl.rc_context():
        sns.set_theme()
        figure, axes = plt.subplots(figsize=(9, 6))
        CHARTS[brief.chart](axes, brief)
        axes.set(title=brief.title, xlabel=brief.x_title, ylabel=brief.y_title)
        png = BytesIO()
        figure.savefig(png)
        plt.close(figure)
    return png.getvalue()


def _line(axes: Axes, brief: Brief) -> None:
    sns.lineplot(brief.data(), x="x", y="y", ax=axes)


def _bars(axes: Axes, brief: Brief) -> None:
    sns.barplot(brief.data(), x="x", y="y", ax=axes)


def _grouped_bars(axes: Axes, brief: Brief) -> None:
    sns.barplot(brief.data(), x="x", y="y", hue=brief.group, ax=axes)


def _histogram(axes: Axes, brief: Brief) -> None:
    sns.histplot(brief.data(), x="x", bins=list(HISTOGRAM_EDGES), ax=axes)


def _scatter(axes: Axes, brief: Brief) -> None:
    sns.scatterplot(brief.data(), x="x", y="y", hue=brief.group, ax=axes)


def _boxes(axes: Axes, brief: Brief) -> None:
    sns.boxplot(brief.data(), x="x", y="y", ax=axes)


def _lines(axes: Axes, brief: Brief) -> None:
    sns.lineplot(brief.data(), x="x", y="y", hue=brief.group, ax=axes)


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
