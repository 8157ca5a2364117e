r"""Where a formula stands in Markdown.

Four pairs of marks: ``$…$`` and ``\(…\)`` in the line, ``$$…$$`` and ``\[…\]`` on lines of their own or
inside a paragraph. The rules are ours because the ready-made ones take time quadratic in the length of
hostile text (8,000 unclosed ``\(`` took 0.6 s, so 100,000 over a minute); these stay linear.
"""

import re
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from arena.core.mathml import mathml

# Possessive runs (`++`) cannot backtrack, and no run crosses its own opening mark: linear on any text.
_INLINE = (
    ("$$", re.compile(r"\$\$((?:[^\\$]++|\\.)++)\$\$", re.DOTALL)),
    ("\\[", re.compile(r"\\\[((?:[^\\]++|\\[^\[\]])++)\\\]", re.DOTALL)),
    ("\\(", re.compile(r"\\\(((?:[^\\]++|\\[^()])++)\\\)", re.DOTALL)),
    # Money is not a formula: no space inside the marks, no digit right outside them.
    ("$", re.compile(r"(?<!\d)\$(?!\s)((?:[^\\$]++|\\.)++)(?<!\s)\$(?!\d)", re.DOTALL)),
)
_BLOCK = dict(_INLINE[:2])
_CLOSING = {"$$": "$$", "\\[": "\\]"}


def _inline_rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    for mark, pattern in _INLINE:
        match = pattern.match(state.src, state.pos, state.posMax)
        if match is None or not match[1].strip():
            continue
        if not silent:
            token = state.push("formula", "math", 0)
            token.content = match[0]
            token.info = match[1]
            token.markup = mark
        state.pos = match.end()
        return True
    return False


def _last_line(state: StateBlock, start: int, end: int, mark: str) -> int | None:
    """Return the line that closes the formula opened on line ``start``, or None."""
    for line in range(start, end):
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
        is_new_opening = line > start and text.startswith(mark) and text != _CLOSING[mark]
        if not text or is_new_opening or (line > start and state.sCount[line] < state.blkIndent):
            return None
        if text.endswith(_CLOSING[mark]) and (line > start or len(text) > len(mark)):
            return line
    return None


def _block_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    begin = state.bMarks[start] + state.tShift[start]
    mark = state.src[begin : begin + 2]
    if mark not in _CLOSING or state.is_code_block(start):
        return False
    last = _last_line(state, start, end, mark)
    if last is None:
        return False
    match = _BLOCK[mark].fullmatch(state.getLines(start, last + 1, state.blkIndent, False).strip())
    if match is None or not match[1].strip():
        return False
    if not silent:
        token = state.push("formula_block", "math", 0)
        token.content, token.info, token.markup = match[0], match[1], mark
        token.map = [start, last + 1]
    state.line = last + 1
    return True


def _render_inline(
    renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    shown = mathml(token.info, display=token.markup in _CLOSING)
    return shown or f'<code dir="ltr">{escape(token.content, quote=False)}</code>'


def _render_block(
    renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    shown = mathml(token.info, display=True)
    if shown is None:
        return f'<pre dir="ltr"><code>{escape(token.content, quote=False)}</code></pre>\n'
    return f"<p>{shown}</p>\n"


def formulas_plugin(md: MarkdownIt) -> None:
    """Teach ``md`` the four pairs of formula marks; bad LaTeX comes out as its source in ``<code>``."""
    md.inline.ruler.before("escape", "formula", _inline_rule)
    md.block.ruler.before(
        "fence", "formula_block", _block_rule, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    md.add_render_rule("formula", _render_inline)
    md.add_render_rule("formula_block", _render_block)
