"""Put the application together: one FastAPI app that owns API and media, with Gradio mounted last."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from fastapi import APIRouter, FastAPI

from arena import __version__
from arena.api import battles, boards, categories, health, media, voters, votes
from arena.api.cookies import VoterCookie, VoterCookieOnPages
from arena.api.deps import make_edge
from arena.api.errors import add_error_handlers
from arena.api.headers import Guard, SecurityHeaders, WriteChecks
from arena.api.limits import LimitedForms
from arena.core.context import Context
from arena.core.worker import work_until
from arena.db import schema
from arena.db.engine import make_engine
from arena.errors import NotFound
from arena.settings import Settings, signing_key
from arena.ui.mount import mount_ui

_LOCAL_PAUSE = 1.0
_PUBLIC_PAUSE = 10.0
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def make_context(settings: Settings) -> Context:
    """Return the context of a running arena."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Context(make_engine(settings.url), settings)


@contextmanager
def opened(settings: Settings) -> Iterator[Context]:
    """Return a context at the newest schema for the length of a command, and close its connections after."""
    context = make_context(settings)
    try:
        schema.upgrade(context.engine)
        yield context
    finally:
        context.engine.dispose()


def create_app(settings: Settings) -> FastAPI:
    """Build the application from its settings; the database must be at the newest schema."""
    return app_over(make_context(settings))


def app_over(context: Context) -> FastAPI:
    """Build the application over a context, pages included."""
    return mount_ui(api_over(context), context)


def api_over(context: Context) -> FastAPI:
    """Build the part of the application that has no pages."""
    app = FastAPI(
        title="Paragone",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    cookie = VoterCookie(signing_key(context.settings), secure=context.settings.secure_cookies)
    edge = make_edge(context, cookie)
    app.state.edge = edge
    app.state.worker = None
    add_error_handlers(app)
    app.include_router(_api())
    app.include_router(media.router)
    app.include_router(health.router)
    app.add_middleware(VoterCookieOnPages, cookie=cookie, rng=context.rng, is_page=_is_page)
    if not context.settings.is_local:
        app.add_middleware(
            LimitedForms, limit=edge.by_address, trusted_proxies=context.settings.trusted_proxies
        )
    app.add_middleware(WriteChecks)
    app.add_middleware(Guard)
    app.add_middleware(SecurityHeaders, is_api=_is_api)
    return app


def _api() -> APIRouter:
    api = APIRouter(prefix="/api/v1")
    for module in (battles, votes, voters, categories, boards):
        api.include_router(module.router)
    # Last: what is not there is told in our error shape, not by the pages that are mounted at the root.
    api.add_api_route("/{path:path}", _nothing_here, methods=_METHODS, include_in_schema=False)
    return api


def _nothing_here(path: str) -> None:
    raise NotFound("not_found", f"There is no /api/v1/{path}.")


def _is_api(path: str) -> bool:
    return path.startswith(("/api/", "/media/", "/health/"))


def _is_page(path: str) -> bool:
    return not _is_api(path) and not path.startswith(("/gradio_api/", "/assets/", "/static/"))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run the worker beside the requests, unless the operator runs it elsewhere."""
    context: Context = app.state.edge.context
    stop = threading.Event()
    pause = _LOCAL_PAUSE if context.settings.is_local else _PUBLIC_PAUSE
    worker = threading.Thread(
        target=work_until, args=(context, stop), kwargs={"pause": pause}, name="worker", daemon=True
    )
    if context.settings.worker:
        worker.start()
        app.state.worker = worker
    yield
    stop.set()
    if worker.is_alive():
        worker.join()
