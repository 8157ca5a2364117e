"""Is the process alive; can it serve."""

from fastapi import APIRouter
from sqlalchemy import text

from arena.api.deps import ContextDep

router = APIRouter(prefix="/health", include_in_schema=False)


@router.get("/live")
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@router.get("/ready")
def ready(context: ContextDep) -> dict[str, str]:
    """The database answers."""
    with context.query() as session:
        session.connection().execute(text("SELECT 1"))
    return {"status": "ready"}
