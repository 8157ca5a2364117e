"""One's own outputs: a folder, one command, ten votes, a table."""

import csv
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import address_of
from tests.e2e.voting import vote_with_key, wait_for_state, wait_for_votes

POETS = ("Ada Lovelace", "Bo", "诗人")
PROMPTS = ("night market", "rain", "first-day", "harbour", "kite")
#: Ties connect everybody with everybody, so that ten votes are enough for numbers.
KEYS = ["1", "2", *["ArrowDown"] * 8]


@pytest.fixture
def poems(tmp_path: Path) -> Path:
    """Three poets who wrote on five subjects; one poem is missing."""
    folder = tmp_path / "three poets"
    for poet in POETS:
        (folder / poet).mkdir(parents=True)
        for prompt in PROMPTS:
            (folder / poet / f"{prompt}.md").write_text(f"*{len(poet)}* lines, the {len(prompt)}th")
    (folder / "Bo" / "rain.md").unlink()
    return folder


@pytest.fixture
def trial(poems: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "arena", "try", str(poems), "--port", "0"],
        cwd=tmp_path,
        env={**os.environ, "ARENA_DATA_DIR": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    if process.poll() is None:
        process.kill()
        process.communicate()


def test_a_folder_becomes_a_table_after_ten_votes(
    trial: subprocess.Popen[str], browser: Browser, tmp_path: Path
):
    site = address_of(trial)
    context = browser.new_context(base_url=site, locale="en-GB")
    page = context.new_page()
    page.goto("/")
    wait_for_state(page, "voting")
    page.locator("[data-rhythm='flow']").click()
    for key in KEYS:
        with page.expect_response(re.compile("/vote$")) as stored:
            vote_with_key(page, key)
        assert stored.value.status == 200
        wait_for_state(page, "voting")
    wait_for_votes(page, "three-poets", len(KEYS))
    page.goto("/leaderboard?category=three-poets&origin=human")
    expect(page.get_by_text("Ada Lovelace").first).to_be_visible(timeout=20_000)
    context.close()

    trial.send_signal(signal.SIGINT)
    printed, _ = trial.communicate(timeout=30)
    lines = printed.splitlines()
    assert lines[0].split() == ["contestant", "rating", "interval", "votes"]
    assert {line[:12].strip() for line in lines[1:4]} == set(POETS)
    home = tmp_path / "data" / "try" / "three poets"
    assert lines[-2:] == [str(home / "leaderboard.csv"), str(home / "votes.csv")]
    rows = list(csv.DictReader((home / "votes.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(KEYS)
    table = list(csv.DictReader((home / "leaderboard.csv").read_text(encoding="utf-8").splitlines()))
    assert all(row["rating"] for row in table)
