"""A visitor proposes a category on the page; a curator accepts it; the draft passes the check."""

import os
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from arena.core.catalog import read_catalog, shipped_catalog


def arena(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "ARENA_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "arena", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_from_the_form_to_a_draft_that_passes_the_check(page: Page, data_dir: Path):
    page.goto("/categories")
    page.get_by_label("Title").fill("Logos for bakeries")
    page.get_by_label("Question").fill("Which would you paint on the window?")
    page.get_by_label("Image").check()
    page.get_by_label("Why").fill("Small shops choose a logo once and live with it for years.")
    page.get_by_label("prompts").fill("A bakery by the sea\nA bakery at night")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("3"), timeout=10_000)
    expect(page.get_by_label("Title")).to_have_value("Logos for bakeries")
    page.get_by_label("prompts").fill("A bakery by the sea\nA bakery at night\nA bakery for dogs")
    page.get_by_role("button", name="Send").click()
    done = page.locator(".answer.good")
    expect(done).to_be_visible(timeout=10_000)
    number = re.search(r"\d+", done.inner_text())
    assert number is not None
    assert "Logos for bakeries" in arena(data_dir, "proposal", "list")
    arena(data_dir, "proposal", "accept", number[0])
    assert (data_dir / "prompts" / "logos-for-bakeries" / "category.yaml").is_file()
    shipped = len(read_catalog([shipped_catalog()]).categories)
    assert f"{shipped + 1} categories" in arena(data_dir, "catalog", "check")
