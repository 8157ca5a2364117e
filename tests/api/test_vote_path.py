"""The vote path over HTTP, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from sqlmodel import func, select

from arena.api.headers import MAX_BODY
from arena.app import api_over, app_over
from arena.core.context import Context
from arena.db.tables import Proposal, Vote


def error_of(response) -> tuple[int, str]:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    return response.status_code, body["error"]["code"]


def ask(client: TestClient, **body: object) -> list[dict]:
    response = client.post("/api/v1/battles", json={"category": "poems", "n": 1} | body)
    assert response.status_code == 200, response.text
    return response.json()["battles"]


def post(client: TestClient, path: str, **body: object):
    return client.post(f"/api/v1{path}", json=body or None)


def test_a_battle_has_exactly_the_documented_fields(client: TestClient):
    (battle,) = ask(client)
    assert set(battle) == {
        "id", "category", "question", "rubric", "prompt", "reference", "a", "b", "expires_at",
    }  # fmt: skip
    assert set(battle["prompt"]) == {"html", "lang", "dir"}
    assert set(battle["a"]) == set(battle["b"]) == {"kind", "html", "dir"}


def test_vote_then_reveal(client: TestClient):
    (battle,) = ask(client)
    assert post(client, f"/battles/{battle['id']}/shown").status_code == 200
    voted = post(client, f"/battles/{battle['id']}/vote", choice="a")
    assert voted.status_code == 200
    assert set(voted.json()) == {"receipt", "reveal_when"}
    assert set(voted.json()["receipt"]) == {"vote", "battle", "choice", "created_at"}
    named = post(client, f"/battles/{battle['id']}/reveal").json()
    assert named["a"]["slug"] != named["b"]["slug"]
    assert {"slug", "name", "family", "provider"} <= set(named["a"])


def test_fifty_parallel_posts_of_one_vote_are_fifty_times_200_with_one_receipt_and_one_row(
    client: TestClient, arena: Context
):
    (battle,) = ask(client)
    with ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(lambda _: post(client, f"/battles/{battle['id']}/vote", choice="b"), range(50))
        )
    assert [answer.status_code for answer in answers] == [200] * 50
    assert len({answer.content for answer in answers}) == 1
    with arena.query() as session:
        assert session.exec(select(func.count()).select_from(Vote)).one() == 1


def test_a_second_vote_with_another_choice_is_409(client: TestClient):
    (battle,) = ask(client)
    post(client, f"/battles/{battle['id']}/vote", choice="a")
    assert error_of(post(client, f"/battles/{battle['id']}/vote", choice="b")) == (409, "already_voted")


def test_undo_then_vote_is_409_voided(client: TestClient):
    (battle,) = ask(client)
    receipt = post(client, f"/battles/{battle['id']}/vote", choice="a").json()["receipt"]
    assert post(client, f"/votes/{receipt['vote']}/void").status_code == 200
    assert error_of(post(client, f"/battles/{battle['id']}/vote", choice="a")) == (409, "voided")


def test_skip_then_vote_is_409_and_reveal_403(client: TestClient):
    (battle,) = ask(client)
    assert post(client, f"/battles/{battle['id']}/skip", reason="dont_know").status_code == 200
    assert error_of(post(client, f"/battles/{battle['id']}/vote", choice="a")) == (409, "skipped")
    assert error_of(post(client, f"/battles/{battle['id']}/reveal")) == (403, "not_revealed")


def test_an_expired_battle_is_410(client: TestClient, arena: Context):
    (battle,) = ask(client)
    arena.now.forward(minutes=31)
    assert error_of(post(client, f"/battles/{battle['id']}/vote", choice="a")) == (410, "expired")


def test_an_unknown_battle_and_somebody_elses_have_one_body(client: TestClient, arena: Context):
    (battle,) = ask(client)
    with TestClient(api_over(arena)) as other:
        other.post("/api/v1/voters")
        answers = [
            post(other, f"/battles/{name}/{action}", **body)
            for name in (battle["id"], "0" * 32, "no-such")
            for action, body in (("vote", {"choice": "a"}), ("shown", {}), ("reveal", {}))
        ]
        answers += [other.get(f"/media/{battle['id']}/a")]
    assert {error_of(answer) for answer in answers} == {(404, "not_found")}
    assert len({answer.content for answer in answers}) == 1


def test_marks_and_reports_are_taken(client: TestClient):
    (battle,) = ask(client)
    receipt = post(client, f"/battles/{battle['id']}/vote", choice="a").json()["receipt"]
    marked = client.post(f"/api/v1/votes/{receipt['vote']}/mark", json={"as": "misclick"})
    assert (marked.status_code, marked.json()["as"]) == (200, "misclick")
    report = {"battle": battle["id"], "side": "b", "reason": "broken"}
    assert client.post("/api/v1/outputs/report", json=report).status_code == 200


@pytest.mark.parametrize(
    "path, body, expected",
    [
        ("/battles", {"category": "nowhere"}, (404, "unknown_category")),
        ("/battles", {"n": 0}, (422, "invalid")),
        ("/battles", {"n": 6}, (422, "invalid")),
        ("/battles", {"n": "many"}, (422, "invalid")),
        ("/battles", {"n": 1, "favourite": "quartz"}, (422, "invalid")),
        ("/battles/x/vote", {"choice": "c"}, (422, "invalid")),
        ("/battles/x/vote", {}, (422, "invalid")),
        ("/battles/x/skip", {"reason": "tired"}, (422, "invalid")),
        ("/votes/x/mark", {"as": "wrong"}, (422, "invalid")),
        ("/votes/x/void", None, (404, "not_found")),
        ("/outputs/report", {"battle": "x", "side": "c", "reason": "broken"}, (422, "invalid")),
        ("/proposals", {"title": "x"}, (422, "invalid")),
        ("/nothing", {}, (404, "not_found")),
    ],
)
def test_bad_input_gets_the_one_error_shape(client: TestClient, path: str, body: object, expected):
    assert error_of(client.post(f"/api/v1{path}", json=body)) == expected


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"choice": "a"', b"[" * 5000])
def test_malformed_json_is_400(client: TestClient, body: bytes):
    response = client.post("/api/v1/battles", content=body, headers={"Content-Type": "application/json"})
    assert error_of(response) == (400, "malformed")


def test_an_oversize_body_is_413(client: TestClient):
    response = client.post("/api/v1/proposals", json={"title": "x" * MAX_BODY})
    assert error_of(response) == (413, "too_large")


def test_an_oversize_body_without_a_declared_length_is_413(client: TestClient):
    response = client.post("/api/v1/proposals", content=(b"x" * 1024 for _ in range(80)))
    assert error_of(response) == (413, "too_large")


def test_without_a_cookie_voting_is_403_voter_required(arena: Context):
    with TestClient(api_over(arena)) as client:
        assert error_of(client.post("/api/v1/battles", json={})) == (403, "voter_required")


@pytest.mark.parametrize("forged", ["a" * 32, "a" * 32 + ".AAAA", ""])
def test_a_forged_cookie_is_403_voter_required(arena: Context, forged: str):
    with TestClient(api_over(arena), cookies={"paragone_voter": forged}) as client:
        assert error_of(client.post("/api/v1/battles", json={})) == (403, "voter_required")


def test_a_request_from_another_site_is_403(client: TestClient):
    response = client.post("/api/v1/battles", json={}, headers={"Origin": "https://elsewhere.example"})
    assert error_of(response) == (403, "bad_origin")


def test_a_voter_who_sends_too_much_is_429_and_told_when_to_return(client: TestClient, arena: Context):
    answers = [post(client, "/battles/x/shown") for _ in range(arena.settings.requests_per_minute + 1)]
    assert error_of(answers[-1]) == (429, "too_many_requests")
    assert answers[-1].headers["Retry-After"].isdigit()
    arena.now.forward(seconds=10)
    assert error_of(post(client, "/battles/x/shown")) == (404, "not_found")


def test_new_voters_from_one_address_are_limited(arena: Context):
    with TestClient(api_over(arena)) as client:
        answers = [client.post("/api/v1/voters") for _ in range(arena.settings.new_voters_per_hour + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {201}
    assert error_of(answers[-1]) == (429, "too_many_requests")


def test_forms_of_the_pages_are_limited_by_address(arena: Context):
    with TestClient(api_over(arena)) as client:
        limit = arena.settings.address_requests_per_minute
        answers = [client.post("/gradio_api/run/predict", json={}) for _ in range(limit + 1)]
    assert error_of(answers[-1]) == (429, "too_many_requests")
    assert answers[-2].status_code != 429


def test_a_proposal_is_stored(client: TestClient, arena: Context):
    form = {
        "title": "Logos for bakeries",
        "question": "Which would you paint on the window?",
        "modality": "image",
        "why": "Small shops choose a logo once and live with it.",
        "prompts": ["A bakery by the sea", "A bakery at night", "A bakery for dogs"],
    }
    assert client.post("/api/v1/proposals", json=form).status_code == 201
    with arena.query() as session:
        assert session.exec(select(Proposal.title)).one() == "Logos for bakeries"


def test_categories_are_listed_with_their_counts(client: TestClient):
    (battle,) = ask(client)
    post(client, f"/battles/{battle['id']}/vote", choice="tie")
    (category,) = client.get("/api/v1/categories").json()
    assert (category["slug"], category["votes"], category["voters"]) == ("poems", 1, 1)
    assert category["simulated"] is False


def test_the_cookie_is_http_only_same_site_and_signed(arena: Context):
    with TestClient(api_over(arena)) as client:
        header = client.post("/api/v1/voters").headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


def test_a_page_sets_the_cookie_once_and_is_not_stored(arena: Context):
    with TestClient(app_over(arena)) as client:
        first = client.get("/")
        again = client.get("/")
    assert first.headers["Cache-Control"] == "no-store"
    assert "paragone_voter=" in first.headers["Set-Cookie"]
    assert "Set-Cookie" not in again.headers


def test_health_is_told(client: TestClient):
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready"}
