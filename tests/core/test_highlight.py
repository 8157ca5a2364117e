"""Code in outputs: colours by class, readable on both grounds, never another character."""

import re

import pytest
from pygments.lexers import get_lexer_by_name

from arena.core import highlight
from arena.core.render import pygments_css, render_markdown
from tests.listed import Reader


def test_code_is_coloured_by_classes():
    html = render_markdown('```python\ndef f():\n    return "<a>"  # why\n```')
    assert '<span class="hl-keyword">def </span><span class="hl-function">f</span>' in html
    assert '<span class="hl-string">"&lt;a&gt;"' in html


@pytest.mark.parametrize("lexer", sorted(set(highlight.LEXERS.values())))
def test_every_lexer_exists_and_colouring_changes_no_character(lexer):
    assert get_lexer_by_name(lexer)
    code = "\n\n  if x == 1:  // <a href='b'>&amp;</a> # y\n\t+ \"z\" {é}\n\n"
    language = next(name for name, value in highlight.LEXERS.items() if value == lexer)
    assert Reader(highlight.highlight(code, language)).text == code


@pytest.mark.parametrize("info", ["", "nonsense", "Python3000", '"><b>'])
def test_unknown_language_stays_plain(info):
    assert "<span" not in render_markdown(f"```{info}\nif x: pass\n```")


def test_long_code_stays_plain():
    line = "x = 1\n"
    assert "<span" in highlight.highlight(line * 1_000, "python")
    assert "<span" not in highlight.highlight(line * 2_000, "python")
    blocks = f"```python\n{line * 1_300}```\n\n" * 7
    assert render_markdown(blocks).count('hl-number">1\n<') == 1_300 * 5


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scope", [".output", ".dark .output"])
def test_every_code_colour_has_aa_contrast(scope):
    rules = dict(re.findall(rf"^{re.escape(scope)} (\S+) {{ (.*) }}$", pygments_css(), re.MULTILINE))
    ground, plain = re.findall("#[0-9a-f]{6}", rules.pop("pre"))
    colours = [plain, *(re.search("#[0-9a-f]{6}", rule)[0] for rule in rules.values())]
    assert {name.removeprefix(".") for name in rules} == highlight.CLASSES
    for colour in colours:
        dark, light = sorted([luminance(colour), luminance(ground)])
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (scope, colour)
