"""Who made which side: after the vote, by the category's policy, through one function."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from arena.core.battles import own_battle
from arena.core.references import ServedReference, reference_of
from arena.core.servings import output_of
from arena.core.words import SIDES, RevealWhen, Side
from arena.db.tables import Battle, Category, Contestant, Output, Vote
from arena.errors import NotRevealed

# With the policy `after_batch`, names come when this many votes of the category are complete.
BATCH = 10


@dataclass(frozen=True)
class RevealedOutput:
    """The maker of one side."""

    slug: str
    name: str
    family: str
    provider: str
    kind: str
    licence: str
    url: str | None
    note: str
    tokens: int | None
    seconds: float | None
    cost_usd: float | None
    settings: dict[str, Any]


@dataclass(frozen=True)
class Revealed:
    """What the voter learns after the vote: who made which side, and a reference kept until now."""

    makers: dict[Side, RevealedOutput]
    reference: ServedReference | None


def reveal_when(session: Session, battle: Battle) -> RevealWhen:
    """Say when the names of a battle of this category are given out."""
    policy = session.get_one(Category, battle.category_id).reveal
    answers: dict[str, RevealWhen] = {"immediate": "now", "after_batch": "batch", "never": "never"}
    return answers[policy]


def may_reveal(session: Session, battle: Battle, voter: str) -> bool:
    """Decide whether this voter may see the names of this battle now. Every page and endpoint asks here."""
    vote = session.exec(select(Vote).where(Vote.battle_id == battle.id)).one_or_none()
    if vote is None or vote.voided_at is not None or battle.voter_id != voter:
        return False
    when = reveal_when(session, battle)
    return when == "now" or (when == "batch" and _batch_complete(session, battle))


def reveal(session: Session, *, battle_id: str, voter: str, now: datetime) -> Revealed:
    """Name the makers of both sides and remember that they were named.

    Raises
    ------
    NotFound
        If there is no such battle of this voter.
    NotRevealed
        If there is no counting vote, or the category's policy says not (yet).
    """
    battle = own_battle(session, battle_id, voter)
    if not may_reveal(session, battle, voter):
        raise NotRevealed("The names of this pair are not given out now.")
    stamped = session.exec(
        update(Vote)
        .where(col(Vote.battle_id) == battle_id, col(Vote.voided_at).is_(None))
        .values(revealed_at=func.coalesce(Vote.revealed_at, now))
    )
    if stamped.rowcount != 1:
        raise NotRevealed("The vote was taken back.")
    reference = reference_of(session, battle.prompt_id)
    revealed = Revealed(
        {side: _maker(session, output_of(battle, side)) for side in SIDES},
        reference if reference is not None and reference.shown == "after_vote" else None,
    )
    session.commit()
    return revealed


def _maker(session: Session, output_id: int) -> RevealedOutput:
    output = session.get_one(Output, output_id)
    contestant = session.get_one(Contestant, output.contestant_id)
    return RevealedOutput(
        slug=contestant.slug,
        name=contestant.name,
        family=contestant.family,
        provider=contestant.provider,
        kind=contestant.kind,
        licence=contestant.licence,
        url=contestant.url,
        note=contestant.note,
        tokens=output.tokens,
        seconds=output.seconds,
        cost_usd=output.cost_usd,
        settings=output.settings,
    )


def _batch_complete(session: Session, battle: Battle) -> bool:
    statement = (
        select(Vote.battle_id)
        .join(Battle, col(Battle.id) == Vote.battle_id)
        .where(
            Battle.voter_id == battle.voter_id,
            Battle.category_id == battle.category_id,
            col(Vote.voided_at).is_(None),
        )
        .order_by(col(Vote.created_at), col(Vote.id))
    )
    voted = list(session.exec(statement))
    end_of_batch = (voted.index(battle.id) // BATCH + 1) * BATCH
    return len(voted) >= end_of_batch
