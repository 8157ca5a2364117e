"""Leaderboard and Data over a real database with real votes."""

import csv
import io
import re

import pytest
from fastapi.testclient import TestClient

from arena.app import app_over
from arena.core.boards import newest_file
from arena.core.context import Context
from arena.ui.data_page import LEADERBOARD_COLUMNS, downloads
from arena.ui.leaderboard_page import board_page
from arena.ui.words import words
from tests.core.crowd import board, crowd_votes, force
from tests.factories import CONTESTANTS, take_in, write_catalog

W = words()
SITE = "https://arena.example"


@pytest.fixture
def voted(arena: Context) -> Context:
    """A board with a snapshot: enough votes of too few voters for numbers in public."""
    crowd_votes(arena, voters=3, each=4)
    assert force(arena)
    return arena


def test_board_shows_every_contestant_after_the_votes(voted):
    html = board_page(voted, "poems", "human")
    assert all(f"{slug.title()} Nine" in html for slug in CONTESTANTS)
    assert board(voted).snapshot.id in html


def test_board_without_votes_names_nobody(arena):
    html = board_page(arena, "poems", "human")
    assert W["board.empty.public"] in html
    assert "Nine" not in html


def test_page_opens_with_a_board_that_has_numbers(voted, tmp_path):
    take_in(voted, write_catalog(tmp_path / "more", slug="aaa", title="First by name"))
    assert "<h2>Short poems</h2>" in board_page(voted, None, None)


def test_page_without_any_snapshot_opens_with_the_first_board(arena):
    assert "<h2>Short poems</h2>" in board_page(arena, None, None)


def test_category_in_the_address_is_enough(voted):
    assert board(voted).snapshot.id in board_page(voted, "poems", None)


@pytest.mark.parametrize(("category", "origin"), [("<script>", None), ("poems", "<script>")])
def test_unknown_board_is_refused_in_words_and_leaves_the_picker(voted, category, origin):
    html = board_page(voted, category, origin)
    assert 'role="alert"' in html
    assert "<script>" not in html
    assert 'href="/leaderboard?category=poems&amp;origin=human"' in html
    assert "aria-current" not in html


def test_arena_without_categories_says_so(context):
    assert W["board.none"] in board_page(context, None, None)
    assert W["board.none"] in downloads(context, SITE)


def test_downloads_lead_to_the_snapshot_and_examples_to_this_site(voted):
    html = downloads(voted, SITE)
    assert f"/api/v1/snapshots/{board(voted).snapshot.id}/votes.csv" in html
    assert f"{SITE}/api/v1/leaderboards/poems/votes.csv?origin=human" in html
    assert board(voted).snapshot.recompute in html


def test_downloads_without_a_snapshot_say_so(arena):
    assert W["data.no_snapshot"] in downloads(arena, SITE)


def test_address_of_the_site_is_escaped(voted):
    assert "<script>" not in downloads(voted, "https://<script>")


def test_dictionary_describes_exactly_the_columns_of_the_published_table(voted):
    with voted.query() as session:
        body = newest_file(session, "poems", "human", "leaderboard.csv").body.decode()
    assert tuple(next(csv.reader(io.StringIO(body)))) == LEADERBOARD_COLUMNS


def test_leaderboard_is_loaded_by_a_plain_call_and_not_sent_with_the_page(voted):
    with TestClient(app_over(voted), base_url="http://testserver") as client:
        page = client.get("/leaderboard?category=poems")
        assert page.status_code == 200
        assert not [slug for slug in CONTESTANTS if f"{slug} nine" in page.text.casefold()]
        answers = [
            client.post(
                "/gradio_api/run/predict?category=poems",
                json={"data": [], "fn_index": event, "session_hash": "s"},
            )
            for event in load_events(client)
        ]
    loaded = [answer.text for answer in answers if answer.status_code == 200]
    assert len(loaded) == len(answers)
    assert any("Quartz Nine" in text for text in loaded)


def test_no_page_is_sent_with_the_name_of_a_contestant(voted):
    with TestClient(app_over(voted), base_url="http://testserver") as client:
        for path in ("/", "/leaderboard", "/categories", "/data", "/about", "/config"):
            sent = client.get(path)
            assert sent.status_code == 200
            assert not re.findall("|".join(CONTESTANTS), sent.text.casefold()), path


def load_events(client: TestClient) -> list[int]:
    events = client.get("/config").json()["dependencies"]
    return [event["id"] for event in events if ["load"] in [target[1:] for target in event["targets"]]]
