"""Which votes count on a board, as its published rows show."""

from pathlib import Path

import pytest
from sqlmodel import select

from arena.core.boards import newest_file
from arena.core.context import Context
from arena.db.tables import Battle, Category, Vote
from tests.core.crowd import board, crowd_votes, force, lift, quarantine, read, rows, snapshots, void, voter
from tests.factories import take_in, write_catalog

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def published_votes(context: Context) -> int:
    """Publish now and count the rows."""
    assert force(context) is not None
    return len(rows(read(context, "votes.csv")))


def test_a_voided_vote_does_not_count(arena: Context):
    receipts = crowd_votes(arena, voters=2, each=2)
    assert published_votes(arena) == 4
    void(arena, receipts[0])
    assert published_votes(arena) == 3
    assert board(arena).votes_so_far == 3


def test_a_quarantined_vote_does_not_count_until_the_quarantine_is_lifted(arena: Context):
    receipts = crowd_votes(arena, voters=2, each=2)
    number = quarantine(arena, vote_id=receipts[0].vote)
    assert published_votes(arena) == 3
    # What is shown at once does not tell: the voter would learn of his quarantine.
    assert board(arena).votes_so_far == 4
    lift(arena, number)
    assert published_votes(arena) == board(arena).votes_so_far == 4


def test_a_quarantined_voter_does_not_count_until_the_quarantine_is_lifted(arena: Context):
    crowd_votes(arena, voters=3, each=2)
    number = quarantine(arena, voter_id=voter(2))
    assert published_votes(arena) == 4
    assert snapshots(arena)[-1].voters == 2
    lift(arena, number)
    assert published_votes(arena) == 6


@on_sqlite
def test_two_quarantines_of_one_vote_must_both_be_lifted(arena: Context):
    receipts = crowd_votes(arena, voters=2, each=2)
    first = quarantine(arena, vote_id=receipts[0].vote)
    second = quarantine(arena, voter_id=voter(1))
    lift(arena, first)
    assert published_votes(arena) == 2
    lift(arena, second)
    assert published_votes(arena) == 4


def set_version(context: Context, version: str) -> None:
    with context.command() as session:
        session.exec(select(Category)).one().version = version
        session.commit()


def test_votes_of_another_major_version_do_not_count(arena: Context):
    crowd_votes(arena, voters=1, each=3)
    set_version(arena, "1.7")
    crowd_votes(arena, voters=1, each=2, first=10)
    assert published_votes(arena) == 5
    set_version(arena, "2.0")
    crowd_votes(arena, voters=1, each=1, first=20)
    assert published_votes(arena) == 1
    set_version(arena, "11.0")
    assert force(arena) is None
    crowd_votes(arena, voters=1, each=1, first=30)
    set_version(arena, "1.8")
    assert published_votes(arena) == 5


@on_sqlite
def test_votes_of_other_origins_stand_on_their_own_board(arena: Context):
    receipts = crowd_votes(arena, voters=3, each=2)
    with arena.command() as session:
        for receipt, origin in zip(receipts, ("judge", "judge", "imported"), strict=False):
            session.get_one(Vote, receipt.vote).origin = origin
        session.commit()
    assert published_votes(arena) == 3
    for origin, votes in (("judge", 2), ("imported", 1)):
        force(arena, origin=origin)
        shown = board(arena, origin=origin).snapshot
        assert shown is not None
        assert (shown.votes, shown.number) == (votes, 1)
        with arena.query() as session:
            body = newest_file(session, "poems", origin, "votes.csv").body
        assert {row["origin"] for row in rows(body)} == {origin}
    assert force(arena, origin="simulated") is None


@on_sqlite
def test_planned_checks_do_not_count(arena: Context):
    receipts = crowd_votes(arena, voters=1, each=3)
    with arena.command() as session:
        session.get_one(Battle, receipts[0].battle).purpose = "check"
        session.commit()
    assert published_votes(arena) == 2


@on_sqlite
def test_marked_votes_count(arena: Context):
    receipts = crowd_votes(arena, voters=1, each=2)
    with arena.command() as session:
        session.get_one(Vote, receipts[0].vote).misclick_at = arena.now()
        session.commit()
    assert published_votes(arena) == 2


@on_sqlite
def test_votes_of_another_category_do_not_count(arena: Context, tmp_path: Path):
    write_catalog(tmp_path / "catalog", slug="songs")
    take_in(arena, tmp_path / "catalog")
    crowd_votes(arena, voters=1, each=2)
    assert force(arena, "songs") is None
