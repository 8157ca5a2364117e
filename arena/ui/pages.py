"""All public pages as one `gr.Blocks`. No state, no queue: any replica can answer any request.

Gradio lists the components of every page to whoever opens one of them, so no component is built with anything
that names a contestant; what the database knows is loaded when a page opens.
"""

import gradio as gr

from arena.core.context import Context
from arena.ui.about_page import add_about_page
from arena.ui.categories_page import add_categories_page
from arena.ui.data_page import add_data_page
from arena.ui.leaderboard_page import add_leaderboard_page
from arena.ui.vote_page import add_vote_page
from arena.ui.words import words


def build_ui(context: Context) -> gr.Blocks:
    """Build the pages."""
    w = words()
    with gr.Blocks(title=w["site.title"], analytics_enabled=False) as demo:
        _add_navigation()
        add_vote_page()
    with demo.route(w["nav.leaderboard"], "leaderboard"):
        _add_navigation()
        add_leaderboard_page(demo, context)
    with demo.route(w["nav.categories"], "categories"):
        _add_navigation()
        add_categories_page(demo, context)
    with demo.route(w["nav.data"], "data"):
        _add_navigation()
        add_data_page(demo, context)
    with demo.route(w["nav.about"], "about"):
        _add_navigation()
        add_about_page()
    return demo


def _add_navigation() -> None:
    # On every page, or Gradio calls the first one "Home" there.
    gr.Navbar(main_page_name=words()["nav.vote"])
