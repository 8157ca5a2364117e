"""Images of battles. The answer carries nothing that could be compared between battles but the pixels."""

from typing import Literal

from fastapi import APIRouter, Response

from arena.api.deps import ContextDep, ReadingVoter
from arena.core.media import battle_media, reference_media
from arena.core.words import Side

router = APIRouter(include_in_schema=False)


@router.get("/media/{battle}/{part}")
def media(
    battle: str, part: Side | Literal["reference"], context: ContextDep, voter: ReadingVoter
) -> Response:
    """Return the image on one side, or the one to compare with: no ETag, no date, no ranges, no file name."""
    with context.query() as session:
        if part == "reference":
            image = reference_media(session, battle_id=battle, voter=voter)
        else:
            image = battle_media(session, battle_id=battle, voter=voter, side=part)
    return Response(image.body, media_type=image.media_type, headers={"Cache-Control": "private"})
