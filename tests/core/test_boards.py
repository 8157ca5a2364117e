"""Boards and files as people read them."""

from pathlib import Path

import pytest
from sqlmodel import select, update

from arena.core.boards import BoardName, list_boards, newest_board, newest_file, snapshot_file
from arena.core.context import Context
from arena.core.worker import work_once
from arena.db.tables import Category, Vote
from arena.errors import NotFound
from tests.core.crowd import board, crowd_votes, force, quarantine, snapshots, voter
from tests.factories import take_in, write_catalog

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FILES = ("leaderboard.csv", "votes.csv", "metadata.json")


def boards(context: Context) -> list[BoardName]:
    with context.query() as session:
        return list_boards(session)


def set_category(context: Context, **values: str) -> None:
    with context.command() as session:
        session.exec(update(Category).values(**values))
        session.commit()


@on_sqlite
def test_a_board_without_votes_says_so(arena: Context):
    shown = board(arena)
    assert shown.snapshot is None
    assert shown.rows == ()
    assert shown.votes_so_far == 0
    assert shown.category.slug == "poems"


@on_sqlite
def test_a_board_without_a_snapshot_has_no_files(arena: Context):
    crowd_votes(arena, voters=1, each=1)
    with arena.query() as session, pytest.raises(NotFound) as refused:
        newest_file(session, "poems", "human", "leaderboard.csv")
    assert refused.value.code == "no_snapshot"
    assert board(arena).votes_so_far == 1


def test_a_board_shows_the_newest_snapshot(arena: Context):
    crowd_votes(arena, voters=2, each=3)
    force(arena)
    crowd_votes(arena, voters=1, each=2, first=10)
    newest = force(arena)
    shown = board(arena)
    assert shown.snapshot is not None
    assert (shown.snapshot.id, shown.snapshot.number) == (newest, 2)
    assert (shown.snapshot.votes, shown.snapshot.voters) == (8, 3)
    assert shown.snapshot.cut_off == arena.now()


@on_sqlite
def test_votes_since_the_snapshot_are_told_apart_from_those_in_it(arena: Context):
    crowd_votes(arena, voters=2, each=3)
    force(arena)
    crowd_votes(arena, voters=1, each=2, first=10)
    shown = board(arena)
    assert shown.snapshot is not None
    assert (shown.snapshot.votes, shown.votes_so_far) == (6, 8)


@on_sqlite
def test_rows_carry_the_names_of_the_contestants(arena: Context):
    crowd_votes(arena, voters=4, each=5)
    force(arena)
    rows = board(arena).rows
    assert {row.contestant for row in rows} == {"quartz", "basalt", "granite", "marble"}
    for row in rows:
        title = row.contestant.title()
        assert (row.name, row.family) == (f"{title} Nine", f"{row.contestant}-family")
        assert row.provider == f"{title} Works"
    assert sum(row.votes for row in rows) == 2 * 20


@on_sqlite
def test_a_retired_contestant_keeps_its_row(arena: Context, tmp_path: Path):
    crowd_votes(arena, voters=4, each=5)
    force(arena)
    root = write_catalog(tmp_path / "smaller", contestants=("quartz", "basalt", "granite"))
    take_in(arena, root)
    assert "marble" in {row.contestant for row in board(arena).rows}
    force(arena)
    assert "marble" in {row.contestant for row in board(arena).rows}


@pytest.mark.parametrize("word", ["robot", "", "Human", "human "])
@on_sqlite
def test_an_unknown_origin_is_refused_with_the_known_ones(arena: Context, word: str):
    with arena.query() as session, pytest.raises(NotFound, match="human, judge, simulated, imported"):
        newest_board(session, "poems", word)


@on_sqlite
def test_an_unknown_category_is_refused(arena: Context):
    with arena.query() as session, pytest.raises(NotFound, match="nowhere"):
        newest_board(session, "nowhere", "human")


