"""Many voters at once, through the real vote path."""

import csv
import io

from sqlmodel import select

from arena.core.boards import Board, newest_board, newest_file, snapshot_file
from arena.core.context import Context
from arena.core.servings import ServedBattle
from arena.core.votes import Receipt, void_vote
from arena.core.worker import publish
from arena.db.tables import Battle, Output, Quarantine, Snapshot, SnapshotFile
from tests.factories import serve, vote


def voter(number: int) -> str:
    """A voter's id, as the cookie would carry it."""
    return f"{number:032x}"


def crowd_votes(
    context: Context, voters: int, each: int, first: int = 1, *, agree: bool = False
) -> list[Receipt]:
    """Let so many new voters cast so many votes each.

    Most prefer the contestant that was written first; where they agree, all do, and nobody is comparable.
    """
    receipts = []
    for number in range(first, first + voters):
        cast: list[Receipt] = []
        while len(cast) < each:
            battles = serve(context, voter=voter(number), n=min(5, each - len(cast)))
            assert battles, "a voter of this crowd has judged everything"
            cast += [
                vote(context, battle, _taste(context, battle, agree), voter=voter(number))
                for battle in battles
            ]
        receipts += cast
    return receipts


def _taste(context: Context, battle: ServedBattle, agree: bool) -> str:
    wobble = 0.5 if agree else context.rng.random()
    if wobble < 0.2:
        return "tie" if wobble < 0.1 else "both_bad"
    with context.query() as session:
        row = session.get_one(Battle, battle.id)
        is_a_first = (
            session.get_one(Output, row.output_a_id).contestant_id
            < session.get_one(Output, row.output_b_id).contestant_id
        )
    return "a" if is_a_first == (wobble < 0.75) else "b"


def void(context: Context, receipt: Receipt) -> None:
    with context.query() as session:
        owner = session.get_one(Battle, receipt.battle).voter_id
    with context.command() as session:
        void_vote(session, vote_id=receipt.vote, voter=owner, now=context.now())


def quarantine(context: Context, **target: str) -> int:
    """Quarantine a vote (`vote_id`) or a voter (`voter_id`); no command does so yet."""
    with context.command() as session:
        row = Quarantine(rule="test", since=context.now(), **target)
        session.add(row)
        session.commit()
    assert row.id is not None
    return row.id


def lift(context: Context, number: int) -> None:
    with context.command() as session:
        session.get_one(Quarantine, number).lifted_at = context.now()
        session.commit()


def force(context: Context, category: str = "poems", origin: str = "human") -> str | None:
    return publish(context, category, origin, force=True)


def board(context: Context, category: str = "poems", origin: str = "human") -> Board:
    with context.query() as session:
        return newest_board(session, category, origin)


def snapshots(context: Context) -> list[Snapshot]:
    with context.query() as session:
        return list(session.exec(select(Snapshot).order_by(Snapshot.number)))


def read(context: Context, name: str, snapshot: str | None = None) -> bytes:
    """A file of a snapshot; without one, of the newest of `poems`."""
    with context.query() as session:
        if snapshot is None:
            return newest_file(session, "poems", "human", name).body
        return snapshot_file(session, snapshot, name).body


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode())))


def file_names(context: Context, snapshot: str) -> set[str]:
    with context.query() as session:
        return set(session.exec(select(SnapshotFile.name).where(SnapshotFile.snapshot_id == snapshot)))
