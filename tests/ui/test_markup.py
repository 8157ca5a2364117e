"""What goes into a page is escaped, whoever wrote it."""

import pytest

from arena.ui.markup import Html, code_block, fill, join, link, safe, tag

HOSTILE = "<img src=x onerror=alert(1)>\"'&"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;"


@pytest.mark.parametrize(
    "html",
    [
        safe(HOSTILE),
        join([HOSTILE]),
        tag("p", HOSTILE),
        tag("p", title=HOSTILE),
        link(HOSTILE, "/"),
        link("text", HOSTILE),
        fill("before {name} after", {"name": HOSTILE}),
        code_block(HOSTILE),
    ],
)
def test_text_is_escaped_in_every_place(html):
    assert ESCAPED in html
    assert "<img" not in html


def test_html_is_not_escaped_again():
    assert tag("p", tag("b", "&")) == "<p><b>&amp;</b></p>"
    assert fill("{x}", {"x": Html("<b>")}) == "<b>"


def test_sentence_itself_is_escaped():
    assert fill("a < b {x}", {"x": "c"}) == "a &lt; b c"


def test_place_of_a_value_is_not_filled_twice():
    assert fill("{x}", {"x": "{y}"}) == "{y}"


def test_attribute_that_is_none_is_left_out():
    assert tag("a", "x", href="/", class_=None, aria_current=None) == '<a href="/">x</a>'


def test_hyphens_and_reserved_words_become_attributes():
    assert tag("i", class_="c", aria_label="l") == '<i class="c" aria-label="l"></i>'
