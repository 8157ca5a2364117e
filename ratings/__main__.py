"""Rate a votes file from the command line: ``python -m ratings VOTES``."""

import argparse
import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from ratings.data.battles import Battles
from ratings.data.readers import read_votes
from ratings.errors import RatingsError, VotesFileError
from ratings.progress import progress_bar
from ratings.tables.bootstrap_table import bootstrap_table
from ratings.tables.floor import LOCAL_FLOOR, PUBLISHED_FLOOR
from ratings.tables.formats import Table, format_csv, format_json, table_columns
from ratings.tables.outcome_table import outcome_table
from ratings.tables.sensitivity import sensitivity_table
from ratings.tables.style_table import style_table
from ratings.tables.table import rating_table
from ratings.tables.text import format_text

FLOORS = {"published": PUBLISHED_FLOOR, "local": LOCAL_FLOOR}
FORMATS = {"table": format_text, "csv": format_csv, "json": format_json}
MODELS = ("rao-kupper", "davidson", "grounded")
CLUSTERS = ("vote", "voter", "prompt", "two-way")
RESAMPLES = 1000
LEAST_RESAMPLES = 2
LEVEL = 0.95


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0, or 1 when the votes cannot be rated. Wrong use exits with 2."""
    parser = _parser()
    options = parser.parse_args(arguments)
    wrong = _wrong_use(options)
    if wrong:
        parser.error(wrong)
    try:
        battles = read_votes(options.votes, features=options.style)
        _write(_rated(battles, options), options)
    except (RatingsError, OSError) as error:
        print(f"ratings: {error}", file=sys.stderr)
        return 1
    return 0


def _wrong_use(options: argparse.Namespace) -> str | None:
    """Say which options do not go together."""
    is_plain = options.ties == "half" and not options.style
    bootstraps = options.intervals == "bootstrap"
    rules = (
        (bootstraps and not is_plain, "--intervals bootstrap goes with --ties half, without --style"),
        (options.style and options.ties != "half", "--style goes with --ties half"),
        (options.both_bad == "drop" and options.ties != "half", "--both-bad drop goes with --ties half"),
        (bootstraps and None in (options.cluster, options.seed), "bootstrap needs --cluster and --seed"),
        (not bootstraps and options.seed is not None, "--seed goes with --intervals bootstrap"),
        (not bootstraps and options.resamples is not None, "--resamples goes with --intervals bootstrap"),
        (
            options.ties == "all" and options.level is not None,
            "--level is for intervals, and --ties all prints none",
        ),
        (
            options.cluster is not None and (options.ties == "all" or (is_plain and not bootstraps)),
            "this table has its own clusters; --cluster goes with bootstrap, --style or one tie model",
        ),
        (options.format == "parquet" and options.output is None, "--format parquet needs --output"),
    )
    return next((message for broken, message in rules if broken), None)


def _rated(battles: Battles, options: argparse.Namespace) -> Table:
    """Make the table that the options ask for."""
    floor = FLOORS[options.floor]
    level = LEVEL if options.level is None else options.level
    cluster: Any = (options.cluster or "voter").replace("-", "_")
    if options.ties == "all":
        return sensitivity_table(battles, floor=floor)
    if options.ties != "half":
        model = options.ties.replace("-", "_")
        return outcome_table(battles, floor=floor, model=model, cluster=cluster, level=level)
    facts: dict[str, Any] = {"floor": floor, "both_bad": options.both_bad, "level": level}
    if options.style:
        return style_table(battles, cluster=cluster, features=options.style, **facts)
    if options.intervals == "bootstrap":
        n_resamples = options.resamples or RESAMPLES
        with progress_bar("resamples", n_resamples) as progress:
            return bootstrap_table(
                battles,
                cluster=cluster,
                n_resamples=n_resamples,
                rng=np.random.default_rng(options.seed),
                progress=progress,
                **facts,
            )
    return rating_table(battles, **facts)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ratings", description="Rate contestants from pairwise votes.")
    add = parser.add_argument
    add("votes", type=Path, metavar="VOTES", help="a CSV or Parquet file")
    add("--ties", choices=["half", *MODELS, "all"], default="half", help="a model, or all side by side")
    add("--both-bad", choices=["half", "drop"], default="half", help="half a win for both, or left out")
    add("--style", type=_names, metavar="NAMES", default=(), help="features to control for: length,bold,...")
    add("--intervals", choices=["clustered", "bootstrap"], default="clustered")
    add(
        "--cluster",
        choices=CLUSTERS,
        help="what the intervals let vary: with --style or one tie model (default voter) or --intervals "
        "bootstrap (no default)",
    )
    add("--resamples", type=_count, metavar="N", help=f"of the bootstrap (default {RESAMPLES})")
    add("--seed", type=_seed, metavar="N", help="of the bootstrap: a whole number of at least 0")
    add("--floor", choices=FLOORS, default="published", help="evidence needed for a number")
    add("--level", type=_level, help=f"of the intervals (default {LEVEL}); not with --ties all")
    add("--format", choices=[*FORMATS, "parquet"], default="table")
    add("--output", type=Path, metavar="FILE", help="write there instead of printing")
    return parser


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names) or len(set(names)) < len(names):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of different names, as in length,bold")
    return names


def _level(text: str) -> float:
    level = float(text)
    if not 0 < level < 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return level


def _count(text: str) -> int:
    count = int(text)
    if count < LEAST_RESAMPLES:
        raise argparse.ArgumentTypeError(f"{text} is not at least {LEAST_RESAMPLES}")
    return count


def _seed(text: str) -> int:
    seed = int(text)
    if seed < 0:
        raise argparse.ArgumentTypeError(f"{text} is not at least 0")
    return seed


def _write(table: Table, options: argparse.Namespace) -> None:
    if options.format == "parquet":
        _write_parquet(table, options.output)
    elif options.output is None:
        _print(FORMATS[options.format](table), is_json=options.format == "json")
    else:
        options.output.write_text(FORMATS[options.format](table), encoding="utf-8", newline="\n")


def _print(text: str, *, is_json: bool) -> None:
    """Print, with escapes for letters that the stream cannot write; in JSON with JSON's own."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        if is_json:
            text = json.dumps(json.loads(text), indent=2) + "\n"
        elif isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write(text)


def _write_parquet(table: Table, path: Path) -> None:
    """Write the rows; what ``format_json`` says beside them goes into the file's metadata."""
    try:
        import pyarrow  # noqa: PLC0415  only this format needs it
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise VotesFileError(str(path), "writing Parquet needs pyarrow: pip install pyarrow") from error
    rows = pyarrow.table(table_columns(table)).replace_schema_metadata({"ratings": format_json(table)})
    parquet.write_table(rows, path)


if __name__ == "__main__":
    sys.exit(main())
