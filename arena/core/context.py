"""What every command and query is handed: database, settings, clock, randomness."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from arena.db.engine import command_session, query_session
from arena.errors import NotConfirmed
from arena.settings import Settings


def utc_now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Context:
    """The arena's surroundings, passed explicitly; tests put their own clock and generator here."""

    engine: Engine
    settings: Settings
    now: Callable[[], datetime] = utc_now
    rng: random.Random = field(default_factory=random.SystemRandom)

    @contextmanager
    def command(self) -> Iterator[Session]:
        """Open a session for one command, which commits it once.

        Raises
        ------
        NotConfirmed
            If the database fails on the way: whether the commit happened is then unknown.
        """
        with _confirmed(), command_session(self.engine) as session:
            yield session

    @contextmanager
    def query(self) -> Iterator[Session]:
        """Open a session for reading; nothing is ever committed.

        Raises
        ------
        NotConfirmed
            If the database fails on the way.
        """
        with _confirmed(), query_session(self.engine) as session:
            yield session


@contextmanager
def _confirmed() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise NotConfirmed from error
