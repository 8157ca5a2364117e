"""The image of one side of a battle, for its voter only."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from arena.core.battles import own_battle
from arena.core.servings import output_of
from arena.core.words import Side
from arena.db.tables import Asset, Output
from arena.errors import NotFound


@dataclass(frozen=True)
class Media:
    """Bytes to send and their type."""

    media_type: str
    body: bytes


def battle_media(session: Session, *, battle_id: str, voter: str, side: Side) -> Media:
    """Return the image on one side of this voter's battle.

    Raises
    ------
    NotFound
        If there is no such battle of this voter, or its outputs are texts.
    """
    battle = own_battle(session, battle_id, voter)
    statement = (
        select(Asset)
        .join(Output, col(Output.asset_digest) == Asset.digest)
        .where(Output.id == output_of(battle, side))
    )
    asset = session.exec(statement).one_or_none()
    if asset is None:
        raise NotFound("not_found", "This side is not an image.")
    return Media(asset.media_type, asset.body)
