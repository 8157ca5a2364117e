"""Serve: the demonstration, the real thing, the worker alone."""

import logging
import socket
import threading
from typing import Annotated

import typer
import uvicorn

from arena.app import app_over, opened
from arena.core.context import Context
from arena.core.operations import configured_catalog, prepare
from arena.core.simulation import simulate_votes
from arena.core.words import PRACTICE
from arena.core.worker import work_once, work_until
from arena.settings import Settings

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  only compared

logger = logging.getLogger(__name__)
Port = Annotated[int | None, typer.Option(help="Port to listen on (7860).")]


def demo(port: Port = None) -> None:
    """Load the shipped catalog, fill the practice category with simulated votes, and serve it here."""
    with opened(on_port(Settings(profile="local"), port)) as context:
        _prepare(context)
        _simulate(context)
        work_once(context)
        run(context)


def serve(port: Port = None) -> None:
    """Serve the arena as the ARENA_* variables say; never adds simulated votes."""
    with opened(on_port(Settings(), port)) as context:
        _prepare(context)
        run(context)


def worker() -> None:
    """Publish snapshots without serving pages; set ARENA_WORKER=false where pages are served."""
    with opened(Settings()) as context:
        work_until(context, threading.Event(), pause=10.0)


def _simulate(context: Context) -> None:
    simulation = next(
        (
            files.spec.simulation
            for files in configured_catalog(context.settings).categories
            if files.spec.slug == PRACTICE
        ),
        None,
    )
    if simulation is not None:
        with context.command() as session:
            added = simulate_votes(session, simulation, now=context.now())
        if added:
            logger.info("practice: %s simulated votes, badged as simulated everywhere", f"{added:,}")


def on_port(settings: Settings, port: int | None) -> Settings:
    """Return the settings with the port of the command line, where one was given."""
    return settings if port is None else settings.model_copy(update={"port": port})


def _prepare(context: Context) -> None:
    report = prepare(context)
    if report.is_empty:
        logger.info("catalog: nothing new")
    else:
        logger.info("catalog: added %s, changed %s, retired %s", report.added, report.changed, report.retired)


class _Server(uvicorn.Server):
    """A server that says where it is once it can be reached."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host = "127.0.0.1" if self.config.host in _EVERYWHERE else self.config.host
            port = self.servers[0].sockets[0].getsockname()[1]
            logger.info("Paragone is on http://%s:%s  (stop it with Ctrl-C)", host, port)


def run(context: Context) -> None:
    """Serve pages and API until the process is told to stop."""
    settings = context.settings
    config = uvicorn.Config(
        app_over(context),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        server_header=False,
        # Which proxies are believed is ARENA_TRUSTED_PROXIES' to say.
        proxy_headers=False,
        # Gradio's pages keep one request open each; they must not hold up the end.
        timeout_graceful_shutdown=2,
    )
    _Server(config).run()
