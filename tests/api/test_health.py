"""What is told about the process."""

from dataclasses import replace
from datetime import datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from arena.app import api_over
from arena.core.context import Context

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def working(context: Context) -> FastAPI:
    return api_over(replace(context, settings=context.settings.model_copy(update={"worker": True})))


@on_sqlite
def test_a_process_whose_worker_works_is_live(arena: Context):
    with TestClient(working(arena)) as client:
        assert client.get("/health/live").status_code == 200


@on_sqlite
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_process_whose_worker_ended_by_an_error_is_not_live(arena: Context):
    def broken_clock() -> datetime:
        raise RuntimeError("the clock is broken")

    app = working(replace(arena, now=broken_clock))
    with TestClient(app) as client:
        app.state.worker.join()
        response = client.get("/health/live")
    assert (response.status_code, response.json()["error"]["code"]) == (503, "worker_stopped")
