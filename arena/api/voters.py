"""A voter for scripts; browsers get theirs with the page."""

from fastapi import APIRouter, Depends, Response

from arena.api.deps import EdgeDep, limited_address, limited_new_voter
from arena.api.shapes import VoterShape
from arena.core.voters import new_id

router = APIRouter(tags=["voting"])


@router.post("/voters", status_code=201, dependencies=[Depends(limited_address), Depends(limited_new_voter)])
def create_voter(response: Response, edge: EdgeDep) -> VoterShape:
    """Set the voter cookie on the answer."""
    response.headers["Set-Cookie"] = edge.cookie.header(new_id(edge.context.rng))
    return VoterShape()
