"""Connections: what SQLite is told on each of them, and how transactions begin."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, insert, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import select

from arena.core.context import Context
from arena.db.engine import BUSY_TIMEOUT_MS, command_session, make_engine, query_session
from arena.db.tables import Voter
from arena.errors import NotConfirmed

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path / 'plain.db'}")
    with engine.execution_options(arena_command=True).begin() as connection:
        connection.execute(text("CREATE TABLE counter (value INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    "pragma, value",
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", BUSY_TIMEOUT_MS)],
)
def test_every_sqlite_connection_has_its_pragmas(sqlite: Engine, pragma: str, value: object):
    with ExitStack() as stack:
        connections = [stack.enter_context(sqlite.connect()) for _ in range(4)]
        assert len({id(connection.connection.dbapi_connection) for connection in connections}) == 4
        assert [connection.execute(text(f"PRAGMA {pragma}")).scalar() for connection in connections] == [
            value
        ] * 4


def test_foreign_keys_bite(context: Context):
    with context.command() as session, pytest.raises(IntegrityError):
        session.connection().execute(
            text("INSERT INTO snapshotfile VALUES ('none', 'a', 'b', 'c', :body)"), {"body": b""}
        )


@on_sqlite
def test_a_command_begins_by_taking_the_write_lock_and_a_query_does_not(context: Context):
    begun: list[str] = []
    engine = context.engine

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("BEGIN"):
            begun.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    with command_session(engine) as session:
        session.exec(select(Voter)).all()
    with query_session(engine) as session:
        session.exec(select(Voter)).all()
    assert begun == ["BEGIN IMMEDIATE", "BEGIN"]


def test_transactions_that_read_and_then_write_wait_for_each_other(sqlite: Engine):
    """With a deferred BEGIN some of these fail with "database is locked", or an increment is lost."""
    start = threading.Barrier(8)

    def increment(_: int) -> None:
        start.wait()
        for _ in range(5):
            with command_session(sqlite) as session:
                value = session.connection().execute(text("SELECT value FROM counter")).scalar_one()
                session.connection().execute(text("UPDATE counter SET value = :v"), {"v": value + 1})
                session.commit()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(increment, range(8)))
    with sqlite.connect() as connection:
        assert connection.execute(text("SELECT value FROM counter")).scalar_one() == 40


def test_a_query_goes_on_while_a_command_holds_the_lock(sqlite: Engine):
    with command_session(sqlite) as writer, query_session(sqlite) as reader:
        writer.connection().execute(text("UPDATE counter SET value = 7"))
        assert reader.connection().execute(text("SELECT value FROM counter")).scalar_one() == 0


def test_a_query_sees_one_state_however_often_it_reads(sqlite: Engine):
    """A board's rows and its counts must fit together."""
    with query_session(sqlite) as reader:
        first = reader.connection().execute(text("SELECT value FROM counter")).scalar_one()
        with command_session(sqlite) as writer:
            writer.connection().execute(text("UPDATE counter SET value = 7"))
            writer.commit()
        assert reader.connection().execute(text("SELECT value FROM counter")).scalar_one() == first == 0


def test_a_command_that_is_not_committed_leaves_nothing(context: Context):
    with context.command() as session:
        session.add(Voter(id="v", origin="human", created_at=context.now()))
        session.flush()
    with context.query() as session:
        assert session.get(Voter, "v") is None


def test_a_committed_command_is_in_the_file_at_once(sqlite: Engine, tmp_path: Path):
    """Another process reads what was committed."""
    with command_session(sqlite) as session:
        session.connection().execute(text("UPDATE counter SET value = 3"))
        session.commit()
    other = make_engine(f"sqlite:///{tmp_path / 'plain.db'}")
    with other.connect() as connection:
        assert connection.execute(text("SELECT value FROM counter")).scalar_one() == 3
    other.dispose()


def test_a_database_that_cannot_be_opened_is_not_confirmed(context: Context, tmp_path: Path):
    missing = make_engine(f"sqlite:///{tmp_path / 'nowhere' / 'arena.db'}")
    away = Context(missing, context.settings)
    with pytest.raises(NotConfirmed) as refused, away.query() as session:
        session.exec(select(Voter)).all()
    assert isinstance(refused.value.__cause__, OperationalError)


@on_sqlite
def test_an_error_does_not_repeat_the_values_of_its_statement(context: Context):
    """They would stand in the log: the id of a voter, the contact of a proposal."""
    row = {"id": "a-voter", "origin": "nobody", "created_at": context.now()}
    with context.command() as session, pytest.raises(IntegrityError) as refused:
        session.connection().execute(insert(Voter), row)
    assert "a-voter" not in str(refused.value)
