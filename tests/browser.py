"""Find a Chromium for the browser tests, or install one, and start it."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

VARIABLE = "PARAGONE_CHROMIUM"
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LOCATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
)
#: Where Playwright keeps its browsers under the home folder, and where the program stands in one.
CACHES = {"Darwin": "Library/Caches/ms-playwright", "Windows": "AppData/Local/ms-playwright"}
BUILDS = ("chrome-linux*/chrome", "chrome-mac*/*.app/Contents/MacOS/*", "chrome-win*/chrome.exe")


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


LAUNCH_ARGS = [
    "--headless=new",
    # Chromium's sandbox refuses to run as root.
    *(["--no-sandbox"] if _is_root() else []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class ChromiumMissing(RuntimeError):
    """No Chromium, and no way to install one worked."""


def find_or_install_chromium() -> Path:
    """Return a Chromium that runs on this machine.

    The order: ``PARAGONE_CHROMIUM``; a Chromium or Chrome that is here already; the Debian package when
    root may install it; Playwright's own build.

    Raises
    ------
    ChromiumMissing
        If ``PARAGONE_CHROMIUM`` names no program, or every way failed; the message names all three ways out.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not _is_program(Path(named)):
            raise ChromiumMissing(f"{VARIABLE} is {named!r}, which is no program; unset it or correct it")
        return Path(named)
    for install in (_nothing, _install_debian_package, _install_playwright_build):
        install()
        found = _chromium_here()
        if found:
            return found
    raise ChromiumMissing(
        f"The browser tests need Chromium. Either set {VARIABLE} to its path, or install a package "
        "(Debian: apt-get install chromium), or run: python -m playwright install chromium"
    )


@contextmanager
def launched_browser() -> Iterator[Browser]:
    """Yield a headless browser, closed at the end."""
    chromium = find_or_install_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=LAUNCH_ARGS, headless=True)
        try:
            yield browser
        finally:
            browser.close()


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _chromium_here() -> Path | None:
    on_path = (shutil.which(command) for command in COMMANDS)
    candidates = [Path(found) for found in on_path if found]
    candidates += [Path(location) for location in LOCATIONS]
    candidates += _playwright_builds()
    return next((path for path in candidates if _is_program(path)), None)


def _playwright_builds() -> list[Path]:
    """Return the Chromiums in Playwright's cache, the newest first."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    cache = Path(named) if named else Path.home() / CACHES.get(platform.system(), ".cache/ms-playwright")
    builds = sorted(cache.glob("chromium-[0-9]*"), key=lambda folder: int(folder.name.split("-")[1]))
    return [path for folder in reversed(builds) for shape in BUILDS for path in sorted(folder.glob(shape))]


def _nothing() -> None:
    """Look before installing."""


def _install_debian_package() -> None:
    if _is_root() and platform.system() == "Linux" and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]):
            subprocess.run(command, env=environment, check=False)


def _install_playwright_build() -> None:
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
