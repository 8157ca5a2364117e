"""What a person does on the voting screen."""

import re

from playwright.sync_api import Locator, Page, expect

LOOP = ".arena"


def open_battle(page: Page, category: str) -> Locator:
    page.goto(f"/?category={category}")
    return wait_for_state(page, "voting")


def wait_for_state(page: Page, state: str) -> Locator:
    """Wait until the loop is in a state (several separated by |)."""
    loop = page.locator(LOOP)
    expect(loop).to_have_attribute("data-state", re.compile(f"^({state})$"), timeout=20_000)
    return loop


def choices_open(page: Page) -> None:
    expect(page.locator('[data-choice="a"]')).to_be_enabled(timeout=10_000)


def vote_with_key(page: Page, key: str) -> None:
    choices_open(page)
    page.keyboard.press(key)


def wait_for_votes(page: Page, category: str, n: int) -> None:
    """Wait until the board's newest snapshot rests on at least ``n`` votes."""
    page.wait_for_function(
        """async ([url, n]) => (await (await fetch(url)).json()).snapshot?.votes >= n""",
        arg=[f"/api/v1/leaderboards/{category}", n],
        timeout=30_000,
    )
