"""Try one's own outputs: a folder or a table becomes an arena on this machine."""

import logging
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from arena.app import opened
from arena.cli.serving import Port, on_port, run
from arena.core.boards import Board, newest_board, snapshot_file
from arena.core.context import Context
from arena.core.operations import prepare
from arena.core.own_outputs import OwnCategory, write_own_category, write_skeleton
from arena.core.words import Origin
from arena.core.worker import publish
from arena.settings import Settings

logger = logging.getLogger(__name__)
ORIGIN: Origin = "human"
FILES = ("leaderboard.csv", "votes.csv")


def try_outputs(
    source: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="One folder for each contestant, or a CSV file.")
    ],
    port: Port = None,
) -> None:
    """Vote on your own outputs here: FOLDER/contestant/prompt.png, or a CSV with a column prompt."""
    logging.getLogger("arena.core.worker").setLevel(logging.WARNING)  # a snapshot after every vote is no news
    base = Settings()
    home = base.data_dir / "try" / source.resolve().stem
    own = write_own_category(source, home / "catalog")
    _say_what_was_read(own)
    settings = base.model_copy(
        update={"profile": "local", "data_dir": home, "catalog_dir": home / "catalog", "database_url": None}
    )
    with opened(on_port(settings, port)) as context:
        prepare(context, names_unsaid=False)
        with suppress(KeyboardInterrupt):  # the server hands Ctrl-C on when it has stopped
            run(context)
        _print_table(context, own.slug, home)


def init(name: Annotated[Path, typer.Argument(metavar="NAME", help="The folder to make.")]) -> None:
    """Write a small folder of outputs, with comments, that `arena try` runs at once."""
    write_skeleton(name)
    print(f"{name}/ is ready: put your outputs in, then run: arena try {name}")


def _say_what_was_read(own: OwnCategory) -> None:
    logger.info("%s: %s contestants on %s prompts", own.slug, own.contestants, own.prompts)
    if own.missing:
        logger.warning("outputs missing: %s; pairs are made of those that are there", own.missing)
    if own.left_out:
        logger.warning("left out, fewer than two outputs: %s", ", ".join(own.left_out))


def _print_table(context: Context, category: str, folder: Path) -> None:
    """Publish what the votes say, print it, and leave the files behind."""
    publish(context, category, ORIGIN, force=True)
    with context.query() as session:
        board = newest_board(session, category, ORIGIN)
        if board.snapshot is None:
            print("no votes yet; they are kept for the next time")
            return
        for name in FILES:
            body = snapshot_file(session, board.snapshot.id, name).body
            (folder / name).write_bytes(body)
    print("\n".join(_lines(board)))
    print("\n" + "\n".join(f"{folder / name}" for name in FILES))


def _lines(board: Board) -> list[str]:
    width = max(len(row.name) for row in board.rows)
    lines = [f"{'contestant':<{width}}  rating   interval  votes"]
    for row in board.rows:
        rating = "" if row.rating is None else f"{row.rating:.0f}"
        span = "" if row.low is None or row.high is None else f"{row.low:.0f}..{row.high:.0f}"
        lines.append(f"{row.name:<{width}}  {rating:>6} {span:>10}  {row.votes:>5}")
    return lines