@on_sqlite
def test_after_a_new_major_version_the_board_starts_empty(arena: Context):
    crowd_votes(arena, voters=2, each=3)
    force(arena)
    set_category(arena, version="1.9")
    assert board(arena).snapshot is not None
    set_category(arena, version="2.0")
    assert board(arena).snapshot is None
    crowd_votes(arena, voters=1, each=1, first=10)
    assert board(arena).snapshot is None
    force(arena)
    shown = board(arena).snapshot
    assert shown is not None
    assert (shown.number, shown.votes) == (2, 1)


@on_sqlite
def test_when_nothing_counts_any_more_the_board_is_empty(arena: Context):
    crowd_votes(arena, voters=1, each=3)
    snapshot = force(arena)
    quarantine(arena, voter_id=voter(1))
    assert board(arena).snapshot is None
    with arena.query() as session, pytest.raises(NotFound):
        newest_file(session, "poems", "human", "votes.csv")
    with arena.query() as session:
        assert snapshot_file(session, str(snapshot), "votes.csv").body


def test_the_files_of_a_snapshot_never_change(arena: Context):
    crowd_votes(arena, voters=2, each=3)
    first = str(force(arena))
    with arena.query() as session:
        before = [snapshot_file(session, first, name) for name in FILES]
    crowd_votes(arena, voters=2, each=3, first=10)
    arena.now.forward(hours=2)
    force(arena)
    with arena.query() as session:
        assert [snapshot_file(session, first, name) for name in FILES] == before
        assert [newest_file(session, "poems", "human", name) for name in FILES] != before


@on_sqlite
def test_files_have_their_type(arena: Context):
    crowd_votes(arena, voters=2, each=3)
    force(arena)
    with arena.query() as session:
        types = [newest_file(session, "poems", "human", name).media_type for name in FILES]
    assert types == ["text/csv; charset=utf-8", "text/csv; charset=utf-8", "application/json"]


@pytest.mark.parametrize("snapshot, name", [("none", "votes.csv"), (None, "arena.db"), (None, "../a.csv")])
@on_sqlite
def test_an_unknown_file_is_refused(arena: Context, snapshot: str | None, name: str):
    crowd_votes(arena, voters=1, each=1)
    known = force(arena)
    with arena.query() as session, pytest.raises(NotFound) as refused:
        snapshot_file(session, snapshot or str(known), name)
    assert refused.value.code == "not_found"


# Which boards there are


@on_sqlite
def test_every_category_has_a_board_of_people(arena: Context):
    assert boards(arena) == [BoardName("poems", "Short poems", "human")]


@on_sqlite
def test_practice_comes_last(context: Context, tmp_path: Path):
    for slug in ("practice", "zebras", "ants"):
        write_catalog(tmp_path / "c", slug=slug)
    take_in(context, tmp_path / "c")
    assert [name.category for name in boards(context)] == ["ants", "zebras", "practice"]


@on_sqlite
def test_other_origins_have_a_board_once_it_was_published(arena: Context):
    crowd_votes(arena, voters=2, each=2)
    with arena.command() as session:
        session.exec(update(Vote).values(origin="judge"))
        session.commit()
    assert [name.origin for name in boards(arena)] == ["human"]
    force(arena, origin="judge")
    assert [name.origin for name in boards(arena)] == ["human", "judge"]


@on_sqlite
def test_a_draft_has_no_board(arena: Context):
    set_category(arena, status="draft")
    assert boards(arena) == []
    with arena.query() as session, pytest.raises(NotFound):
        newest_board(session, "poems", "human")


@on_sqlite
def test_a_retired_category_keeps_the_boards_it_published(arena: Context):
    set_category(arena, status="retired")
    assert boards(arena) == []
    set_category(arena, status="live")
    crowd_votes(arena, voters=1, each=2)
    force(arena)
    set_category(arena, status="retired")
    assert boards(arena) == [BoardName("poems", "Short poems", "human")]
    assert board(arena).snapshot is not None


@on_sqlite
def test_the_table_of_a_snapshot_is_stored_once(arena: Context):
    crowd_votes(arena, voters=5, each=4)
    work_once(arena)
    (row,) = snapshots(arena)
    assert [entry["contestant"] for entry in row.table_rows] == [r.contestant for r in board(arena).rows]
    with arena.query() as session:
        assert session.exec(select(Category.id)).one() == row.category_id
