"""Look after the database."""

import typer

from arena.app import opened
from arena.db import schema
from arena.settings import Settings

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest schema."""
    with opened(Settings()) as context:
        print(f"schema {schema.current_revision(context.engine)}")
