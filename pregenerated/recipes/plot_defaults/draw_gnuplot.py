"""gnuplot with the default settings of its `pngcairo` terminal, run as a separate program."""

import subprocess

import pandas as pd
from briefs import HEIGHT, HISTOGRAM_EDGES, WIDTH, Brief


def version() -> str:
    """Return the version that draws, for example 5.4.4."""
    words = _gnuplot("--version").decode().split()  # "gnuplot 5.4 patchlevel 4"
    return f"{words[1]}.{words[3]}"


def draw(brief: Brief) -> bytes:
    """Draw one brief and return the PNG as the program wrote it."""
    script = [
        "set encoding utf8",
        f"set terminal pngcairo size {WIDTH},{HEIGHT}",
        f'set title "{brief.title}"',
        f'set xlabel "{brief.x_title}"',
        f'set ylabel "{brief.y_title}"',
        *CHARTS[brief.chart](brief),
    ]
    return _gnuplot("-", script="\n".join(script) + "\n")


def _gnuplot(*arguments: str, script: str = "") -> bytes:
    # No LC_*, GNUTERM or ~/.gnuplot of the person at the keyboard reaches the picture.
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    run = subprocess.run(
        ["gnuplot", *arguments], input=script.encode(), capture_output=True, check=True, env=environment
    )
    return run.stdout


def _table(name: str, rows: pd.DataFrame) -> str:
    return f"${name} << END\n{rows.to_csv(sep=' ', index=False, header=False)}END"


def _group_tables(brief: Brief) -> list[str]:
    return [_table(f"g{i}", rows[["x", "y"]]) for i, (_, rows) in enumerate(brief.groups())]


def _plot_groups(brief: Brief, style: str) -> str:
    names = [name for name, _ in brief.groups()]
    return "plot " + ", ".join(f'$g{i} using 1:2 with {style} title "{name}"' for i, name in enumerate(names))


def _line(brief: Brief) -> list[str]:
    return [_table("rows", brief.data()), "plot $rows using 1:2 with lines notitle"]


def _bars(brief: Brief) -> list[str]:
    return [
        _table("rows", brief.data()),
        "set style data histograms",
        "set yrange [0:*]",  # a bar's length means nothing on a cut axis
        "plot $rows using 2:xtic(1) notitle",
    ]


def _grouped_bars(brief: Brief) -> list[str]:
    rows = brief.data()
    wide = rows.pivot_table(index="x", columns=brief.group, values="y", sort=False).reset_index()
    series = [f'$rows using {i}:xtic(1) title "{name}"' for i, name in enumerate(wide.columns[1:], start=2)]
    return [
        _table("rows", wide),
        "set style data histograms",
        "set yrange [0:*]",
        "plot " + ", ".join(series),
    ]


def _histogram(brief: Brief) -> list[str]:
    edges = HISTOGRAM_EDGES
    # gnuplot wants the centres of the first and the last bin.
    first, last = edges.start + edges.step / 2, edges[-1] - edges.step / 2
    return [
        _table("rows", brief.data()),
        f"plot $rows using 1 bins={len(edges) - 1} binrange [{first}:{last}] with boxes notitle",
    ]


# The key's default place is the top right corner, where these three charts have their data.
KEY = "set key left top"


def _scatter(brief: Brief) -> list[str]:
    return [KEY, *_group_tables(brief), _plot_groups(brief, "points")]


def _boxes(brief: Brief) -> list[str]:
    return [
        _table("rows", brief.data()),
        "set style data boxplot",
        "plot $rows using (1):2:(0):1 notitle",
    ]


def _lines(brief: Brief) -> list[str]:
    return [KEY, *_group_tables(brief), _plot_groups(brief, "lines")]


def _log_scatter(brief: Brief) -> list[str]:
    return ["set logscale xy", *_scatter(brief)]


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
