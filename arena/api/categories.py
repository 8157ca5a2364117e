"""Categories and proposals for new ones."""

from dataclasses import asdict

from fastapi import APIRouter, Depends

from arena.api.deps import ContextDep, limited_address
from arena.api.shapes import CategoryShape, ProposalShape
from arena.core.categories import list_categories
from arena.core.proposals import ProposalForm, propose

router = APIRouter(tags=["categories"])


@router.get("/categories")
def categories(context: ContextDep) -> list[CategoryShape]:
    """Return what there is to vote on."""
    with context.query() as session:
        return [CategoryShape.model_validate(asdict(summary)) for summary in list_categories(session)]


@router.post("/proposals", status_code=201, dependencies=[Depends(limited_address)])
def propose_category(body: ProposalForm, context: ContextDep) -> ProposalShape:
    """Suggest a new category to the curators."""
    with context.command() as session:
        receipt = propose(session, body, context.now())
    return ProposalShape(proposal=receipt.id, created_at=receipt.created_at)
