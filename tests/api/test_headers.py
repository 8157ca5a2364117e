"""What is refused before any endpoint sees it, on both databases."""

import pytest
from fastapi.testclient import TestClient

from arena.app import app_over
from arena.core.context import Context

NULL = "%00"


@pytest.mark.parametrize(
    "method, path",
    [
        ("POST", f"/api/v1/battles/{NULL}/shown"),
        ("POST", f"/api/v1/battles/{NULL}/reveal"),
        ("POST", f"/api/v1/votes/{NULL}/void"),
        ("GET", f"/api/v1/leaderboards/{NULL}"),
        ("GET", f"/api/v1/leaderboards/{NULL}/votes.csv"),
        ("GET", f"/api/v1/snapshots/{NULL}/votes.csv"),
        ("GET", f"/media/{NULL}/a"),
        ("GET", f"/api/v1/leaderboards/poems?origin=human{NULL}"),
    ],
)
def test_an_address_with_a_null_character_is_404(client: TestClient, method: str, path: str):
    """PostgreSQL refuses to be asked about one, and that would be our failure."""
    response = client.request(method, path)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_a_page_asked_about_a_null_character_is_404(arena: Context):
    with TestClient(app_over(arena)) as client:
        call = {"fn_index": 0, "data": [], "session_hash": "x"}
        answers = [
            client.get(f"/leaderboard?category={NULL}"),
            client.post(f"/gradio_api/run/predict?category={NULL}", json=call),
        ]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "testserver",
        "http://[",
        "http://testserver:80:80",
        "http://testserver@elsewhere.example",
        "http://elsewhere.example/testserver",
        "ftp://testserver",
    ],
)
def test_any_other_origin_is_403(client: TestClient, origin: str):
    response = client.post("/api/v1/battles", json={}, headers={"Origin": origin})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "bad_origin")


@pytest.mark.parametrize("origin", ["http://testserver", "https://testserver"])
def test_the_own_origin_is_taken_with_and_without_a_proxy_that_ends_https(client: TestClient, origin: str):
    assert client.post("/api/v1/battles", json={}, headers={"Origin": origin}).status_code == 200
