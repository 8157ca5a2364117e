"""A newcomer without Chromium gets one, or is told every way to it."""

import stat
from pathlib import Path

import pytest

from tests import browser
from tests.browser import ChromiumMissing, find_or_install_chromium


@pytest.fixture
def bare_machine(monkeypatch, tmp_path):
    """Nothing on the path, no known location, an empty Playwright cache, and nowhere to download from."""
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "cache"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")
    monkeypatch.setattr(browser, "LOCATIONS", ())
    return tmp_path


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_named_program_comes_first(bare_machine, monkeypatch):
    program(bare_machine / "chromium")
    named = program(bare_machine / "mine" / "browser")
    monkeypatch.setenv(browser.VARIABLE, str(named))
    assert find_or_install_chromium() == named


def test_named_program_that_is_none_is_refused(bare_machine, monkeypatch):
    program(bare_machine / "chromium")
    monkeypatch.setenv(browser.VARIABLE, str(bare_machine / "absent"))
    with pytest.raises(ChromiumMissing, match=r"PARAGONE_CHROMIUM is .*absent.*unset it or correct it"):
        find_or_install_chromium()


@pytest.mark.parametrize("command", browser.COMMANDS)
def test_program_on_the_path_is_found(bare_machine, command):
    there = program(bare_machine / command)
    assert find_or_install_chromium() == there


def test_newest_build_in_the_cache_of_playwright_is_found(bare_machine):
    cache = bare_machine / "cache"
    program(cache / "chromium-999" / "chrome-linux" / "chrome")
    newest = program(cache / "chromium-1255" / "chrome-linux64" / "chrome")
    program(cache / "chromium_headless_shell-1300" / "chrome-linux" / "headless_shell")
    assert find_or_install_chromium() == newest


@pytest.mark.browser
def test_machine_without_any_way_is_told_all_three(bare_machine):
    with pytest.raises(ChromiumMissing) as refusal:
        find_or_install_chromium()
    for way in ("PARAGONE_CHROMIUM", "apt-get install chromium", "playwright install chromium"):
        assert way in str(refusal.value)


@pytest.mark.browser
def test_browser_that_is_found_shows_a_page():
    with browser.launched_browser() as chromium:
        page = chromium.new_page()
        page.set_content("<h1>Paragone</h1>")
        assert page.inner_text("h1") == "Paragone"
