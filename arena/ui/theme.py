"""One look for all pages: Gradio's theme, the site's style sheet, the marks."""

from importlib.resources import files

import gradio as gr

from arena.core.render import output_css

_PAPER, _CARD, _INK, _SOFT, _LINE = "#f8f7f4", "#ffffff", "#1d1c1a", "#5a564f", "#85807a"
_PAPER_DARK, _CARD_DARK, _INK_DARK, _SOFT_DARK, _LINE_DARK = (
    "#151618",
    "#1e2022",
    "#ecebe7",
    "#b3b0a9",
    "#8b9096",
)
_ACCENT, _ACCENT_STRONG, _ACCENT_DARK, _ACCENT_STRONG_DARK = "#14635c", "#0e4a45", "#74cdc0", "#a2e3d9"

# Gradio's bundled 600 weight lacks most letters, so only 400 and 700 are used.
_SANS = gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700))
_MONO = gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700))


def site_theme() -> gr.themes.Base:
    """Return the theme for the stock components; its colours are those of ``look/site.css``."""
    theme = gr.themes.Base(font=[_SANS, "ui-sans-serif", "sans-serif"], font_mono=[_MONO, "monospace"])
    return theme.set(
        body_background_fill=_PAPER,
        body_background_fill_dark=_PAPER_DARK,
        body_text_color=_INK,
        body_text_color_dark=_INK_DARK,
        body_text_color_subdued=_SOFT,
        body_text_color_subdued_dark=_SOFT_DARK,
        block_background_fill=_CARD,
        block_background_fill_dark=_CARD_DARK,
        block_label_text_weight="700",
        block_title_text_color=_INK,
        block_title_text_color_dark=_INK_DARK,
        block_title_text_weight="700",
        block_info_text_color=_SOFT,
        block_info_text_color_dark=_SOFT_DARK,
        input_background_fill=_CARD,
        input_background_fill_dark=_CARD_DARK,
        input_border_width="1px",
        input_border_width_dark="1px",
        input_border_color=_LINE,
        input_border_color_dark=_LINE_DARK,
        input_border_color_focus=_ACCENT,
        input_border_color_focus_dark=_ACCENT_DARK,
        button_primary_background_fill=_ACCENT,
        button_primary_background_fill_dark=_ACCENT_DARK,
        button_primary_background_fill_hover=_ACCENT_STRONG,
        button_primary_background_fill_hover_dark=_ACCENT_STRONG_DARK,
        button_primary_border_color=_ACCENT,
        button_primary_border_color_dark=_ACCENT_DARK,
        button_primary_border_color_hover=_ACCENT_STRONG,
        button_primary_border_color_hover_dark=_ACCENT_STRONG_DARK,
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#0c2623",
        button_large_text_weight="700",
        checkbox_label_text_weight="400",
        checkbox_background_color_selected=_ACCENT,
        checkbox_background_color_selected_dark=_ACCENT,
        checkbox_border_color=_LINE,
        checkbox_border_color_dark=_LINE_DARK,
        checkbox_label_background_fill=_PAPER,
        checkbox_label_background_fill_dark=_PAPER_DARK,
        checkbox_label_text_color=_INK,
        checkbox_label_text_color_dark=_INK_DARK,
    )


def site_head() -> str:
    """Return what goes into every page's head.

    The style sheet goes in here and not through Gradio's ``css``, which drops rules inside media queries for
    everything outside its own container, the navigation among it.
    """
    style = (files("arena.ui") / "look" / "site.css").read_text(encoding="utf-8")
    return f"<style>{style}{output_css()}</style>"


def favicon_path() -> str:
    """Return the path of the mark."""
    return str(files("arena.ui") / "look" / "favicon.svg")
