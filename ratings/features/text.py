"""Style features of a text: how long it is and how much it is formatted.

Markup is counted outside fenced code, where a ``#`` or a ``*`` is not markup; the length is that of the whole
text. The counts are the usual ones of style-controlled leaderboards, with words in place of tokens.
"""

import re
from collections.abc import Mapping

TEXT_FEATURES = ("length", "headers", "ordered", "unordered", "bold")
"""Names of the features, in the order of ``text_features``."""

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts written without spaces (Thai, Lao, Burmese, Khmer, kana, Han): each character counts as a word."""

WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+(?:['’][^\W{UNSPACED}]+)*")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")

# Blanks inside a line only: a run of empty lines is then read once, however long a hostile text makes it.
MARKUP: Mapping[str, re.Pattern[str]] = {
    "headers": re.compile(r"^#{1,6}[^\S\n]", re.M),
    "ordered": re.compile(r"^[^\S\n]*[0-9]+\.[^\S\n]", re.M),
    "unordered": re.compile(r"^[^\S\n]*[-*+][^\S\n]", re.M),
    "bold": re.compile(r"\*\*[^*\n]+\*\*|__[^_\n]+__"),
}


def text_features(text: str) -> dict[str, float]:
    """Count the style features of a Markdown text.

    Returns
    -------
    dict of str to float
        ``length``: words of the whole text, code included; a word is a run of letters, digits and
        underscores, with apostrophes inside it, and each character of a script written without spaces.
        ``headers``, ``ordered`` and ``unordered`` (list items) and ``bold`` (spans): outside fenced code.
    """
    prose = without_code(text)
    counts = {"length": float(sum(1 for _ in WORD.finditer(text)))}
    counts |= {name: float(sum(1 for _ in pattern.finditer(prose))) for name, pattern in MARKUP.items()}
    return counts


def without_code(text: str) -> str:
    """Return the text without its fenced code blocks, fences included.

    A block ends at a fence of the same character, at least as long and with nothing behind it, or with the
    text: shorter or other fences inside belong to the code.
    """
    kept: list[str] = []
    fence = ""
    for line in text.split("\n"):
        found = FENCE.match(line)
        marks, behind = found.groups() if found else ("", "")
        if fence:
            if marks.startswith(fence) and not behind.strip():
                fence = ""
        elif marks and not (marks[0] == "`" and "`" in behind):  # ```x``` on one line is a code span
            fence = marks
        else:
            kept.append(line)
    return "\n".join(kept)
