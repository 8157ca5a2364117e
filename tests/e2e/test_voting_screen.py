"""The voting screen: rhythms, keys, mouse, trouble, phone."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.e2e.voting import choices_open, open_battle, vote_with_key, wait_for_state


def battle_on_screen(page: Page) -> str:
    """Return the id of the battle whose pair is painted, from the newest paint event."""
    return page.evaluate("window.lastPainted")


@pytest.fixture
def watched(page: Page) -> Page:
    """A page that remembers which battle was painted last."""
    page.add_init_script(
        "addEventListener('arena:painted', (e) => { window.lastPainted = e.detail.battle }, true)"
    )
    return page


def test_look_shows_names_only_after_a_second_in_which_undo_works(watched: Page):
    asked: list[str] = []
    watched.on("request", lambda request: asked.append(request.url))
    open_battle(watched, "practice")
    vote_with_key(watched, "1")
    wait_for_state(watched, "saved")
    watched.keyboard.press("u")
    expect(watched.locator("[data-part='said']")).to_contain_text(
        re.compile("back|undone", re.I), timeout=5_000
    )
    assert any(url.endswith("/void") for url in asked)
    assert not any(url.endswith("/reveal") for url in asked)


def test_flow_paints_the_next_pair_at_once_and_names_the_last_one_later(watched: Page):
    open_battle(watched, "practice")
    watched.locator("[data-rhythm='flow']").click()
    choices_open(watched)
    first = battle_on_screen(watched)
    watched.keyboard.press("ArrowRight")
    watched.wait_for_function("(id) => window.lastPainted !== id", arg=first)
    wait_for_state(watched, "voting")
    expect(watched.locator("[data-part='said']")).to_contain_text(
        re.compile("Alder|Birch|Cedar|Elm|Hazel"), timeout=10_000
    )


@pytest.mark.parametrize("choice", ["a", "tie", "b", "both_bad"])
def test_every_choice_can_be_clicked(watched: Page, choice: str):
    open_battle(watched, "explain-simply")
    choices_open(watched)
    with watched.expect_response(re.compile("/vote$")) as answer:
        watched.locator(f"[data-choice='{choice}']").click()
    assert answer.value.status == 200
    assert answer.value.json()["receipt"]["choice"] == choice


@pytest.mark.parametrize(
    "reason", ["like_both", "like_neither", "dont_know", "look_the_same", "broken", "other"]
)
def test_a_skip_asks_for_its_reason(watched: Page, reason: str):
    open_battle(watched, "explain-simply")
    choices_open(watched)
    watched.keyboard.press("s")
    with watched.expect_response(re.compile("/skip$")) as answer:
        watched.locator(f"[data-reason='{reason}']").click()
    assert answer.value.json()["reason"] == reason
    wait_for_state(watched, "voting")


def test_a_vote_that_cannot_be_saved_is_sent_again_until_it_is(watched: Page):
    """Two 503 and one lost connection; then the same vote is stored once and only then named."""
    open_battle(watched, "practice")
    battle = battle_on_screen(watched)
    sent: list[str] = []

    def refuse(route: Route) -> None:
        sent.append(route.request.post_data or "")
        if len(sent) == 1:
            route.fulfill(status=503, json={"error": {"code": "not_confirmed", "message": "again"}})
        elif len(sent) == 2:
            route.abort()
        else:
            route.continue_()

    watched.route(f"**/api/v1/battles/{battle}/vote", refuse)
    vote_with_key(watched, "2")
    wait_for_state(watched, "retrying")
    assert watched.locator("[data-card='a']").is_hidden()
    wait_for_state(watched, "revealed")
    assert len(sent) == 3
    assert set(sent) == {sent[0]}


def test_going_offline_in_the_middle_of_a_vote_loses_nothing(watched: Page, visitor: BrowserContext):
    open_battle(watched, "explain-simply")
    choices_open(watched)
    visitor.set_offline(True)
    watched.keyboard.press("1")
    wait_for_state(watched, "retrying")
    with watched.expect_response(lambda response: response.url.endswith("/vote") and response.ok):
        visitor.set_offline(False)
    wait_for_state(watched, "saved|revealed")


def test_an_early_key_is_answered_with_a_hint_and_no_vote(watched: Page):
    votes: list[str] = []
    watched.on(
        "request", lambda request: votes.append(request.url) if request.url.endswith("/vote") else None
    )
    watched.add_init_script(
        "addEventListener('arena:painted', () => "
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '1', bubbles: true})), true)"
    )
    open_battle(watched, "practice")
    choices_open(watched)
    assert votes == []


def test_everything_judged_ends_in_a_friendly_page(watched: Page):
    def nothing(route: Route) -> None:
        route.fulfill(status=200, json={"battles": [], "exhausted": True})

    watched.route("**/api/v1/battles", nothing)
    watched.goto("/?category=practice")
    wait_for_state(watched, "exhausted")
    expect(watched.locator("[data-part='done']")).to_be_visible()
    expect(watched.locator("[data-part='done'] a").first).to_be_visible()


def test_a_battle_that_expired_while_looking_is_replaced(watched: Page):
    open_battle(watched, "practice")
    battle = battle_on_screen(watched)
    watched.route(
        f"**/api/v1/battles/{battle}/vote",
        lambda route: route.fulfill(status=410, json={"error": {"code": "expired", "message": "gone"}}),
    )
    vote_with_key(watched, "1")
    watched.wait_for_function("(id) => window.lastPainted !== id", arg=battle)
    wait_for_state(watched, "voting")


def test_two_tabs_of_one_voter_store_one_vote(watched: Page, visitor: BrowserContext):
    open_battle(watched, "practice")
    other = visitor.new_page()
    open_battle(other, "practice")
    vote_with_key(watched, "1")
    wait_for_state(watched, "saved|revealed")
    vote_with_key(other, "2")
    wait_for_state(other, "voting|saved|revealed")
    other.close()


def test_without_the_cookie_the_screen_says_what_is_missing(watched: Page, site: str):
    """The server's own answer to a browser that refused the cookie."""
    refusal = httpx.post(f"{site}/api/v1/battles", json={"n": 3})
    watched.route(
        "**/api/v1/battles", lambda route: route.fulfill(status=refusal.status_code, json=refusal.json())
    )
    watched.goto("/?category=practice")
    wait_for_state(watched, "error")
    assert refusal.json()["error"]["code"] == "voter_required"
    expect(watched.locator(".arena")).to_contain_text(re.compile("cookie", re.I))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("category", ["explain-simply", "plot-defaults", "image-codecs"])
def test_a_phone_shows_everything_within_its_width(browser: Browser, site: str, category: str, scheme: str):
    context = browser.new_context(
        base_url=site,
        viewport={"width": 390, "height": 844},
        color_scheme=scheme,
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    open_battle(page, category)
    choices_open(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.evaluate(
        """() => [...document.querySelectorAll('.arena .bar button')]
            .filter((b) => b.offsetParent && Math.min(b.offsetHeight, b.offsetWidth) < 44)
            .map((b) => b.outerHTML)"""
    )
    assert small == []
    context.close()


def test_images_of_a_battle_are_fetched_once(watched: Page):
    fetched: list[str] = []
    watched.on("request", lambda request: fetched.append(request.url) if "/media/" in request.url else None)
    open_battle(watched, "plot-defaults")
    vote_with_key(watched, "1")
    wait_for_state(watched, "revealed")
    watched.keyboard.press("Enter")
    wait_for_state(watched, "voting")
    choices_open(watched)
    assert len(fetched) >= 4
    assert len(fetched) == len(set(fetched))
