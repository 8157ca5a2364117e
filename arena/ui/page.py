"""What text pages share: a heading, and content that is loaded when the page opens."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from arena.ui.markup import tag
from arena.ui.words import words


def add_heading(page: str) -> None:
    """Add a page's title and its first sentence; the browser's tab gets the title as well."""
    w = words()
    title = w[f"{page}.title"]
    gr.HTML(
        tag("div", tag("h1", title), tag("p", w[f"{page}.lead"], class_="lead")),
        elem_classes="page",
        apply_default_css=False,
        js_on_load="document.title = props.tab;",
        tab=f"{title} · {w['site.title']}",
    )


def add_loaded(demo: gr.Blocks, load: Callable[..., str]) -> gr.HTML:
    """Add content that ``load`` returns when the page opens: an immediate call, never the queue."""
    place = add_html(tag("p", words()["site.loading"], role="status"))
    demo.load(load, None, place, **PLAIN_EVENT)
    return place


def add_html(content: str) -> gr.HTML:
    """Add fixed content."""
    return gr.HTML(content, elem_classes="page", apply_default_css=False, js_on_load=None)


# Any replica can answer, and nothing is offered as an API of its own.
PLAIN_EVENT: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
