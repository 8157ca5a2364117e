"""Work that only one process may do at a time: advisory locks on PostgreSQL; SQLite has one writer anyway."""

from sqlalchemy import Connection, text

# Any fixed numbers that differ.
UPGRADE = 7_269_466
SYNC = 7_269_467
IMPORT = 7_269_468


def wait_for_turn(connection: Connection, work: int) -> None:
    """Wait until every other transaction that does this work has ended."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": work})
