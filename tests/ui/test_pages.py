"""The pages as Gradio sends them: no queue, no state, no names."""

import json
import re
from pathlib import Path

import gradio as gr
import pytest

from arena.core.context import Context
from arena.ui.about_page import add_about_page
from arena.ui.pages import build_ui
from arena.ui.theme import favicon_path, site_head, site_theme
from tests.factories import CONTESTANTS, take_in, write_catalog

PATHS = ["", "leaderboard", "categories", "data", "about"]


@pytest.fixture
def config(arena: Context, tmp_path: Path) -> dict:
    take_in(arena, write_catalog(tmp_path / "catalog", slug="practice", contestants=("alder", "birch")))
    return build_ui(arena).get_config_file()


def test_every_page_has_its_address(config):
    assert [page[0] for page in config["pages"]] == PATHS


def test_no_event_uses_the_queue(config):
    events = config["dependencies"]
    assert events
    assert [event["queue"] for event in events] == [False] * len(events)


def test_no_event_is_offered_as_an_interface(config):
    assert {event["api_visibility"] for event in config["dependencies"]} == {"private"}


def test_no_state_is_kept_between_calls(config):
    kinds = {component["type"] for component in config["components"]}
    assert not kinds & {"state", "browserstate", "timer", "file", "image", "gallery"}


def test_what_is_sent_with_a_page_names_no_contestant(config):
    sent = json.dumps(config).casefold()
    for slug in (*CONTESTANTS, "alder", "birch"):
        for word in (slug, f"{slug} nine", f"{slug}-family", f"{slug} works"):
            assert word not in sent


def test_every_page_has_the_navigation(config):
    bars = [component for component in config["components"] if component["type"] == "navbar"]
    assert len(bars) == len(PATHS)
    assert {bar["props"]["main_page_name"] for bar in bars} == {"Vote"}


def test_nothing_calls_home(config):
    assert config["analytics_enabled"] is False


def test_mark_is_a_file_of_the_package():
    assert Path(favicon_path()).read_text(encoding="utf-8").startswith("<svg")


def test_head_colours_code_and_loads_nothing():
    head = site_head()
    assert ".output .hl-keyword" in head
    assert "<script" not in head
    assert not re.search(r"@import|url\(\"?(?:https?:)?//|<link", head)


def test_theme_uses_fonts_of_the_package_only():
    theme = site_theme()
    assert theme._stylesheets == []


def test_about_page_stands_alone():
    with gr.Blocks() as demo:
        add_about_page()
    assert "Your data" in json.dumps(demo.get_config_file())
