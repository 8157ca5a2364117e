"""Leaderboards and the files of snapshots."""

from dataclasses import asdict
from enum import StrEnum

from fastapi import APIRouter, Response

from arena.api.deps import ContextDep
from arena.api.shapes import LeaderboardShape, RowShape, SnapshotShape
from arena.core.boards import PublishedFile, newest_board, newest_file, snapshot_file

router = APIRouter(tags=["leaderboards"])


class FileName(StrEnum):
    """The files of a snapshot."""

    LEADERBOARD = "leaderboard.csv"
    VOTES = "votes.csv"
    METADATA = "metadata.json"


@router.get("/leaderboards/{category}")
def leaderboard(category: str, context: ContextDep, origin: str = "human") -> LeaderboardShape:
    """Return a board's newest snapshot, or say that there is none yet."""
    with context.query() as session:
        board = newest_board(session, category, origin)
    snapshot = None if board.snapshot is None else SnapshotShape.model_validate(asdict(board.snapshot))
    return LeaderboardShape(
        category=board.category.slug,
        category_version=board.category.version,
        origin=board.origin,
        simulated=board.origin == "simulated",
        votes_so_far=board.votes_so_far,
        snapshot=snapshot,
        rows=[RowShape.model_validate(asdict(row)) for row in board.rows],
    )


@router.get("/leaderboards/{category}/{name}")
def newest_board_file(category: str, name: FileName, context: ContextDep, origin: str = "human") -> Response:
    """Return a file of a board's newest snapshot."""
    with context.query() as session:
        file = newest_file(session, category, origin, name)
    return _download(file, f"{category}-{origin}-{name}", "no-cache")


@router.get("/snapshots/{snapshot}/{name}")
def board_file(snapshot: str, name: FileName, context: ContextDep) -> Response:
    """Return a file of a snapshot; it never changes."""
    with context.query() as session:
        file = snapshot_file(session, snapshot, name)
    return _download(file, f"{snapshot[:8]}-{name}", "public, max-age=31536000, immutable")


def _download(file: PublishedFile, filename: str, cache: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{filename}"',
        "Cache-Control": cache,
        "ETag": f'"{file.digest}"',
        "Access-Control-Allow-Origin": "*",
    }
    return Response(file.body, media_type=file.media_type, headers=headers)
