"""The command ``arena``. One line on an error; exit code 2 for wrong use, 1 for failure."""

import logging
import sys

import typer
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from arena import __version__
from arena.cli import boards, catalog, database, generate, imports, own, proposals, serving
from arena.errors import ArenaError

app = typer.Typer(
    help="Paragone: a pairwise human-preference arena.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(serving.demo)
app.command("try")(own.try_outputs)
app.command("init")(own.init)
app.command("generate")(generate.generate)
app.command("serve")(serving.serve)
app.command("worker")(serving.worker)
app.add_typer(catalog.app, name="catalog")
app.add_typer(imports.app, name="import")
app.add_typer(proposals.app, name="proposal")
app.add_typer(boards.app, name="board")
app.add_typer(database.app, name="db")


@app.command("version")
def version() -> None:
    """Print the version."""
    print(__version__)


def main() -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    for library in ("httpx", "httpx2"):
        logging.getLogger(library).setLevel(logging.WARNING)
    try:
        app()
    except ArenaError as error:
        sys.exit(f"arena: {error.message}")
    except OperationalError as error:
        sys.exit(f"arena: the database does not answer: {str(error.orig).splitlines()[0]}")
    except OSError as error:
        sys.exit(f"arena: {error}")
    except ValidationError as error:
        first = error.errors()[0]
        name = "ARENA_" + "_".join(str(part) for part in first["loc"]).upper()
        print(f"arena: {name}: {first['msg']}", file=sys.stderr)
        sys.exit(2)
