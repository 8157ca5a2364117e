"""The images of a battle, for its voter only."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from arena.core.battles import own_battle
from arena.core.servings import output_of
from arena.core.words import Side
from arena.db.tables import Asset, Battle, Output, Reference, Vote
from arena.errors import NotFound, NotRevealed


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


def reference_media(session: Session, *, battle_id: str, voter: str) -> Media:
    """Return the image that the sides of this voter's battle are compared with.

    Raises
    ------
    NotFound
        If there is no such battle of this voter, or its reference is no image.
    NotRevealed
        If it is shown after the vote and the names of the battle were not given out yet: a vote that can
        still be taken back must not know it.
    """
    battle = own_battle(session, battle_id, voter)
    statement = (
        select(Asset, Reference.shown)
        .join(Reference, col(Reference.asset_digest) == Asset.digest)
        .where(Reference.prompt_id == battle.prompt_id)
    )
    found = session.exec(statement).one_or_none()
    if found is None:
        raise NotFound("not_found", "This pair has no image to compare with.")
    asset, shown = found
    if shown == "after_vote" and not _is_revealed(session, battle):
        raise NotRevealed("The image to compare with comes after the vote.")
    return Media(asset.media_type, asset.body)


def _is_revealed(session: Session, battle: Battle) -> bool:
    statement = select(Vote.id).where(Vote.battle_id == battle.id, col(Vote.revealed_at).is_not(None))
    return session.exec(statement).first() is not None
