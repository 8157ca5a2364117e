"""How long a voter waits for the next pair, measured in a real browser on the real demonstration.

From the key press (the event's own time stamp) to the frame after the next pair is on the page,
images decoded.
Printed, never asserted. Run by `make bench`.
"""

import statistics

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import browser, data_dir, site  # noqa: F401  fixtures
from tests.e2e.voting import choices_open, open_battle, wait_for_state

VOTES = 100
VOTES_PER_VOTER = 10

_CLOCK = """
window.pressed = 0; window.waits = [];
addEventListener('keydown', (e) => { window.pressed = e.timeStamp }, true);
addEventListener('arena:painted', () => {
  if (window.pressed) { window.waits.push(performance.now() - window.pressed); window.pressed = 0 }
}, true);
"""


def measure_visit(page: Page, category: str, rhythm: str) -> list[float]:
    """Vote as one new voter; return the waits in milliseconds."""
    page.add_init_script(_CLOCK)
    open_battle(page, category)
    page.locator(f"[data-rhythm='{rhythm}']").click()
    for number in range(1, VOTES_PER_VOTER + 1):
        choices_open(page)
        if rhythm == "look":
            page.keyboard.press("ArrowDown")
            wait_for_state(page, "revealed")
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("ArrowDown")
        page.wait_for_function("(n) => window.waits.length >= n", arg=number)
        wait_for_state(page, "voting")
        if rhythm == "look":
            page.evaluate("(n) => { window.waits.length = n }", number)
    return page.evaluate("window.waits")


@pytest.mark.parametrize("rhythm", ["flow", "look"])
@pytest.mark.parametrize("category", ["explain-simply", "plot-defaults"])
def test_time_to_the_next_painted_pair(browser: Browser, site: str, category: str, rhythm: str):  # noqa: F811
    waits: list[float] = []
    while len(waits) < VOTES:
        context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
        waits += measure_visit(context.new_page(), category, rhythm)
        context.close()
    cuts = statistics.quantiles(waits, n=100)
    start = "choice" if rhythm == "flow" else "Next"
    print(
        f"\n{category:15} {rhythm:5} {start} -> painted, {len(waits)} votes: "
        f"p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, worst {max(waits):.0f} ms"
    )
