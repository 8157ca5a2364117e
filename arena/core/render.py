"""Markdown to HTML that cannot act. Every output and every prompt passes here once, at ingest.

Raw HTML is text, links and images are their words, code is coloured by classes, formulas are MathML. What
the Markdown parser lets through is then cut down to an allow-list, so safety rests on the last step alone.
"""

import unicodedata
from html import escape
from typing import Literal

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from arena.core import mathml
from arena.core.formulas import formulas_plugin
from arena.core.highlight import CLASSES as CODE_CLASSES
from arena.core.highlight import highlight, pygments_css

__all__ = ["RenderRefused", "output_css", "pygments_css", "render_markdown", "text_direction"]

#: Bytes of UTF-8: of the Markdown, and of the HTML it may grow to.
MAX_TEXT = 200_000
MAX_HTML = 2_000_000
#: Characters of code coloured in one text; what comes later stays plain.
MAX_HIGHLIGHTED = 40_000

#: The highest heading of an output: the page owns h1 and h2.
TOP_HEADING = 3

TAGS = mathml.TAGS | {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li"),
    *("strong", "em", "s", "span", "code", "pre"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
CLASSES: dict[str, set[str]] = {"span": set(CODE_CLASSES), **mathml.CLASSES}
ATTRIBUTES: dict[str, set[str]] = {"ol": {"start"}} | {tag: set(mathml.ATTRIBUTES) for tag in mathml.TAGS}
ATTRIBUTE_VALUES: dict[str, dict[str, set[str]]] = {
    "code": {"dir": {"ltr"}},
    "pre": {"dir": {"ltr"}},
    "td": {"align": {"left", "center", "right"}},
    "th": {"align": {"left", "center", "right"}},
}

_RTL_LANGUAGES = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})


class RenderRefused(ValueError):
    """A text that is not rendered; the message says why and what would be right."""


def render_markdown(text: str) -> str:
    """Return safe HTML for Markdown by anyone.

    Raises
    ------
    RenderRefused
        For more than `MAX_TEXT` bytes, HTML of more than `MAX_HTML` bytes, or text that is not valid Unicode.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise RenderRefused(
            f"character {error.start + 1} is half of a surrogate pair; save the text as UTF-8"
        ) from error
    if size > MAX_TEXT:
        raise RenderRefused(f"the text has {size:,} bytes; at most {MAX_TEXT:,} are shown")
    html = _CLEANER.clean(_MARKDOWN.render(text))
    if len(html.encode()) > MAX_HTML:
        raise RenderRefused(
            f"the text renders to more than {MAX_HTML:,} bytes of HTML; use fewer table cells or formulas"
        )
    return html


def text_direction(text: str, language: str) -> Literal["ltr", "rtl"]:
    """Return the direction of the first strong character, else that of ``language`` (a BCP 47 tag).

    Source: rules P2 and P3 of the Unicode bidirectional algorithm (UAX #9), without isolates.
    """
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return "rtl" if language.lower().split("-")[0] in _RTL_LANGUAGES else "ltr"


def output_css() -> str:
    """Return every class rule a rendered output needs, scoped under ``.output``."""
    return pygments_css() + mathml.math_css()


def _fit_the_page(state: StateCore) -> None:
    """Put headings below the page's own, take links and images apart, replace styles by attributes."""
    levels = sorted({token.tag for token in state.tokens if token.type == "heading_open"})
    headings = {tag: f"h{min(6, TOP_HEADING + depth)}" for depth, tag in enumerate(levels)}
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = headings[token.tag]
        elif token.type in {"th_open", "td_open"} and "style" in token.attrs:
            token.attrs = {"align": str(token.attrs["style"]).removeprefix("text-align:")}
        elif token.children:
            token.children = _without_links(state.md, token.children)


def _without_links(md: MarkdownIt, children: list[Token]) -> list[Token]:
    """Keep the words of links and images; a link's target follows in parentheses where it says more."""
    kept: list[Token] = []
    start, target = 0, ""
    for token in children:
        if token.type == "link_open":
            start, target = len(kept), md.normalizeLinkText(str(token.attrs["href"]))
        elif token.type == "link_close":
            words = "".join(part.content for part in kept[start:])
            if target.removeprefix("mailto:") not in {"", words}:
                kept.append(_text(f" ({target})"))
        elif token.type == "image":
            kept.append(_text(_alternative(token)))
        else:
            kept.append(token)
    return kept


def _alternative(image: Token) -> str:
    return "".join(
        _alternative(child) if child.type == "image" else child.content or " " * (child.type == "softbreak")
        for child in image.children or []
    )


def _text(content: str) -> Token:
    return Token(type="text", tag="", nesting=0, content=content)


def _render_code(
    renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    language = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
    env["highlighted"] = env.get("highlighted", 0) + len(token.content)
    if env["highlighted"] > MAX_HIGHLIGHTED:
        language = ""
    return f'<pre dir="ltr"><code>{highlight(token.content, language)}</code></pre>\n'


def _render_code_in_line(
    renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return f'<code dir="ltr">{escape(tokens[index].content, quote=False)}</code>'


def _parser() -> MarkdownIt:
    # A line end is kept: verse and lists of one-liners are the rule in outputs, text wrapped by hand is not.
    options = {"html": False, "linkify": False, "breaks": True}
    md = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    md.use(formulas_plugin)
    md.core.ruler.after("inline", "fit_the_page", _fit_the_page)
    md.add_render_rule("fence", _render_code)
    md.add_render_rule("code_block", _render_code)
    md.add_render_rule("code_inline", _render_code_in_line)
    return md


_MARKDOWN = _parser()
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    tag_attribute_values=ATTRIBUTE_VALUES,
    allowed_classes=CLASSES,
    link_rel=None,
    url_schemes=set(),
)
