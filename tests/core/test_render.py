"""Ordinary Markdown, as a reader sees it."""

import re

import pytest

from arena.core import render
from arena.core.render import output_css, render_markdown, text_direction
from tests.listed import Reader, assert_on_the_list


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* **c** ~~d~~", "<p>a <em>b</em> <strong>c</strong> <s>d</s></p>"),
        ("roses are red\nviolets are blue", "<p>roses are red<br>\nviolets are blue</p>"),
        ("`a<b`", '<p><code dir="ltr">a&lt;b</code></p>'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("- a\n  - b", "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>"),
        ("---", "<hr>"),
        ("    x = 1", '<pre dir="ltr"><code>x = 1\n</code></pre>'),
        ("```\nx < 1\n```", '<pre dir="ltr"><code>x &lt; 1\n</code></pre>'),
        ("<b>not markup</b>", "<p>&lt;b&gt;not markup&lt;/b&gt;</p>"),
        ("", ""),
    ],
)
def test_markdown_renders(text, html):
    assert render_markdown(text).rstrip("\n") == html


def test_table_keeps_its_alignment_without_a_style():
    page = assert_on_the_list(render_markdown("| a | b | c |\n|:--|:-:|--:|\n| 1 | **2** | 3 |"))
    cells = [attributes for tag, attributes in page.elements if tag in {"th", "td"}]
    assert cells == [{"align": "left"}, {"align": "center"}, {"align": "right"}] * 2


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("# a\n## b\n### c", ["h3", "h4", "h5"]),
        ("### a\n# b", ["h4", "h3"]),
        ("###### only", ["h3"]),
        ("# a\n#### b\na\n===", ["h3", "h4", "h3"]),
        ("# a\n## b\n### c\n#### d\n##### e", ["h3", "h4", "h5", "h6", "h6"]),
    ],
)
def test_headings_start_at_h3_and_skip_no_level(text, tags):
    assert [tag for tag, _ in Reader(render_markdown(text)).elements] == tags


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[the *site*](https://a.example/x%20y 'title')", "the site (https://a.example/x y)"),
        ("[https://a.example](https://a.example)", "https://a.example"),
        ("<https://a.example>", "https://a.example"),
        ("<x@a.example>", "x@a.example"),
        ("[here]()", "here"),
        ("[ref][1]\n\n[1]: #part", "ref (#part)"),
        ("![a *small* cat\non `x`](https://a.example/p.png)", "a small cat on x"),
        ("[![logo](p.png)](https://a.example)", "logo (https://a.example)"),
        ("![out ![in](x)](y)", "out in"),
        ("[click](javascript:alert(1))", "[click](javascript:alert(1))"),
    ],
)
def test_links_and_images_become_words(text, words):
    assert Reader(render_markdown(text)).text.strip() == words


def test_every_class_that_comes_out_has_a_rule_scoped_to_outputs():
    css = output_css()
    for name in set().union(*render.CLASSES.values()):
        assert f".{name} {{" in css
    assert all(re.match(r"(\.dark )?\.output ", line) for line in css.splitlines())


@pytest.mark.parametrize(
    ("text", "language", "direction"),
    [
        ("Hello", "ar", "ltr"),
        ("# 1. مرحبا world", "en", "rtl"),
        ("«שלום»", "en", "rtl"),
        ("123 + 4", "ar-EG", "rtl"),
        ("123 + 4", "en", "ltr"),
        ("", "he", "rtl"),
        ("你好", "fa", "ltr"),
    ],
)
def test_direction_is_that_of_the_first_strong_character(text, language, direction):
    assert text_direction(text, language) == direction
