"""When boards are published, and what else the worker does."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlmodel import col, select, update

from arena.core.context import Context
from arena.core.worker import publish, work_once, work_until
from arena.db.engine import make_engine
from arena.db.tables import Battle, Category, SnapshotFile, Vote
from arena.errors import NotFound
from tests.core.crowd import board, crowd_votes, force, quarantine, snapshots, void, voter
from tests.factories import ANNA, serve, take_in, vote, write_catalog

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def local(arena: Context) -> Context:
    return replace(arena, settings=arena.settings.model_copy(update={"profile": "local"}))


def published(context: Context) -> list[tuple[int, int]]:
    """The number and the votes of each snapshot of the board of people."""
    return [(row.number, row.votes) for row in snapshots(context) if row.origin == "human"]


# The public profile


def test_a_first_snapshot_needs_twenty_votes(arena: Context):
    crowd_votes(arena, voters=5, each=3)
    crowd_votes(arena, voters=1, each=4, first=10)
    assert work_once(arena) == []
    crowd_votes(arena, voters=1, each=1, first=20)
    assert len(work_once(arena)) == 1
    assert published(arena) == [(1, 20)]


@on_sqlite
def test_a_snapshot_needs_five_voters(context: Context, tmp_path: Path):
    take_in(context, write_catalog(tmp_path / "c", prompts=8))
    crowd_votes(context, voters=4, each=6)
    assert work_once(context) == []
    crowd_votes(context, voters=1, each=1, first=10)
    assert len(work_once(context)) == 1


def test_the_next_snapshot_needs_twenty_new_votes_of_five_voters_and_sixty_seconds(arena: Context):
    crowd_votes(arena, voters=5, each=4)
    work_once(arena)
    arena.now.forward(seconds=59)
    crowd_votes(arena, voters=4, each=5, first=10)
    assert work_once(arena) == []
    crowd_votes(arena, voters=1, each=1, first=20)
    assert work_once(arena) == []  # 59 s
    arena.now.forward(seconds=1)
    assert len(work_once(arena)) == 1
    assert published(arena) == [(1, 20), (2, 41)]
    arena.now.forward(hours=1)
    assert work_once(arena) == []


@on_sqlite
def test_new_votes_of_four_voters_are_not_enough_however_many(context: Context, tmp_path: Path):
    take_in(context, write_catalog(tmp_path / "c", prompts=8))
    crowd_votes(context, voters=5, each=4)
    work_once(context)
    context.now.forward(hours=1)
    crowd_votes(context, voters=4, each=10, first=10)
    assert work_once(context) == []


@on_sqlite
def test_votes_that_do_not_count_do_not_make_a_board_due(arena: Context):
    receipts = crowd_votes(arena, voters=5, each=4)
    void(arena, receipts[0])
    assert work_once(arena) == []
    crowd_votes(arena, voters=1, each=1, first=10)
    quarantine(arena, voter_id=voter(10))
    assert work_once(arena) == []
    crowd_votes(arena, voters=1, each=1, first=11)
    assert len(work_once(arena)) == 1


@on_sqlite
def test_a_forced_snapshot_needs_one_vote(arena: Context):
    assert force(arena) is None
    crowd_votes(arena, voters=1, each=1)
    assert force(arena) is not None
    assert published(arena) == [(1, 1)]


@on_sqlite
def test_an_unknown_category_is_refused(arena: Context):
    with pytest.raises(NotFound, match="nowhere"):
        force(arena, "nowhere")


@on_sqlite
def test_a_draft_is_not_published(arena: Context):
    crowd_votes(arena, voters=1, each=1)
    with arena.command() as session:
        session.exec(update(Category).values(status="draft"))
        session.commit()
    with pytest.raises(NotFound):
        force(arena)
    local = replace(arena, settings=arena.settings.model_copy(update={"profile": "local"}))
    assert work_once(local) == []


@on_sqlite
def test_every_origin_has_its_own_board(arena: Context):
    receipts = crowd_votes(arena, voters=10, each=4)
    with arena.command() as session:
        judged = [receipt.vote for receipt in receipts[:20]]
        session.exec(update(Vote).where(col(Vote.id).in_(judged)).values(origin="judge"))
        session.commit()
    assert len(work_once(arena)) == 2
    assert {(row.origin, row.votes) for row in snapshots(arena)} == {("human", 20), ("judge", 20)}


# The local profile


@on_sqlite
def test_in_the_local_profile_every_vote_is_published_at_once(local: Context):
    for number in (1, 2, 3):
        crowd_votes(local, voters=1, each=1, first=number)
        assert len(work_once(local)) == 1
        assert work_once(local) == []
    assert published(local) == [(1, 1), (2, 2), (3, 3)]


def test_in_the_local_profile_an_undo_is_published_at_once(local: Context):
    receipts = crowd_votes(local, voters=1, each=3)
    work_once(local)
    void(local, receipts[1])
    assert len(work_once(local)) == 1
    assert published(local) == [(1, 3), (2, 2)]


@on_sqlite
def test_in_the_local_profile_an_undo_followed_by_a_vote_is_published(local: Context):
    receipts = crowd_votes(local, voters=1, each=3)
    work_once(local)
    local.now.forward(seconds=2)
    void(local, receipts[1])
    crowd_votes(local, voters=1, each=1, first=2)
    assert len(work_once(local)) == 1
    assert published(local) == [(1, 3), (2, 3)]


@pytest.mark.parametrize("choice", ["a", "b", "tie", "both_bad"])
@on_sqlite
def test_one_vote_alone_is_published_whatever_it_says(local: Context, choice: str):
    """One win compares nobody: a wins, and nothing leads back."""
    (battle,) = serve(local)
    vote(local, battle, choice)
    assert len(work_once(local)) == 1
    shown = board(local)
    assert len(shown.rows) == 2
    is_comparable = choice in {"tie", "both_bad"}
    assert {row.state for row in shown.rows} == {"preliminary" if is_comparable else "not_comparable"}
    assert all((row.rating is not None) == is_comparable for row in shown.rows)


@on_sqlite
def test_when_the_only_vote_is_undone_the_board_is_empty_again(local: Context):
    (battle,) = serve(local)
    receipt = vote(local, battle)
    work_once(local)
    assert board(local).snapshot is not None
    void(local, receipt)
    assert work_once(local) == []
    assert board(local).snapshot is None
    assert board(local).rows == ()
    assert board(local).votes_so_far == 0


@on_sqlite
def test_a_vote_that_comes_after_the_cut_off_waits(local: Context):
    """It may come between the cut-off and the count, or from a machine whose clock is ahead."""
    (battle,) = serve(local)
    ahead = replace(local, now=lambda: local.now.time + timedelta(seconds=3))
    vote(ahead, battle)
    assert work_once(local) == []
    assert force(local) is None
    local.now.forward(seconds=3)
    assert len(work_once(local)) == 1


# Several publishers


def test_of_publishers_at_the_same_time_one_stores_the_snapshot(arena: Context):
    # choix silences warnings for the whole process, so it must not run in several threads: it does not
    # where nobody is comparable. Real publishers are processes.
    crowd_votes(arena, voters=5, each=4, agree=True)
    start = threading.Barrier(4)

    def work(_: int) -> str | None:
        start.wait()
        return publish(arena, "poems", "human", force=False)

    with ThreadPoolExecutor(4) as threads:
        stored = [snapshot for snapshot in threads.map(work, range(4)) if snapshot is not None]
    assert len(stored) == 1
    assert [row.id for row in snapshots(arena)] == stored
    with arena.query() as session:
        assert set(session.exec(select(SnapshotFile.snapshot_id))) == set(stored)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_board_that_another_process_publishes_meanwhile_is_not_published_twice(arena: Context):
    """On PostgreSQL each statement sees what was committed before it."""
    crowd_votes(arena, voters=5, each=4)
    other = replace(arena, engine=make_engine(arena.settings.url))
    asked: list[str] = []

    def overtake(_connection, _cursor, statement: str, *_rest) -> None:
        asked.append(statement)
        if len([text for text in asked if "FROM snapshot" in text]) == 2:
            asked.clear()
            assert publish(other, "poems", "human", force=False) is not None

    event.listen(arena.engine, "before_cursor_execute", overtake)
    assert publish(arena, "poems", "human", force=False) is None
    assert published(arena) == [(1, 20)]
    other.engine.dispose()


# The rest


def test_the_worker_closes_battles_whose_time_is_over(arena: Context):
    serve(arena, n=3)
    arena.now.forward(minutes=31)
    work_once(arena)
    with arena.query() as session:
        assert set(session.exec(select(Battle.closed_how))) == {"expired"}
    assert len(serve(arena, voter=ANNA, n=3)) == 3


@on_sqlite
def test_the_worker_outlives_a_database_that_is_away(
    arena: Context, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    crowd_votes(arena, voters=5, each=4)
    arena.engine.dispose()
    away = replace(arena, engine=make_engine(f"sqlite:///{tmp_path / 'away' / 'arena.db'}"))

    def come_back() -> None:
        (tmp_path / "away").mkdir()
        (tmp_path / "arena.db").rename(tmp_path / "away" / "arena.db")

    with caplog.at_level(logging.INFO):
        work_until(away, _Rounds(come_back), pause=0)
    assert published(away) == [(1, 20)]
    assert [message[:27] for message in caplog.messages] == [
        "the database did not answer",
        f"published snapshot {snapshots(away)[0].id}"[:27],
    ]
    away.engine.dispose()


@on_sqlite
def test_a_board_that_cannot_be_computed_does_not_hold_up_the_others(
    context: Context, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    take_in(context, write_catalog(tmp_path / "c", slug="odes"))
    take_in(context, write_catalog(tmp_path / "c"))
    local = replace(context, settings=context.settings.model_copy(update={"profile": "local"}))
    (odd,) = serve(local, category="odes")
    vote(local, odd, "tie")  # one tie is fitted; the other board's win alone compares nobody
    (even,) = serve(local, voter=voter(2))
    vote(local, even, "a", voter=voter(2))
    monkeypatch.setattr("ratings.fits.newton.MAX_ITERATIONS", 0)
    assert len(work_once(local)) == 1
    assert published(local) == [(1, 1)]
    assert caplog.messages[0].startswith("The board odes (human) cannot be computed: Newton's method")


@on_sqlite
def test_the_worker_outlives_what_the_database_refuses(arena: Context, caplog: pytest.LogCaptureFixture):
    """As when a newer process has changed the schema under it, and changes it back."""
    crowd_votes(arena, voters=5, each=4)
    refuse = "CREATE TRIGGER refuse BEFORE INSERT ON snapshotfile BEGIN SELECT RAISE(ABORT, 'no'); END"
    with arena.engine.begin() as connection:
        connection.execute(text(refuse))

    def give_way() -> None:
        with arena.engine.begin() as connection:
            connection.execute(text("DROP TRIGGER refuse"))

    work_until(arena, _Rounds(give_way), pause=0)
    assert published(arena) == [(1, 20)]
    assert "the database refused the worker" in caplog.messages[0]


class _Rounds(threading.Event):
    """An event that is set in the second wait; in the first one something happens instead."""

    def __init__(self, first: Callable[[], None]) -> None:
        super().__init__()
        self.steps = iter((first, self.set))

    def wait(self, timeout: float | None = None) -> bool:
        next(self.steps)()
        return self.is_set()


@on_sqlite
def test_a_worker_told_to_stop_does_nothing(arena: Context):
    crowd_votes(arena, voters=5, each=4)
    stop = threading.Event()
    stop.set()
    work_until(arena, stop, pause=0)
    assert published(arena) == []
