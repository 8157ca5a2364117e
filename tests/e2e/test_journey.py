"""A newcomer's whole way: open, vote, see names, find the board, download, recompute."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.voting import open_battle, vote_with_key, wait_for_state, wait_for_votes

COLUMNS = ["rating", "low", "high", "low_generalise", "high_generalise"]
KEYS_IN_LOOK = ["ArrowLeft", "2", "0", "x"]
# Ties connect everybody with everybody, so that a few votes are enough for numbers.
KEYS_IN_FLOW = ["1", "ArrowRight", *["ArrowDown"] * 14]


def vote_in_look(page: Page, key: str) -> None:
    """Vote, wait for the names, go on."""
    vote_with_key(page, key)
    loop = wait_for_state(page, "revealed")
    expect(loop.locator("[data-card='a']")).to_be_visible()
    expect(loop.locator("[data-card='b']")).to_be_visible()
    page.keyboard.press("Enter")
    wait_for_state(page, "voting")


def vote_in_flow(page: Page, key: str) -> None:
    """Vote; the next pair comes at once."""
    with page.expect_response(re.compile("/vote$")) as stored:
        vote_with_key(page, key)
    assert stored.value.status == 200
    wait_for_state(page, "voting")


def recompute(votes: Path, command: str) -> dict[str, dict[str, str]]:
    arguments = [sys.executable, *command.replace("votes.csv", str(votes)).split()[1:]]
    table = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    return {row["contestant"]: row for row in csv.DictReader(io.StringIO(table))}


def assert_same_table(published: dict[str, dict[str, str]], recomputed: dict[str, dict[str, str]]) -> None:
    assert list(published) == list(recomputed)
    numbers = 0
    for contestant, row in published.items():
        for column in COLUMNS:
            theirs = recomputed[contestant][column]
            assert (row[column] == "") == (theirs == "")
            if theirs:
                numbers += 1
                assert float(row[column]) == pytest.approx(float(theirs), abs=1e-6)
    assert numbers > 0


@pytest.mark.parametrize("category", ["explain-simply", "plot-defaults"])
def test_from_the_first_page_to_the_recomputed_table(page: Page, tmp_path: Path, category: str):
    open_battle(page, category)
    for key in KEYS_IN_LOOK:
        vote_in_look(page, key)
    page.locator("[data-rhythm='flow']").click()
    for key in KEYS_IN_FLOW:
        vote_in_flow(page, key)
    wait_for_votes(page, category, len(KEYS_IN_LOOK + KEYS_IN_FLOW))

    page.goto(f"/leaderboard?category={category}&origin=human")
    link = page.locator("a[href$='/votes.csv']").first
    expect(link).to_be_visible(timeout=20_000)
    shown = re.search(r"/snapshots/([0-9a-f]{32})/votes.csv", link.get_attribute("href") or "")
    assert shown is not None
    files = {}
    for name in ("votes.csv", "leaderboard.csv", "metadata.json"):
        with page.expect_download() as download:
            page.locator(f"a[href='/api/v1/snapshots/{shown[1]}/{name}']").first.click()
        files[name] = tmp_path / name
        download.value.save_as(files[name])

    published = {
        row["contestant"]: row
        for row in csv.DictReader(io.StringIO(files["leaderboard.csv"].read_text(encoding="utf-8")))
    }
    metadata = json.loads(files["metadata.json"].read_text(encoding="utf-8"))
    assert_same_table(published, recompute(files["votes.csv"], metadata["recompute"]))


def test_simulated_votes_are_badged_and_recomputable(page: Page, tmp_path: Path):
    page.goto("/leaderboard?category=practice&origin=simulated")
    expect(page.get_by_text("simulated", exact=False).first).to_be_visible(timeout=20_000)
    board = page.request.get("/api/v1/leaderboards/practice?origin=simulated").json()
    assert board["simulated"] is True
    assert [row["contestant"] for row in board["rows"]] == ["alder", "birch", "cedar", "elm", "hazel"]
    base = f"/api/v1/snapshots/{board['snapshot']['id']}"
    votes = tmp_path / "votes.csv"
    votes.write_bytes(page.request.get(f"{base}/votes.csv").body())
    published = {
        row["contestant"]: row
        for row in csv.DictReader(io.StringIO(page.request.get(f"{base}/leaderboard.csv").text()))
    }
    assert_same_table(published, recompute(votes, board["snapshot"]["recompute"]))


@pytest.mark.parametrize("path", ["/", "/leaderboard", "/categories", "/data", "/about"])
def test_every_page_opens_without_asking_another_host(page: Page, path: str):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    response = page.goto(path)
    assert response is not None
    assert response.status == 200
    expect(page.locator("h1").first).to_be_visible(timeout=20_000)
    origin = re.match(r"https?://[^/]+", page.url)
    assert origin is not None
    assert [url for url in asked if not url.startswith((origin[0], "data:", "blob:"))] == []
