"""Images of battles. The answer carries nothing that could be compared between battles but the pixels."""

from fastapi import APIRouter, Response

from arena.api.deps import ContextDep, ReadingVoter
from arena.core.media import battle_media
from arena.core.words import Side

router = APIRouter(include_in_schema=False)


@router.get("/media/{battle}/{side}")
def media(battle: str, side: Side, context: ContextDep, voter: ReadingVoter) -> Response:
    """Return the image on one side: no ETag, no date, no ranges, no file name."""
    with context.query() as session:
        image = battle_media(session, battle_id=battle, voter=voter, side=side)
    return Response(image.body, media_type=image.media_type, headers={"Cache-Control": "private"})
