"""Contestants' cards: what the catalog says of those on a board."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from arena.core.generation_spec import PriceSpec
from arena.core.openness_spec import OpennessSpec
from arena.db.tables import Contestant


@dataclass(frozen=True)
class ContestantCard:
    """Facts, as far as they are stated; ``is_flagship``: it stands for its family."""

    name: str
    family: str
    is_flagship: bool
    provider: str
    kind: str
    licence: str
    url: str | None
    released: str | None
    price: PriceSpec | None
    openness: OpennessSpec | None
    note: str


def contestant_cards(session: Session, slugs: Sequence[str]) -> tuple[ContestantCard, ...]:
    """Return the cards of contestants, in their order."""
    rows = {row.slug: row for row in session.exec(select(Contestant).where(col(Contestant.slug).in_(slugs)))}
    return tuple(_card(rows[slug]) for slug in slugs if slug in rows)


def _card(row: Contestant) -> ContestantCard:
    return ContestantCard(
        name=row.name,
        family=row.family,
        is_flagship=row.flagship,
        provider=row.provider,
        kind=row.kind,
        licence=row.licence,
        url=row.url,
        released=row.released,
        price=None if row.price is None else PriceSpec.model_validate(row.price),
        openness=None if row.openness is None else OpennessSpec.model_validate(row.openness),
        note=row.note,
    )
