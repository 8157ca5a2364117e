"""The migrations, on both databases."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlmodel import select

from arena.db import schema
from arena.db.engine import make_engine, query_session
from arena.db.tables import Event, metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which nothing was ever made."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = make_url(request.getfixturevalue("postgres"))
    name = f"empty_{random.getrandbits(64):x}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        # Whoever waits for ever for a lock fails here instead.
        url = server.set(database=name).update_query_dict({"options": "-c lock_timeout=15s"})
        yield url.render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def empty(empty_url: str) -> Iterator[Engine]:
    engine = make_engine(empty_url)
    yield engine
    engine.dispose()


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_the_migrations_make_the_tables_of_the_code(empty: Engine):
    assert schema.current_revision(empty) is None
    schema.upgrade(empty)
    assert schema.current_revision(empty) == schema.head_revision()
    assert differences(empty) == []


def test_the_migrations_make_the_checks_of_the_code(empty: Engine):
    """Alembic does not compare CHECK constraints."""
    schema.upgrade(empty)
    found = inspect(empty)
    for table in metadata.sorted_tables:
        made = {check["name"]: check["sqltext"] for check in found.get_check_constraints(table.name)}
        wanted = {
            check.name: str(check.sqltext)
            for check in table.constraints
            if isinstance(check, CheckConstraint)
        }
        assert made.keys() == wanted.keys()
        if empty.dialect.name == "sqlite":  # PostgreSQL words them anew
            assert made == wanted


def test_every_foreign_key_and_unique_constraint_is_made(empty: Engine):
    schema.upgrade(empty)
    found = inspect(empty)
    for table in metadata.sorted_tables:
        made = {key["constrained_columns"][0] for key in found.get_foreign_keys(table.name)}
        assert made == {key.parent.name for key in table.foreign_keys}


def test_a_second_upgrade_changes_nothing(empty: Engine):
    schema.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO event (at, actor, action, subject, detail) "
                "VALUES ('2026-01-01 00:00:00', 'a', 'b', 'c', '{}')"
            )
        )
    schema.upgrade(empty)
    assert schema.current_revision(empty) == schema.head_revision()
    with query_session(empty) as session:
        assert session.exec(select(Event.actor)).one() == "a"


def test_an_upgrade_leaves_no_trace_when_it_fails(empty: Engine, monkeypatch: pytest.MonkeyPatch):
    """Both databases roll tables back; a half-made schema would block the next start."""
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE vote (id INTEGER)"))
    with pytest.raises(Exception, match="vote"):
        schema.upgrade(empty)
    assert set(inspect(empty).get_table_names()) == {"vote"}
    assert schema.current_revision(empty) is None


def test_parallel_upgrades_do_not_clash(empty_url: str):
    """Replicas that start together, each with its own engine."""
    engines = [make_engine(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(schema.upgrade, engines))
    assert {schema.current_revision(engine) for engine in engines} == {schema.head_revision()}
    assert differences(engines[0]) == []
    for engine in engines:
        engine.dispose()
