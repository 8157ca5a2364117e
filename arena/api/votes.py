"""Votes once cast: undo and mark. Reports of outputs."""

from fastapi import APIRouter

from arena.api.deps import ContextDep, WritingVoter
from arena.api.shapes import MarkRequest, MarkShape, ReportRequest, ReportShape, VoidShape
from arena.core.votes import mark_vote, report_output, void_vote

router = APIRouter(tags=["voting"])


@router.post("/votes/{vote}/void")
def void(vote: str, context: ContextDep, voter: WritingVoter) -> VoidShape:
    """Take a vote back, before its names are known."""
    with context.command() as session:
        at = void_vote(session, vote_id=vote, voter=voter, now=context.now())
    return VoidShape(vote=vote, voided_at=at)


@router.post("/votes/{vote}/mark")
def mark(vote: str, body: MarkRequest, context: ContextDep, voter: WritingVoter) -> MarkShape:
    """Mark a vote as a mis-click, or say who was recognised."""
    with context.command() as session:
        mark_vote(session, vote_id=vote, voter=voter, mark=body.mark, now=context.now())
    return MarkShape(vote=vote, mark=body.mark)


@router.post("/outputs/report")
def report(body: ReportRequest, context: ContextDep, voter: WritingVoter) -> ReportShape:
    """Say that something is wrong with one side."""
    with context.command() as session:
        report_output(
            session,
            battle_id=body.battle,
            voter=voter,
            side=body.side,
            reason=body.reason,
            now=context.now(),
        )
    return ReportShape(battle=body.battle, side=body.side)
