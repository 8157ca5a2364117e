"""Read what was published: boards and the files of snapshots."""

import gzip
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from arena.core.categories import CategorySummary, find_category, summarise
from arena.core.counted import is_cast, is_counted, major_of
from arena.core.snapshots import last_snapshot
from arena.core.words import PRACTICE, Origin
from arena.db.tables import Battle, Category, Contestant, Snapshot, SnapshotFile, Vote, known_id
from arena.errors import NotFound


@dataclass(frozen=True)
class BoardName:
    """A board that can be opened."""

    category: str
    title: str
    origin: Origin


@dataclass(frozen=True)
class SnapshotInfo:
    """What a published table rests on."""

    id: str
    number: int
    cut_off: datetime
    votes: int
    voters: int
    prompts: int
    parameters: dict[str, Any]
    interval_note: str
    rank_method: str
    choix_difference: float | None
    recompute: str
    rows_published: bool


@dataclass(frozen=True)
class BoardRow:
    """A contestant on a board; ratings and intervals in points, absent where the evidence is too thin."""

    contestant: str
    name: str
    family: str
    provider: str
    rating: float | None
    low: float | None
    high: float | None
    low_generalise: float | None
    high_generalise: float | None
    rank_low: int | None
    rank_high: int | None
    votes: int
    voters: int
    prompts: int
    tie_rate: float | None
    both_bad_rate: float | None
    state: str


@dataclass(frozen=True)
class Board:
    """The newest snapshot of one category and origin, or none yet."""

    category: CategorySummary
    origin: Origin
    snapshot: SnapshotInfo | None
    rows: tuple[BoardRow, ...]
    votes_so_far: int


@dataclass(frozen=True)
class PublishedFile:
    """A file of a snapshot."""

    name: str
    media_type: str
    digest: str
    body: bytes


def list_boards(session: Session) -> list[BoardName]:
    """Return the human board of every category that is not a draft, and every other board that exists."""
    categories = session.exec(select(Category).where(Category.status != "draft")).all()
    statement = select(Snapshot.category_id, Snapshot.origin).distinct()
    existing = {(category_id, origin) for category_id, origin in session.exec(statement)}
    names = []
    for category in sorted(categories, key=lambda row: (row.slug == PRACTICE, row.slug)):
        for origin in get_args(Origin):
            if (category.id, origin) in existing or (origin == "human" and category.status != "retired"):
                names.append(BoardName(category.slug, category.title, origin))
    return names


def newest_board(session: Session, category: str, origin: str) -> Board:
    """Return the newest snapshot of a board.

    Raises
    ------
    NotFound
        If there is no such category or origin.
    """
    row = find_category(session, category)
    known = _origin(origin)
    snapshot = _shown_snapshot(session, row, known)
    return Board(
        category=summarise(session, row),
        origin=known,
        snapshot=None if snapshot is None else _info(snapshot),
        rows=() if snapshot is None else _rows(session, snapshot),
        votes_so_far=_number_of_votes(session, is_cast(known_id(row.id), row.version, known)),
    )


def newest_file(session: Session, category: str, origin: str, name: str) -> PublishedFile:
    """Return a file of a board's newest snapshot.

    Raises
    ------
    NotFound
        If the board has no snapshot yet, or its votes are published in releases only.
    """
    snapshot = _shown_snapshot(session, find_category(session, category), _origin(origin))
    if snapshot is None:
        raise NotFound("no_snapshot", "This board has no snapshot yet.")
    return snapshot_file(session, snapshot.id, name)


def snapshot_file(session: Session, snapshot_id: str, name: str) -> PublishedFile:
    """Return a file of a snapshot; the same bytes for ever.

    Raises
    ------
    NotFound
        If there is no such snapshot or file, or its votes are published in releases only.
    """
    snapshot = session.get(Snapshot, snapshot_id)
    if snapshot is None:
        raise NotFound("not_found", "There is no such snapshot.")
    file = session.get(SnapshotFile, (snapshot_id, name))
    if file is None and name == "votes.csv" and not snapshot.rows_published:
        raise NotFound("rows_in_releases", "The votes of this category are published in releases only.")
    if file is None:
        raise NotFound("not_found", f"A snapshot has no file {name!r}.")
    return PublishedFile(file.name, file.media_type, file.digest, gzip.decompress(file.gzip_body))


def _shown_snapshot(session: Session, category: Category, origin: Origin) -> Snapshot | None:
    """Return the newest snapshot, unless nothing of it counts any more.

    That is so after a new major version of the category, and where every vote was undone or quarantined: from
    no votes nothing new can be published.
    """
    snapshot = last_snapshot(session, category, origin)
    if snapshot is None or major_of(snapshot.category_version) != major_of(category.version):
        return None
    counted = is_counted(known_id(category.id), category.version, origin)
    return snapshot if _number_of_votes(session, counted) else None


def _number_of_votes(session: Session, condition: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(Vote).join(Battle, col(Battle.id) == Vote.battle_id)
    return session.exec(statement.where(condition)).one()


def _origin(word: str) -> Origin:
    for origin in get_args(Origin):
        if origin == word:
            known: Origin = origin
            return known
    raise NotFound("unknown_origin", f"There is no origin {word!r}; known are {', '.join(get_args(Origin))}.")


def _info(snapshot: Snapshot) -> SnapshotInfo:
    return SnapshotInfo(
        id=snapshot.id,
        number=snapshot.number,
        cut_off=snapshot.cut_off,
        votes=snapshot.votes,
        voters=snapshot.voters,
        prompts=snapshot.prompts,
        parameters=snapshot.parameters,
        interval_note=snapshot.interval_note,
        rank_method=str(snapshot.parameters["ranks"]),
        choix_difference=snapshot.choix_difference,
        recompute=snapshot.recompute,
        rows_published=snapshot.rows_published,
    )


def _rows(session: Session, snapshot: Snapshot) -> tuple[BoardRow, ...]:
    slugs = [row["contestant"] for row in snapshot.table_rows]
    named = {row.slug: row for row in session.exec(select(Contestant).where(col(Contestant.slug).in_(slugs)))}
    return tuple(
        BoardRow(
            **row,
            name=named[row["contestant"]].name,
            family=named[row["contestant"]].family,
            provider=named[row["contestant"]].provider,
        )
        for row in snapshot.table_rows
    )
