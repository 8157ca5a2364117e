"""What there is to vote on, with its counts."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from arena.core.counted import is_cast
from arena.core.distinguishability import Distinguishability, measured_distinguishability
from arena.core.words import PRACTICE, Modality, RevealPolicy
from arena.db.tables import Battle, Category, Output, Prompt, Vote, known_id
from arena.errors import NotFound


@dataclass(frozen=True)
class CategorySummary:
    """A category as people see it; ``votes`` and ``voters`` are human ones."""

    slug: str
    version: str
    title: str
    question: str
    rubric: tuple[str, ...]
    brief: str
    difficulty_axis: str
    modality: Modality
    language: str
    licence: str
    card: str
    status: str
    reveal: RevealPolicy
    prompts: int
    contestants: int
    outputs: int
    votes: int
    voters: int
    simulated: bool
    distinguishability: Distinguishability | None = None


def list_categories(session: Session) -> list[CategorySummary]:
    """Return every live or paused category; practice comes last."""
    rows = session.exec(select(Category).where(col(Category.status).in_(["live", "paused"])))
    ordered = sorted(rows, key=lambda row: (row.slug == PRACTICE, row.slug))
    return [summarise(session, row) for row in ordered]


def find_category(session: Session, slug: str) -> Category:
    """Return a category that people may see.

    Raises
    ------
    NotFound
        If there is none of that name, or it is a draft.
    """
    row = session.exec(
        select(Category).where(Category.slug == slug, Category.status != "draft")
    ).one_or_none()
    if row is None:
        raise NotFound("unknown_category", f"There is no category {slug!r}.")
    return row


def summarise(session: Session, row: Category) -> CategorySummary:
    """Count what a category holds."""
    prompts = select(func.count()).where(Prompt.category_id == row.id, Prompt.status == "active")
    outputs = (
        select(func.count(), func.count(func.distinct(Output.contestant_id)))
        .select_from(Output)
        .join(Prompt, col(Prompt.id) == Output.prompt_id)
        .where(Prompt.category_id == row.id, Prompt.status == "active", Output.status == "active")
    )
    votes = (
        select(func.count(), func.count(func.distinct(Battle.voter_id)))
        .select_from(Vote)
        .join(Battle, col(Battle.id) == Vote.battle_id)
        .where(is_cast(known_id(row.id), row.version, "human"))
    )
    n_outputs, n_contestants = session.exec(outputs).one()
    n_votes, n_voters = session.exec(votes).one()
    facts = row.model_dump(include=_SHARED)
    return CategorySummary(
        **facts | {"rubric": tuple(row.rubric), "distinguishability": measured_distinguishability(row)},
        prompts=session.exec(prompts).one(),
        contestants=n_contestants,
        outputs=n_outputs,
        votes=n_votes,
        voters=n_voters,
        simulated=row.slug == PRACTICE,
    )


_SHARED = set(CategorySummary.__dataclass_fields__) & set(Category.model_fields)
