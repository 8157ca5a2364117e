"""Rate a votes file from the command line: ``python -m ratings VOTES.csv``."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ratings.data.battles import Battles
from ratings.data.readers import read_votes
from ratings.errors import RatingsError
from ratings.tables.bootstrap_table import BootstrapTable, bootstrap_table
from ratings.tables.floor import LOCAL_FLOOR, PUBLISHED_FLOOR
from ratings.tables.formats import format_csv, format_json, format_text
from ratings.tables.table import rating_table

FLOORS = {"published": PUBLISHED_FLOOR, "local": LOCAL_FLOOR}
FORMATS = {"table": format_text, "csv": format_csv, "json": format_json}
CLUSTERS = ("voter", "prompt", "two-way")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0, or 1 when the votes cannot be rated. Wrong use exits with 2."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.bootstrap is None and (options.cluster is not None or options.seed is not None):
        parser.error("--cluster and --seed go with --bootstrap")
    if options.bootstrap is not None and (options.cluster is None or options.seed is None):
        parser.error("--bootstrap needs --cluster and --seed")
    try:
        _write(_rated(options), options.output)
    except (RatingsError, OSError) as error:
        print(f"ratings: {error}", file=sys.stderr)
        return 1
    return 0


def _rated(options: argparse.Namespace) -> str:
    battles = read_votes(options.votes)
    if options.bootstrap is not None:
        return FORMATS[options.format](_bootstrapped(battles, options))
    floor = FLOORS[options.floor]
    return FORMATS[options.format](
        rating_table(battles, floor=floor, both_bad=options.both_bad, level=options.level)
    )


def _bootstrapped(battles: Battles, options: argparse.Namespace) -> BootstrapTable:
    return bootstrap_table(
        battles,
        floor=FLOORS[options.floor],
        cluster=options.cluster.replace("-", "_"),
        n_resamples=options.bootstrap,
        rng=np.random.default_rng(options.seed),
        both_bad=options.both_bad,
        level=options.level,
        progress=_progress(options.bootstrap),
    )


def _progress(n_resamples: int) -> Callable[[int], None]:
    def show(done: int) -> None:
        end = "\n" if done == n_resamples else ""
        print(f"\rresamples: {done} of {n_resamples}", end=end, file=sys.stderr, flush=True)

    return show


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ratings", description="Rate contestants from pairwise votes.")
    parser.add_argument("votes", type=Path, metavar="VOTES.csv")
    parser.add_argument("--ties", choices=["half"], default="half", help="a tie is half a win for both")
    parser.add_argument("--both-bad", choices=["half", "drop"], default="half")
    parser.add_argument("--floor", choices=FLOORS, default="published", help="evidence needed for a number")
    parser.add_argument("--level", type=_level, default=0.95, help="level of the intervals (default 0.95)")
    parser.add_argument("--bootstrap", type=_count, metavar="N", help="print N resamples' intervals instead")
    parser.add_argument("--cluster", choices=CLUSTERS, help="what the bootstrap draws again")
    parser.add_argument("--seed", type=int, help="seed of the bootstrap")
    parser.add_argument("--format", choices=FORMATS, default="table")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead of printing")
    return parser


def _level(text: str) -> float:
    level = float(text)
    if not 0 < level < 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return level


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return count


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
