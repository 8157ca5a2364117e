"""Votes in the field's own columns. The translation from our words lives here and nowhere else."""

import csv
import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from arena.core.counted import is_counted
from arena.core.words import Origin
from arena.db.tables import Battle, Category, Contestant, Output, Prompt, Vote, known_id

SCHEMA = "paragone-votes/1"
COLUMNS = (
    "category",
    "category_version",
    "prompt",
    "model_a",
    "model_b",
    "winner",
    "output_a",
    "output_b",
    "voter",
    "weight",
    "language",
    "origin",
    "schema",
)
_WINNERS = {"a": "model_a", "b": "model_b", "tie": "tie", "both_bad": "both_bad"}


@dataclass(frozen=True)
class CountedVote:
    """A counted vote with the names it is about."""

    voter: str
    prompt: str
    language: str
    contestant_a: str
    contestant_b: str
    output_a: int
    output_b: int
    choice: str
    category_version: str
    created_at: datetime


def counted_votes(session: Session, category: Category, origin: Origin) -> list[CountedVote]:
    """Return every vote that counts on one board."""
    output_a, output_b = aliased(Output), aliased(Output)
    contestant_a, contestant_b = aliased(Contestant), aliased(Contestant)
    statement = (
        select(  # type: ignore[call-overload]  # SQLModel types at most four columns
            Battle.voter_id,
            Prompt.slug,
            Prompt.language,
            contestant_a.slug,
            contestant_b.slug,
            Battle.output_a_id,
            Battle.output_b_id,
            Vote.choice,
            Battle.category_version,
            Vote.created_at,
        )
        .select_from(Vote)
        .join(Battle, col(Battle.id) == Vote.battle_id)
        .join(Prompt, col(Prompt.id) == Battle.prompt_id)
        .join(output_a, output_a.id == Battle.output_a_id)
        .join(output_b, output_b.id == Battle.output_b_id)
        .join(contestant_a, contestant_a.id == output_a.contestant_id)
        .join(contestant_b, contestant_b.id == output_b.contestant_id)
        .where(is_counted(known_id(category.id), category.version, origin))
    )
    return [CountedVote(*row) for row in session.exec(statement)]


def votes_csv(votes: Sequence[CountedVote], category: str, origin: Origin, rng: random.Random) -> str:
    """Write votes as CSV: shuffled, without times or battle ids, with ids that mean nothing elsewhere."""
    shuffled = list(votes)
    rng.shuffle(shuffled)
    voters = _aliases("voter", (vote.voter for vote in votes), rng)
    outputs = _aliases("output", (o for vote in votes for o in (vote.output_a, vote.output_b)), rng)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for vote in shuffled:
        writer.writerow(
            (
                category,
                vote.category_version,
                vote.prompt,
                vote.contestant_a,
                vote.contestant_b,
                _WINNERS[vote.choice],
                outputs[vote.output_a],
                outputs[vote.output_b],
                voters[vote.voter],
                1,
                vote.language,
                origin,
                SCHEMA,
            )
        )
    return stream.getvalue()


def _aliases(kind: str, ids: Iterable[str | int], rng: random.Random) -> dict[str | int, str]:
    """Number the ids in a random order that nobody can undo."""
    distinct = sorted(set(ids), key=str)
    rng.shuffle(distinct)
    width = len(str(len(distinct)))
    return {value: f"{kind}-{number:0{width}}" for number, value in enumerate(distinct, start=1)}
