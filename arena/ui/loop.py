"""The vote loop as one Gradio component: its markup, style and script are the files in ``loop/``.

A function, not a subclass of `gr.HTML`: Gradio writes a stub file beside every subclass it meets.
"""

from importlib.resources import files

import gradio as gr

from arena.ui.words import words_for

API_BASE = "/api/v1"
SCRIPTS = (
    "1_api.js",
    "2_supply.js",
    "3_paint.js",
    "4_reference.js",
    "5_save.js",
    "6_vote.js",
    "7_after.js",
    "8_controls.js",
)


def arena_loop(practice: str, language: str = "en") -> gr.HTML:
    """Return the loop; it asks the JSON API for everything else.

    Parameters
    ----------
    practice
        Slug of the category that carries the practice badge.
    """
    return gr.HTML(
        value=None,
        html_template=_file("loop.html"),
        css_template=_file("loop.css"),
        js_on_load=script(),
        apply_default_css=False,
        elem_id="arena-loop",
        api_base=API_BASE,
        practice=practice,
        words=words_for("loop.", language),
    )


def script() -> str:
    """Return the script's parts as one, without comment lines and indentation: every visitor loads it."""
    lines = (line.strip() for name in SCRIPTS for line in _file(name).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _file(name: str) -> str:
    return (files("arena.ui") / "loop" / name).read_text(encoding="utf-8")
