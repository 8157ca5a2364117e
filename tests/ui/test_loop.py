"""The loop's files hold together and stay readable."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from arena.ui.loop import SCRIPTS, arena_loop, script

FOLDER = Path(str(files("arena.ui"))) / "loop"
HTML = (FOLDER / "loop.html").read_text(encoding="utf-8")
CSS = (FOLDER / "loop.css").read_text(encoding="utf-8")
CODE = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)


def test_every_script_in_the_folder_is_used():
    assert [path.name for path in sorted(FOLDER.glob("*.js"))] == list(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_stay_short(name):
    assert len((FOLDER / name).read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("text", [HTML, CSS], ids=["html", "css"])
def test_templates_hold_nothing_that_gradio_would_evaluate(text):
    assert not re.search(r"\$\{|\{\{|`|\\", text)


def test_script_loses_comments_and_nothing_else():
    made = script()
    assert re.sub(r"\s", "", made) == re.sub(r"\s", "", re.sub(r"^\s*//.*$", "", CODE, flags=re.MULTILINE))


def test_html_is_inserted_in_two_places_and_both_are_sanitised_fields():
    assert re.findall(r"innerHTML = ([\w.]+);", CODE) == ["content.html", "battle.prompt.html"]
    assert not re.search(r"outerHTML|insertAdjacentHTML|document\.write|\beval\(", CODE)


@pytest.mark.parametrize("choice", ["a", "tie", "b", "both_bad", "skip", "next", "undo"])
def test_every_choice_has_one_button(choice):
    assert HTML.count(f'data-choice="{choice}"') == 1


def test_every_skip_reason_of_the_interface_is_offered():
    offered = re.findall(r'data-reason="(\w+)"', HTML)
    assert offered == ["like_both", "like_neither", "dont_know", "look_the_same", "broken", "other"]


def test_every_part_that_a_script_asks_for_exists():
    asked = set(re.findall(r'part\("([\w-]+)"', CODE))
    there = set(re.findall(r'data-part="([\w-]+)"', HTML))
    assert asked <= there
    assert there - asked <= {"box"}


def test_names_are_asked_for_in_one_place_after_the_vote():
    assert CODE.count("api.reveal(") == 1


def test_component_needs_no_event_and_no_value():
    loop = arena_loop("practice")
    assert loop.value is None
    assert loop.props["practice"] == "practice"
    assert all(key.startswith("loop.") for key in loop.props["words"])
