"""What the database itself refuses, and the column type for times."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import CheckConstraint, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import col, select

from arena.core.context import Context
from arena.core.votes import Receipt
from arena.db.tables import Battle, Event, Exposure, Vote, Voter, known_id, metadata
from tests.factories import serve, vote


def store_event(context: Context, at: datetime) -> None:
    with context.command() as session:
        session.add(Event(at=at, actor="test", action="test", subject="test", detail={}))
        session.commit()


def test_a_time_comes_back_in_utc_with_its_zone(context: Context):
    zones = [timezone(timedelta(minutes=minutes)) for minutes in (0, 345, -480)]
    times = [datetime(2026, 3, 29, 1, 30, 15, 123456, tzinfo=zone) for zone in zones]
    for at in times:
        store_event(context, at)
    with context.query() as session:
        stored = list(session.exec(select(Event.at).order_by(col(Event.id))))
    assert stored == times
    assert {at.tzinfo for at in stored} == {UTC}


def test_a_time_without_a_zone_is_refused(context: Context):
    with pytest.raises(StatementError, match="has no zone"):
        store_event(context, datetime(2026, 3, 29, 1, 30))  # noqa: DTZ001  what is refused
    with context.query() as session:
        assert session.exec(select(Event)).all() == []


def test_a_comparison_with_a_time_without_a_zone_is_refused(context: Context):
    with context.query() as session, pytest.raises(StatementError, match="has no zone"):
        session.exec(select(Event).where(Event.at > datetime(2026, 1, 1))).all()  # noqa: DTZ001


def test_times_are_compared_as_points_in_time(context: Context):
    store_event(context, datetime(2026, 1, 1, 12, tzinfo=UTC))
    east = timezone(timedelta(hours=9))
    with context.query() as session:
        later = select(Event).where(Event.at > datetime(2026, 1, 1, 20, 59, tzinfo=east))
        earlier = select(Event).where(Event.at > datetime(2026, 1, 1, 21, 1, tzinfo=east))
        assert len(session.exec(later).all()) == 1
        assert session.exec(earlier).all() == []


def test_an_absent_time_stays_absent(arena: Context):
    (battle,) = serve(arena)
    with arena.query() as session:
        assert session.get_one(Battle, battle.id).closed_at is None


def test_a_row_that_was_never_stored_has_no_id():
    assert known_id(0) == 0
    with pytest.raises(ValueError, match="flush it first"):
        known_id(None)


# Values that no code of ours writes


@pytest.fixture
def voted(arena: Context) -> Receipt:
    (battle,) = serve(arena)
    return vote(arena, battle)


BAD_VALUES = [
    ("category", "modality = 'sound'"),
    ("category", "reveal = 'sometimes'"),
    ("category", "views = 'both'"),
    ("category", "status = 'open'"),
    ("prompt", "difficulty = 6"),
    ("prompt", "visibility = 'secret'"),
    ("prompt", "status = 'draft'"),
    ("contestant", "kind = 'robot'"),
    ("contestant", "status = 'gone'"),
    ("output", "sample = 0"),
    ("output", "html = NULL"),
    ("output", "status = 'live'"),
    ("voter", "origin = 'robot'"),
    ("battle", "propensity = 0"),
    ("battle", "propensity = 0.51"),
    ("battle", "output_b_id = output_a_id"),
    ("battle", "purpose = 'fun'"),
    ("battle", "closed_how = 'lost'"),
    ("battle", "closed_how = NULL"),
    ("battle", "skip_reason = 'broken'"),
    ("battle", "closed_how = 'skipped'"),
    ("battle", "closed_how = 'skipped', skip_reason = 'bored'"),
    ("vote", "choice = 'left'"),
    ("vote", "origin = 'robot'"),
    ("vote", "decided_ms = -1"),
    ("vote", "recognised = 'both'"),
    ("vote", "void_reason = 'undo'"),
    ("vote", "voided_at = created_at"),
    ("vote", "voided_at = created_at, void_reason = 'undo', revealed_at = created_at"),
    ("exposure", "served = -1"),
    ("exposure", "output_low_id = output_high_id"),
]


def test_every_check_of_a_table_refuses_something(arena: Context, voted: Receipt):
    """One test for all: each change is tried in its own savepoint."""
    accepted, refusals = [], ""
    with arena.command() as session:
        connection = session.connection()
        for table, change in BAD_VALUES:
            try:
                with connection.begin_nested():
                    connection.execute(text(f"UPDATE {table} SET {change}"))
            except IntegrityError as refused:
                refusals += str(refused.orig)
            else:
                accepted.append(f"{table}: {change}")
    assert accepted == []
    checks = {
        str(constraint.name)
        for table in {table for table, _change in BAD_VALUES}
        for constraint in metadata.tables[table].constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert {check for check in checks if check not in refusals} == set()


BAD_ROWS = [
    "quarantine (rule, since) VALUES ('test', '2026-01-01')",
    "quarantine (rule, since, vote_id, voter_id) SELECT 'test', created_at, id, 'x' FROM vote",
    "outputreport (battle_id, side, reason, created_at) SELECT id, 'c', 'broken', served_at FROM battle",
    "outputreport (battle_id, side, reason, created_at) SELECT id, 'a', 'ugly', served_at FROM battle",
]


def test_the_database_refuses_rows_that_make_no_sense(arena: Context, voted: Receipt):
    with arena.command() as session:
        for row in BAD_ROWS:
            with pytest.raises(IntegrityError, match=r"(?i)check"), session.begin_nested():
                session.connection().execute(text(f"INSERT INTO {row}"))


def test_a_key_is_taken_once(arena: Context, voted: Receipt):
    for table in (Voter, Battle, Vote, Exposure):
        with arena.command() as session:
            row = session.exec(select(table)).one().model_dump()
            session.expunge_all()
            session.add(table(**row))
            with pytest.raises(IntegrityError, match=r"(?i)unique"):
                session.flush()
