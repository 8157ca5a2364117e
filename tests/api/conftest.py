"""Clients of the real application; only tests of pages need Gradio, which takes long to build."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from arena.app import api_over
from arena.core.context import Context


@pytest.fixture
def client(arena: Context) -> Iterator[TestClient]:
    """A client with the voter cookie of a script."""
    with TestClient(api_over(arena), base_url="http://testserver") as client:
        assert client.post("/api/v1/voters").status_code == 201
        yield client
