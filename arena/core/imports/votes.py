"""Votes cast elsewhere come onto a board of their own: as closed battles with votes, once.

Ids are made from what a row says, so that the same vote never counts twice, also when a file has grown.
Voters get ids made from their names in the file and from the category: one name in two files is one voter.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from arena.core.categories import find_category
from arena.core.counted import major_of
from arena.core.imports.names import Names, RowRefused, known_names
from arena.core.imports.rows import Complaints, SourceRow, read_rows, refuse_bad_rows
from arena.core.words import Choice
from arena.db.tables import Battle, Category, Event, Vote, Voter
from arena.db.turns import IMPORT, wait_for_turn

ImportedOrigin = Literal["imported", "judge"]
FIELDS = ("model_a", "model_b", "winner", "prompt", "voter", "sample_a", "sample_b")
NEEDED = FIELDS[:4]
WINNERS: Mapping[str, Choice] = {
    "a": "a",
    "model_a": "a",
    "left": "a",
    "b": "b",
    "model_b": "b",
    "right": "b",
    "tie": "tie",
    "both_bad": "both_bad",
    "bothbad": "both_bad",
    "tie (bothbad)": "both_bad",
}
SAMPLER = "imported"
# Which pair was served how often is not known; only the coin for the sides is.
PROPENSITY = 0.5


@dataclass(frozen=True)
class VoteSource:
    """A file of votes, and how to read it.

    Attributes
    ----------
    columns : dict
        For a field of `FIELDS` the column that holds it, where it has another name.
    contestants, prompts : dict
        For a name in the file the contestant's slug and the prompt's id, where it does not say so itself.
    leave_out_unknown : bool
        Leave out votes on contestants, prompts and outputs that the category does not have, and count them.
    """

    file: Path
    columns: Mapping[str, str]
    contestants: Mapping[str, str]
    prompts: Mapping[str, str]
    leave_out_unknown: bool


@dataclass(frozen=True)
class VotesReport:
    """What an import of votes adds, or would add; ``known`` are votes of an earlier import."""

    added: int
    known: int
    left_out: int
    voters: int


@dataclass(frozen=True)
class _Read:
    """A row with everything found that it names."""

    voter: str
    prompt: int
    outputs: tuple[int, int]
    choice: Choice
    said: tuple[str, ...]


def import_votes(
    session: Session,
    source: VoteSource,
    *,
    category: str,
    origin: ImportedOrigin,
    now: datetime,
    dry_run: bool,
) -> VotesReport:
    """Take votes from a CSV or JSONL file into the database, in one transaction.

    Without a column ``voter`` all votes are one voter's: nobody knows better.

    Raises
    ------
    BadRows
        With every row that is wrong; nothing is stored.
    CatalogError
        If the file is no table.
    NotFound
        If there is no such category.
    """
    wait_for_turn(session.connection(), IMPORT)
    row = find_category(session, category)
    reads, left_out = _read_votes(source, known_names(session, row, source.contestants, source.prompts))
    stored = set(session.exec(select(Vote.id).where(Vote.origin == origin)))
    ids = list(_vote_ids(reads, row, origin))
    new = [(vote, read) for vote, read in zip(ids, reads, strict=True) if vote not in stored]
    voters = {read.voter: _voter_id(row, origin, read.voter) for _, read in new}
    report = VotesReport(len(new), len(reads) - len(new), left_out, len(voters))
    if new and not dry_run:
        _store(session, row, origin, new, voters, now)
        session.add(_event(source, row, origin, report, now))
        session.commit()
    return report


def _read_votes(source: VoteSource, names: Names) -> tuple[list[_Read], int]:
    rows, complaints = read_rows(source.file)
    reads, left_out = [], 0
    for row in rows:
        try:
            reads.append(_read(source, row, names))
        except RowRefused as refusal:
            if refusal.is_unknown and source.leave_out_unknown:
                left_out += 1
            else:
                complaints.append((row.line, str(refusal)))
    refuse_bad_rows(source.file, _once(complaints, rows))
    return reads, left_out


def _once(complaints: Complaints, rows: list[SourceRow]) -> Complaints:
    """Say a complaint that every row gives once: a column that is missing is not ten thousand errors."""
    same = {what for _, what in complaints}
    return complaints[:1] if len(same) == 1 and len(complaints) == len(rows) > 1 else complaints


def _read(source: VoteSource, row: SourceRow, names: Names) -> _Read:
    said = {field: row.values.get(source.columns.get(field, field)) for field in FIELDS}
    for field in NEEDED:
        if said[field] is None:
            raise RowRefused(f"{source.columns.get(field, field)}: is missing")
    text = {field: "" if value is None else str(value).strip() for field, value in said.items()}
    choice = WINNERS.get(text["winner"].casefold())
    if choice is None:
        raise RowRefused(f"winner: {text['winner']!r} is none of {', '.join(WINNERS)}")
    prompt = names.prompt(text["prompt"])
    contestants = names.contestant(text["model_a"]), names.contestant(text["model_b"])
    if contestants[0] == contestants[1]:
        raise RowRefused(f"both sides are {contestants[0]!r}")
    outputs = tuple(
        names.output(prompt, contestant, text[f"sample_{side}"])
        for contestant, side in zip(contestants, "ab", strict=True)
    )
    return _Read(
        voter=text["voter"],
        prompt=names.prompts[prompt],
        outputs=(outputs[0].id, outputs[1].id),
        choice=choice,
        said=(text["voter"], prompt, *(f"{o.contestant}/{o.sample}" for o in outputs), choice),
    )


def _vote_ids(reads: Iterable[_Read], category: Category, origin: str) -> Iterator[str]:
    """Yield an id for each vote; rows that say the same are told apart by their number."""
    seen = Counter[tuple[str, ...]]()
    for read in reads:
        seen[read.said] += 1
        yield _digest(
            "vote", category.slug, major_of(category.version), origin, *read.said, str(seen[read.said])
        )


def _voter_id(category: Category, origin: str, name: str) -> str:
    return _digest("voter", category.slug, origin, name)


def _digest(*parts: str) -> str:
    """Return 128 bits of a digest, as long as any other id; the parts cannot run into each other."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _store(
    session: Session,
    category: Category,
    origin: str,
    new: list[tuple[str, _Read]],
    voters: dict[str, str],
    now: datetime,
) -> None:
    known = set(session.exec(select(Voter.id).where(Voter.origin == origin)))
    ordinals = _last_ordinals(session, origin)
    rows: dict[type[Voter] | type[Battle] | type[Vote], list[dict[str, Any]]] = {
        Voter: [
            {"id": voter, "origin": origin, "created_at": now}
            for voter in voters.values()
            if voter not in known
        ],
        Battle: [],
        Vote: [],
    }
    for vote, read in new:
        voter = voters[read.voter]
        ordinals[voter] += 1
        battle = _digest("battle", vote)
        rows[Battle].append(_battle(battle, voter, ordinals[voter], category, read, now))
        rows[Vote].append(
            {"id": vote, "battle_id": battle, "choice": read.choice, "origin": origin, "created_at": now}
        )
    for table, values in rows.items():
        if values:
            session.connection().execute(insert(table), values)


