"""Pages see the database through core only, which is tested on both kinds; one is enough here."""

from pathlib import Path

import pytest

from arena.db import schema
from arena.db.engine import make_engine


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'arena.db'}"
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    return url
