"""pygal with its default style, turned from SVG into PNG by CairoSVG, one pixel to the unit."""

from itertools import pairwise
from typing import Any

import cairosvg
import numpy as np
import pandas as pd
import pygal
from briefs import HEIGHT, HISTOGRAM_EDGES, WIDTH, Brief
from pygal.graph.graph import Graph
from pygal.style import Style


def version() -> str:
    """Return the version that draws."""
    return str(pygal.__version__)


def draw(brief: Brief) -> bytes:
    """Draw one brief and return the PNG as CairoSVG wrote it."""
    return cairosvg.svg2png(bytestring=CHARTS[brief.chart](brief).render())


def _settings(brief: Brief) -> dict[str, Any]:
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "title": brief.title,
        "x_title": brief.x_title,
        "y_title": brief.y_title,
        # A single series has no name, so an entry for it would be an empty box.
        "show_legend": bool(brief.group),
        # The first free font of pygal's own list, which a browser would take. CairoSVG looks only at the
        # head of the list, Consolas, and would leave the substitute to the machine.
        "style": Style(font_family="Liberation Mono"),
    }


def _points(rows: pd.DataFrame) -> list[tuple[float, float]]:
    return list(rows[["x", "y"]].itertuples(index=False, name=None))


def _line(brief: Brief) -> Graph:
    chart = pygal.XY(**_settings(brief))
    chart.add("", _points(brief.data()))
    return chart


def _bars(brief: Brief) -> Graph:
    rows = brief.data()
    chart = pygal.Bar(**_settings(brief))
    chart.x_labels = list(rows["x"])
    chart.add("", list(rows["y"]))
    return chart


def _grouped_bars(brief: Brief) -> Graph:
    chart = pygal.Bar(**_settings(brief))
    chart.x_labels = list(brief.data()["x"].unique())
    for name, rows in brief.groups():
        chart.add(name, list(rows["y"]))
    return chart


def _histogram(brief: Brief) -> Graph:
    # pygal draws counted bins and does not count.
    counts, _ = np.histogram(brief.data()["x"], list(HISTOGRAM_EDGES))
    chart = pygal.Histogram(**_settings(brief))
    chart.add("", [(int(n), *edges) for n, edges in zip(counts, pairwise(HISTOGRAM_EDGES), strict=True)])
    return chart


def _scatter(brief: Brief, **settings: Any) -> Graph:  # noqa: ANN401 - pygal's own settings, of any type
    chart = pygal.XY(stroke=False, **_settings(brief), **settings)
    for name, rows in brief.groups():
        chart.add(name, _points(rows))
    return chart


def _boxes(brief: Brief) -> Graph:
    chart = pygal.Box(box_mode="tukey", **_settings(brief))
    counts = brief.data().groupby("x")["y"]
    chart.x_labels = [str(name) for name, _ in counts]
    for name, rows in counts:
        chart.add(str(name), list(rows))
    return chart


def _lines(brief: Brief) -> Graph:
    chart = pygal.XY(**_settings(brief))
    for name, rows in brief.groups():
        chart.add(name, _points(rows))
    return chart


def _log_scatter(brief: Brief) -> Graph:
    # Left alone, pygal writes 20 labels along x, which run into one another and are cut short.
    return _scatter(brief, logarithmic=True, x_labels=[10.0**power for power in range(-2, 4)])


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