def _last_ordinals(session: Session, origin: str) -> defaultdict[str, int]:
    statement = (
        select(Battle.voter_id, func.max(Battle.ordinal))
        .join(Voter, col(Voter.id) == Battle.voter_id)
        .where(Voter.origin == origin)
        .group_by(col(Battle.voter_id))
    )
    return defaultdict(int, {voter: int(last) for voter, last in session.exec(statement)})


def _battle(
    battle: str, voter: str, ordinal: int, category: Category, read: _Read, now: datetime
) -> dict[str, Any]:
    return {
        "id": battle,
        "voter_id": voter,
        "ordinal": ordinal,
        "category_id": category.id,
        "category_version": category.version,
        "prompt_id": read.prompt,
        "output_a_id": read.outputs[0],
        "output_b_id": read.outputs[1],
        "purpose": "rating",
        "propensity": PROPENSITY,
        "sampler": SAMPLER,
        "served_at": now,
        "expires_at": now,
        "closed_at": now,
        "closed_how": "voted",
    }


def _event(source: VoteSource, category: Category, origin: str, report: VotesReport, now: datetime) -> Event:
    detail = {
        "file": source.file.name,
        "sha256": hashlib.sha256(source.file.read_bytes()).hexdigest(),
        "origin": origin,
        "added": report.added,
        "known": report.known,
        "left_out": report.left_out,
        "voters": report.voters,
    }
    return Event(at=now, actor="command line", action="import votes", subject=category.slug, detail=detail)
