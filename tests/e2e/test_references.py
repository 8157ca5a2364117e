"""The original that both sides are compared with: beside them, while held, or with the names."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import address_of
from tests.e2e.voting import LOOP, choices_open, open_battle, vote_with_key, wait_for_state
from tests.factories import add_references, write_catalog

GREEN = [10, 120, 60]
ORIGINAL = f"{LOOP} [data-side='reference']"
#: The colour in the middle of what is painted on a side.
COLOUR_OF = """(side) => {
    const isSeen = (image) => getComputedStyle(image).visibility === 'visible';
    const images = [...document.querySelectorAll(`.arena [data-side='${side}'] .box img`)].filter(isSeen);
    const paper = document.createElement('canvas').getContext('2d');
    images.forEach((image) => paper.drawImage(image, 0, 0));
    return [images.length, ...paper.getImageData(9, 9, 1, 1).data.slice(0, 3)];
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a category for each way to show an original, and one of texts."""
    home = tmp_path_factory.mktemp("references")
    root = home / "catalog"
    for slug, shown in (("beside", "beside"), ("held", "hold"), ("late", "after_vote")):
        write_catalog(root, slug=slug, modality="image")
        add_references(root, slug, asset="scene.png", shown=shown, credit="Painted by Ida")
    write_catalog(root, slug="sources")
    add_references(root, "sources", text="The *source* says it all. " * 60, shown="hold")
    process = subprocess.Popen(
        [sys.executable, "-m", "arena", "serve", "--port", "0"],
        cwd=home,
        env={**os.environ, "ARENA_DATA_DIR": str(home / "data"), "ARENA_CATALOG_DIR": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield address_of(process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


def colours(page: Page) -> list[list[int]]:
    """How many images are painted on each side, and what colour they have."""
    return [page.evaluate(COLOUR_OF, side) for side in ("a", "b")]


def places(page: Page, *sides: str) -> list[dict[str, float]]:
    return [page.locator(f"{LOOP} [data-side='{side}']").bounding_box() for side in sides]


def is_original(page: Page) -> bool:
    seen = colours(page)
    assert [count for count, *_ in seen] == [1, 1]
    return [colour for _, *colour in seen] == [GREEN, GREEN]


def test_beside_stands_between_the_two(page: Page):
    open_battle(page, "beside")
    expect(page.locator(ORIGINAL)).to_be_visible()
    left = [place["x"] for place in places(page, "a", "reference", "b")]
    assert left == sorted(left)
    assert page.evaluate(COLOUR_OF, "reference") == [1, *GREEN]
    expect(page.locator("[data-part='credit']")).to_have_text("Painted by Ida")
    expect(page.locator("[data-part='hold']")).to_be_hidden()


def test_the_key_shows_the_original_on_both_sides_while_it_is_held(page: Page):
    open_battle(page, "held")
    assert not is_original(page)
    page.keyboard.down("r")
    assert is_original(page)
    page.keyboard.up("r")
    assert not is_original(page)


def test_the_button_shows_the_original_while_it_is_pressed(page: Page):
    open_battle(page, "held")
    page.locator("[data-part='hold']").hover()
    page.mouse.down()
    assert is_original(page)
    page.mouse.up()
    assert not is_original(page)


def test_without_a_pointer_the_button_switches(page: Page):
    open_battle(page, "held")
    button = page.locator("[data-part='hold']")
    button.press("Enter")
    assert is_original(page)
    expect(button).to_have_attribute("aria-pressed", "true")
    button.press("Enter")
    assert not is_original(page)


def test_holding_ends_when_the_window_loses_the_keyboard(page: Page):
    open_battle(page, "held")
    page.keyboard.down("r")
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    assert not is_original(page)


def test_a_vote_can_be_cast_after_holding_and_the_next_pair_starts_as_outputs(page: Page):
    open_battle(page, "held")
    choices_open(page)
    page.keyboard.down("r")
    vote_with_key(page, "1")
    wait_for_state(page, "revealed")
    page.keyboard.press("Enter")
    wait_for_state(page, "voting")
    assert not is_original(page)


def test_all_three_lie_on_one_spot_in_the_lightbox_and_go_back_where_they_were(page: Page):
    open_battle(page, "held")
    page.locator(f"{LOOP} [data-side='a'] .picture").first.click()
    light = page.locator("[data-part='light'] img:visible")
    expect(page.locator("[data-part='light'] img")).to_have_count(3)
    page.keyboard.press("r")
    expect(light).to_have_attribute("data-of", "reference")
    page.keyboard.press("b")
    expect(light).to_have_attribute("data-of", "b")
    page.keyboard.press("Escape")
    expect(page.locator("[data-part='light'] img")).to_have_count(0)
    assert not is_original(page)
    page.keyboard.down("r")
    assert is_original(page)


def test_a_text_takes_the_place_of_both_texts_while_held(page: Page):
    open_battle(page, "sources")
    boxes = page.locator(f"{LOOP} [data-side='a'] .box, {LOOP} [data-side='b'] .box")
    for held in (False, True, False):
        page.keyboard.down("r") if held else page.keyboard.up("r")
        for box in boxes.all():
            assert ("says it all" in box.inner_text()) is held
            assert ("Verse" in box.inner_text()) is not held


def test_nothing_of_it_is_sent_before_the_names(page: Page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_battle(page, "late")
    vote_with_key(page, "1")
    wait_for_state(page, "saved")
    assert not [url for url in asked if url.endswith("/reference")]
    expect(page.locator(ORIGINAL)).to_be_hidden()
    wait_for_state(page, "revealed")
    expect(page.locator(ORIGINAL)).to_be_visible()
    page.wait_for_function("(side) => document.querySelector(side + ' img').complete", arg=ORIGINAL)
    assert page.evaluate(COLOUR_OF, "reference") == [1, *GREEN]
    page.keyboard.press("Enter")
    wait_for_state(page, "voting")
    expect(page.locator(ORIGINAL)).to_be_hidden()


def test_an_original_is_fetched_once_for_both_sides(page: Page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/media/" in request.url else None)
    open_battle(page, "held")
    choices_open(page)
    assert any(url.endswith("/reference") for url in asked)
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("category", ["beside", "held", "sources"])
def test_a_phone_shows_it_within_its_width(browser: Browser, site: str, category: str):
    context = browser.new_context(
        base_url=site, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    open_battle(page, category)
    choices_open(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if category == "beside":
        tops = [place["y"] for place in places(page, "reference", "a", "b")]
        assert tops == sorted(tops)
    else:
        button = page.locator("[data-part='hold']").bounding_box()
        assert min(button["width"], button["height"]) >= 44
    context.close()


def test_the_site_names_the_key(page: Page):
    open_battle(page, "held")
    page.keyboard.press("?")
    expect(page.locator("[data-part='keys']")).to_contain_text(re.compile("R.*original", re.S))
