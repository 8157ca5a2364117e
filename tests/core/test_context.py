"""What happens to a command when the database does not answer."""

from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text

from arena.core.context import Context
from arena.errors import NotConfirmed


def test_a_command_that_finds_no_free_connection_is_not_confirmed(context: Context):
    engine = create_engine(context.engine.url, pool_size=1, max_overflow=0, pool_timeout=0.01)
    busy = replace(context, engine=engine)
    with engine.connect(), pytest.raises(NotConfirmed), busy.command() as session:
        session.connection().execute(text("SELECT 1"))
    engine.dispose()
