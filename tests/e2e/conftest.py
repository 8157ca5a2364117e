"""The real command on a free port, and a real Chromium."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import launched_browser

_ADDRESS = re.compile(r"Paragone is on (http://\S+)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker(pytest.mark.browser)


def address_of(process: subprocess.Popen[str]) -> str:
    """Wait until the command serves, and return its address."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if found := _ADDRESS.search(line):
            return found.group(1)
    return pytest.fail(f"the command ended: {''.join(seen)}")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the site under test; empty at the start."""
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def site(data_dir: Path) -> Iterator[str]:
    """The address of `arena demo`, started as a newcomer would, on an empty data folder."""
    process = subprocess.Popen(
        [sys.executable, "-m", "arena", "demo", "--port", "0"],
        cwd=data_dir.parent,
        env={**os.environ, "ARENA_DATA_DIR": str(data_dir)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield address_of(process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


# Not for the session: Playwright allows one at a time, and other tests start their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched_browser() as browser:
        yield browser


@pytest.fixture
def visitor(browser: Browser, site: str, tmp_path: Path) -> Iterator[BrowserContext]:
    """A new person on a desktop: no cookies, nothing remembered."""
    context = browser.new_context(
        base_url=site, viewport={"width": 1280, "height": 900}, locale="en-GB", accept_downloads=True
    )
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A page whose console errors fail the test."""
    page = visitor.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    assert problems == []
