"""Publish boards."""

from typing import Annotated

import typer

from arena.app import opened
from arena.core.words import Origin
from arena.core.worker import publish
from arena.settings import Settings

app = typer.Typer(help="Boards and their snapshots.", no_args_is_help=True)


@app.command("publish")
def publish_board(
    category: Annotated[str, typer.Argument(help="The category's slug.")],
    origin: Annotated[Origin, typer.Option(help="Whose votes.")] = "human",
) -> None:
    """Publish a snapshot now, however few votes are new."""
    with opened(Settings()) as context:
        snapshot = publish(context, category, origin, force=True)
    print(snapshot or "no votes to publish")
