"""Publish the state of a board: its table and its votes, under one id and cut-off."""

import gzip
import hashlib
import io
import json
import random
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from arena import __version__
from arena.core.counted import is_counted
from arena.core.export import CountedVote, counted_votes, votes_csv
from arena.core.voters import new_id
from arena.core.words import Origin
from arena.db.tables import Battle, Category, Prompt, Snapshot, SnapshotFile, Vote, known_id
from arena.errors import NotComputed
from ratings import (
    LOCAL_FLOOR,
    PUBLISHED_FLOOR,
    Battles,
    ConvergenceError,
    DisconnectedError,
    RatingTable,
    compare_with_choix,
    format_csv,
    parse_votes,
    rating_table,
)

# A board is renewed when this much is new, so that nobody reads his own vote off it.
MIN_NEW_VOTES = 20
MIN_NEW_VOTERS = 5
MIN_AGE = timedelta(seconds=60)


@dataclass(frozen=True)
class BoardNews:
    """How much a board has, and how much of it came after its last snapshot's cut-off."""

    last: Snapshot | None
    votes: int
    new_votes: int
    new_voters: int


@dataclass(frozen=True)
class BoardState:
    """What a snapshot is made of, read in one transaction."""

    category: Category
    origin: Origin
    last: Snapshot | None
    votes: list[CountedVote]
    rows_published: bool


@dataclass(frozen=True)
class Draft:
    """A snapshot with its files, not stored yet."""

    snapshot: Snapshot
    files: list[SnapshotFile]


def board_news(session: Session, category: Category, origin: Origin) -> BoardNews:
    """Count what a board has, without reading the votes."""
    last = last_snapshot(session, category, origin)
    counted = is_counted(known_id(category.id), category.version, origin)
    statement = (
        select(func.count(), func.count(func.distinct(Battle.voter_id)))
        .select_from(Vote)
        .join(Battle, col(Battle.id) == Vote.battle_id)
        .where(counted)
    )
    votes, voters = session.exec(statement).one()
    if last is None:
        return BoardNews(None, votes, votes, voters)
    new_votes, new_voters = session.exec(statement.where(Vote.created_at > last.cut_off)).one()
    return BoardNews(last, votes, new_votes, new_voters)


def read_board_state(session: Session, category: Category, origin: Origin, cut_off: datetime) -> BoardState:
    """Read a board's counted votes up to the cut-off."""
    # First, so that a snapshot published while the votes are read takes this one's number.
    last = last_snapshot(session, category, origin)
    votes = counted_votes(session, category, origin)
    return BoardState(
        category=category,
        origin=origin,
        last=last,
        votes=[vote for vote in votes if vote.created_at <= cut_off],
        rows_published=_rows_published(session, category),
    )


def is_due(news: BoardNews, now: datetime, *, at_once: bool) -> bool:
    """Say whether a board has enough that is new.

    Parameters
    ----------
    at_once
        The local profile: any change is enough.
    """
    if at_once:
        return news.votes != (news.last.votes if news.last else 0) or news.new_votes > 0
    old_enough = news.last is None or now - news.last.created_at >= MIN_AGE
    return old_enough and news.new_votes >= MIN_NEW_VOTES and news.new_voters >= MIN_NEW_VOTERS


def draft_snapshot(
    state: BoardState, *, cut_off: datetime, now: datetime, is_local: bool, rng: random.Random
) -> Draft:
    """Compute the table from the very file that is published with it.

    Raises
    ------
    NotComputed
        If a fit does not converge.
    """
    votes = votes_csv(state.votes, state.category.slug, state.origin, rng)
    battles = parse_votes(io.StringIO(votes), name="votes.csv")
    try:
        table = rating_table(battles, floor=LOCAL_FLOOR if is_local else PUBLISHED_FLOOR)
        choix_difference = _second_opinion(battles)
    except ConvergenceError as error:
        raise NotComputed(state.category.slug, state.origin, str(error)) from error
    snapshot = Snapshot(
        id=new_id(rng),
        category_id=known_id(state.category.id),
        category_version=state.category.version,
        origin=state.origin,
        number=state.last.number + 1 if state.last else 1,
        cut_off=cut_off,
        votes=len(state.votes),
        voters=len({vote.voter for vote in state.votes}),
        prompts=len({vote.prompt for vote in state.votes}),
        interval_note=table.interval_note,
        rows_published=state.rows_published,
        table_rows=[asdict(row) for row in table.rows],
        parameters=table.parameters,
        choix_difference=choix_difference,
        recompute=f"python -m ratings votes.csv --floor {'local' if is_local else 'published'} --format csv",
        created_at=now,
    )
    return Draft(snapshot, _files(snapshot, state, table, votes))


def store_snapshot(session: Session, draft: Draft) -> bool:
    """Store a snapshot; False when another process published this number first."""
    session.add(draft.snapshot)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        return False
    session.add_all(draft.files)
    session.commit()
    return True


def last_snapshot(session: Session, category: Category, origin: Origin) -> Snapshot | None:
    """Return the newest snapshot of a board."""
    statement = (
        select(Snapshot)
        .where(Snapshot.category_id == category.id, Snapshot.origin == origin)
        .order_by(col(Snapshot.number).desc())
        .limit(1)
    )
    return session.exec(statement).one_or_none()


def _rows_published(session: Session, category: Category) -> bool:
    """Votes on sealed prompts or under a late reveal would tell names that are not given out yet."""
    sealed = (
        select(Prompt.id).where(Prompt.category_id == category.id, Prompt.visibility == "sealed").limit(1)
    )
    return category.reveal == "immediate" and session.exec(sealed).first() is None


def _second_opinion(battles: Battles) -> float | None:
    """Compare our fit with choix's; where no two contestants are comparable yet there is no fit."""
    try:
        return compare_with_choix(battles)
    except DisconnectedError:
        return None


def _files(snapshot: Snapshot, state: BoardState, table: RatingTable, votes: str) -> list[SnapshotFile]:
    contents = {"leaderboard.csv": format_csv(table)}
    if state.rows_published:
        contents["votes.csv"] = votes
    metadata = _metadata(snapshot, state.category, {name: _digest(text) for name, text in contents.items()})
    contents["metadata.json"] = json.dumps(metadata, indent=2, ensure_ascii=False) + "\n"
    return [
        SnapshotFile(
            snapshot_id=snapshot.id,
            name=name,
            media_type="application/json" if name.endswith(".json") else "text/csv; charset=utf-8",
            digest=_digest(text),
            gzip_body=gzip.compress(text.encode(), mtime=0),
        )
        for name, text in contents.items()
    ]


def _metadata(snapshot: Snapshot, category: Category, digests: dict[str, str]) -> dict[str, Any]:
    return {
        "snapshot": snapshot.id,
        "board": {
            "category": category.slug,
            "category_version": category.version,
            "title": category.title,
            "question": category.question,
            "origin": snapshot.origin,
        },
        "status": "provisional",
        "cut_off": snapshot.cut_off.isoformat(),
        "votes": snapshot.votes,
        "voters": snapshot.voters,
        "prompts": snapshot.prompts,
        "interval_note": snapshot.interval_note,
        "parameters": snapshot.parameters,
        "choix_largest_difference_points": snapshot.choix_difference,
        "code_version": __version__,
        "recompute": snapshot.recompute,
        "sha256": digests,
        "licence": category.licence,
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
