"""Bring a database to the newest schema, or make a new migration."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from arena.db.turns import UPGRADE, wait_for_turn

_MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> None:
    """Run every migration the database has not had yet, in one transaction."""
    with engine.execution_options(arena_command=True).begin() as connection:
        wait_for_turn(connection, UPGRADE)
        command.upgrade(_config(connection), "head")


def current_revision(engine: Engine) -> str | None:
    """Return the revision the database is at, or None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str | None:
    """Return the newest revision this code knows."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()


def draft_migration(engine: Engine, message: str, number: str) -> None:
    """Write a migration from the difference between the tables and the database (for developers)."""
    with engine.begin() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=number)
