"""Mount the screens on the application."""

import warnings

import gradio as gr
from fastapi import FastAPI

from arena.core.context import Context
from arena.ui.pages import build_ui
from arena.ui.theme import favicon_path, site_head, site_theme


def mount_ui(app: FastAPI, context: Context) -> FastAPI:
    """Mount all pages at ``/``; call it last, because it swallows every path that is left."""
    with warnings.catch_warnings():
        # Gradio says so of every site with several pages, also when server-side rendering is off already.
        warnings.filterwarnings("ignore", message="SSR mode is not supported", category=UserWarning)
        gr.mount_gradio_app(
            app,
            build_ui(context),
            path="/",
            theme=site_theme(),
            head=site_head(),
            favicon_path=favicon_path(),
            footer_links=[],
            run_history=False,
            show_error=False,
            max_file_size=1,
            ssr_mode=False,
        )
    return app
