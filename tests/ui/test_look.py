"""Colours that text and meaningful lines use can be told apart, in light and in dark."""

import re
from importlib.resources import files

import pytest

CSS = (files("arena.ui") / "look" / "site.css").read_text(encoding="utf-8")
LOOP = (files("arena.ui") / "loop" / "loop.css").read_text(encoding="utf-8")
MODES = {"light": ":root", "dark": ".dark"}
GROUNDS = ("paper", "card", "sunk", "tint")
TEXT = [
    *((text, ground) for text in ("ink", "soft") for ground in GROUNDS),
    *(("accent", ground) for ground in ("paper", "card", "tint")),
    ("accent-strong", "card"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("good", "paper"),
    ("bad", "paper"),
    ("note", "note-tint"),
]
LINES = [("edge", "paper"), ("edge", "card"), ("edge", "sunk"), ("accent", "paper"), ("accent", "card")]


def colours(mode: str) -> dict[str, str]:
    block = re.search(rf"^{re.escape(MODES[mode])} \{{(.*?)^\}}", CSS, re.MULTILINE | re.DOTALL).group(1)
    return dict(re.findall(r"--pg-([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_and_white_is_the_known_one():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_stands_out_from_its_ground(mode, text, ground):
    found = colours(mode)
    assert contrast(found[text], found[ground]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("line", "ground"), LINES)
def test_lines_that_mean_something_stand_out(mode, line, ground):
    found = colours(mode)
    assert contrast(found[line], found[ground]) >= 3


def test_every_colour_of_the_sheets_is_declared_in_both_modes():
    declared = [
        set(re.findall(r"(--pg-[\w-]+):", CSS.split(start)[1].split("\n}")[0]))
        for start in (":root {", ".dark {")
    ]
    used = set(re.findall(r"var\((--pg-[\w-]+)\)", CSS + LOOP))
    assert used <= declared[0]
    assert {name for name in declared[0] if name in declared[1]} == declared[1]


def test_nothing_is_loaded_from_elsewhere():
    assert not re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", CSS + LOOP)
