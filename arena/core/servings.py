"""A battle as it may be sent before the vote: content, and nothing about where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from arena.core.references import ServedReference, reference_of
from arena.core.words import SIDES, Modality, Side
from arena.db.tables import Asset, Battle, Category, Output, Prompt


@dataclass(frozen=True)
class ServedOutput:
    """One side: safe HTML with its direction, or the size of an image in pixels."""

    kind: Modality
    html: str | None
    direction: str
    width: int | None
    height: int | None


@dataclass(frozen=True)
class ServedBattle:
    """Everything the voter needs to judge; a reference that comes after the vote is not among it."""

    id: str
    category: str
    question: str
    rubric: tuple[str, ...]
    prompt_html: str
    language: str
    direction: str
    reference: ServedReference | None
    sides: dict[Side, ServedOutput]
    expires_at: datetime


def output_of(battle: Battle, side: Side) -> int:
    """Return the id of the output on one side."""
    return {"a": battle.output_a_id, "b": battle.output_b_id}[side]


def assemble(session: Session, battles: Sequence[Battle]) -> tuple[ServedBattle, ...]:
    """Put the content of battles together, in their order."""
    outputs = _contents(session, {output_of(battle, side) for battle in battles for side in SIDES})
    return tuple(_assemble_one(session, battle, outputs) for battle in battles)


def _assemble_one(session: Session, battle: Battle, outputs: dict[int, ServedOutput]) -> ServedBattle:
    category = session.get_one(Category, battle.category_id)
    prompt = session.get_one(Prompt, battle.prompt_id)
    reference = reference_of(session, battle.prompt_id)
    return ServedBattle(
        id=battle.id,
        category=category.slug,
        question=category.question,
        rubric=tuple(category.rubric),
        prompt_html=prompt.html,
        language=prompt.language,
        direction=prompt.direction,
        reference=None if reference is None or reference.shown == "after_vote" else reference,
        sides={side: outputs[output_of(battle, side)] for side in SIDES},
        expires_at=battle.expires_at,
    )


def _contents(session: Session, ids: set[int]) -> dict[int, ServedOutput]:
    statement = (
        select(  # type: ignore[call-overload]  # SQLModel types at most four columns
            Output.id, Output.html, Output.direction, Asset.width, Asset.height
        )
        .join(Asset, col(Asset.digest) == Output.asset_digest, isouter=True)
        .where(col(Output.id).in_(ids))
    )
    return {
        output: ServedOutput("image" if html is None else "text", html, direction, width, height)
        for output, html, direction, width, height in session.exec(statement)
        if output is not None
    }
