"""Engines and sessions for SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

BUSY_TIMEOUT_MS = 20_000
_COMMAND = "arena_command"


def make_engine(url: str) -> Engine:
    """Return an engine for an SQLite file or a PostgreSQL database.

    SQLite runs in WAL mode with ``synchronous=FULL``: a commit that was answered survives a power cut.
    Errors name their statement without its values, which would put voters into the log; what PostgreSQL
    says of a broken constraint still names the row.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=20)
    waiting = {"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}
    engine = create_engine(url, hide_parameters=True, connect_args=waiting)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` decides how they start.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails with "database is locked" when another
    # one wrote in between; taking the write lock first makes it wait instead.
    options: dict[str, Any] = dict(connection.get_execution_options())
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_COMMAND) else "BEGIN")


def command_session(engine: Engine) -> Session:
    """Open a session whose transaction may write."""
    return Session(engine.execution_options(**{_COMMAND: True}), expire_on_commit=False)


def query_session(engine: Engine) -> Session:
    """Open a session for reading."""
    return Session(engine, expire_on_commit=False, autoflush=False)
