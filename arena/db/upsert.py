"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike but SQLAlchemy keeps in two places."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_if_absent(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Insert a row unless its primary key is taken; safe against the same insert elsewhere."""
    connection.execute(_insert(connection, table).values(dict(values)).on_conflict_do_nothing())


def insert_or_add(connection: Connection, table: Table, values: Mapping[str, Any], column: str) -> None:
    """Insert a row, or add its value of ``column`` to the row that has its primary key."""
    statement = _insert(connection, table).values(dict(values))
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_={column: table.c[column] + statement.excluded[column]},
        )
    )


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
