"""Is the process alive; can it serve."""

import threading

from fastapi import APIRouter, Request
from sqlalchemy import text

from arena.api.deps import ContextDep
from arena.errors import WorkerStopped

router = APIRouter(prefix="/health", include_in_schema=False)


@router.get("/live")
def live(request: Request) -> dict[str, str]:
    """The process answers, and its worker works."""
    worker: threading.Thread | None = request.app.state.worker
    if worker is not None and not worker.is_alive():
        raise WorkerStopped
    return {"status": "live"}


@router.get("/ready")
def ready(context: ContextDep) -> dict[str, str]:
    """The database answers."""
    with context.query() as session:
        session.connection().execute(text("SELECT 1"))
    return {"status": "ready"}
