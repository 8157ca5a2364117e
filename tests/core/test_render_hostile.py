"""Outputs are written by anyone; what reaches a page is words, layout and colour, and nothing that acts."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.core import render
from arena.core.render import RenderRefused, render_markdown
from tests.browser import launched_browser
from tests.listed import LISTED, assert_on_the_list

# An output in the browser test acts if it sets `acted`, asks `tracker.example` for anything, or leaves a
# tag or an attribute that is not on the list.
HOSTILE = {
    "script": "<script>acted = 1</script>",
    "event handler": '<img src=x onerror="acted=1"><b onmouseover=acted=1 style=position:fixed>hi</b>',
    "javascript link": "[click](javascript:acted=1) [tab](java\tscript:acted=1) <javascript:acted=1>",
    "encoded link": "[x](&#106;avascript:acted=1) [y](&#x6A&#x61vascript:acted=1) [z](vbscript:acted)",
    "data link": "[x](data:text/html;base64,PHNjcmlwdD5hY3RlZD0xPC9zY3I+) ![y](data:image/svg+xml,<svg/>)",
    "tracker": "![pixel](https://tracker.example/p.png) [![a](//tracker.example/a)](http://tracker.example)",
    "reference tracker": "![p][1] [go][1]\n\n[1]: https://tracker.example/p.png 'onload=acted=1'",
    "svg": "<svg onload=acted=1><a xlink:href='javascript:acted=1'>x</a><animate onbegin=acted=1>",
    "mathml": "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=acted=1>'>",
    "mathml link": "<math href='javascript:acted=1'><maction actiontype='statusline#x'>x</maction></math>",
    "latex markup": r"$\text{<img src=x onerror=acted=1>}$ $$a <script>acted=1</script> b$$ \(<b>\)",
    "latex link": r"$\href{javascript:acted=1}{x}$ \[\style{position:fixed;inset:0}{x}\] $\class{vote}{y}$",
    "latex reference": r"$\unicode{x3c}script\unicode{62}$ $\text{&lt;img src=x onerror=acted=1&gt;}$",
    "id clobbering": '<a id="vote-a" name=vote>x</a> <form id=acted><input name=action></form> # x {#vote-a}',
    "overlay": "<style>*{display:none}</style><div style='position:fixed;inset:0'>x</div><dialog open>",
    "form": "<form action=https://tracker.example><input type=password><button>Log in</button></form>",
    "frames": "<iframe srcdoc='<script>parent.acted=1</script>'></iframe><object data=x><embed src=x>",
    "head": "<base href=//tracker.example><meta http-equiv=refresh content='0;//tracker.example'>",
    "unclosed": "</div></main><div class='a\n\n<!-- <p> ]]> --!> <textarea><title><noscript><plaintext>",
    "nested markup": "<<script>script>acted=1</</script>script> **<b**>** `<img onerror=acted=1>`` [<a](<b>)",
    "fence": '```html" onload="acted=1\n<script>acted=1</script>\n```\n\n~~~"><img/onerror=acted=1>\nx\n~~~',
    "entities": "&lt;script&gt;acted=1&lt;/script&gt; &#60;img src=x onerror=acted=1&#62; &amp;lt;b&amp;gt;",
    "table": "|<b onclick=acted=1>|\n|:-:|\n|<img src=x onerror=acted=1>|\n\n> <script>\n> acted=1",
    "autolink": "<https://tracker.example/?q=<script>> <x@tracker.example> <data:text/html,acted>",
}
NEVER = {
    "a",
    "img",
    "script",
    "style",
    "iframe",
    "svg",
    "form",
    "input",
    "annotation-xml",
    "mglyph",
    "maction",
}
NEVER_ATTRIBUTES = {"id", "name", "style", "href", "src", "title", "onclick", "onerror", "actiontype"}


def test_list_holds_nothing_that_acts():
    assert not NEVER & LISTED.keys()
    assert not NEVER_ATTRIBUTES & set().union(*LISTED.values())


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_leaves_only_what_is_listed(text):
    html = render_markdown(text)
    assert_on_the_list(html)
    assert render._CLEANER.clean(html) == html


@settings(deadline=None)  # the time depends on the machine
@given(
    st.text()
    | st.lists(st.sampled_from([*HOSTILE.values(), *" \n>-|#*`$[](){}!\\&<", "```py\n"])).map("".join)
)
def test_any_text_leaves_only_what_is_listed(text):
    try:
        html = render_markdown(text)
    except RenderRefused:
        assert re.search("[\ud800-\udfff]", text)
        return
    assert_on_the_list(html)
    assert render._CLEANER.clean(html) == html


@pytest.mark.browser
def test_hostile_texts_do_nothing_in_a_real_browser():
    inspect = """html => {
        const box = document.getElementById("box")
        box.innerHTML = html
        const found = [...box.querySelectorAll("*")].map(node =>
            [node.localName, [...node.attributes].map(each => each.name)])
        for (const node of box.querySelectorAll("*")) node.click?.()
        return {found, children: document.body.children.length, title: document.title}
    }"""
    asked = []
    with launched_browser() as browser:
        page = browser.new_page()
        page.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
        page.set_content("<title>t</title><body><div id=box class=output></div></body>")
        for text in HOSTILE.values():
            seen = page.evaluate(inspect, render_markdown(text))
            for tag, attributes in seen["found"]:
                assert tag in LISTED
                assert set(attributes) <= LISTED[tag]
            assert (seen["children"], seen["title"]) == (1, "t")
        page.wait_for_load_state("load")
        assert page.evaluate("typeof acted") == "undefined"
        assert asked == []
        # The same page with raw markup does act: the test can fail.
        page.evaluate(inspect, HOSTILE["event handler"])
        page.wait_for_function("typeof acted !== 'undefined'")


# Bounds


def test_text_over_the_limit_is_refused():
    render_markdown("é" * 100_000)
    with pytest.raises(RenderRefused, match=r"200,002 bytes; at most 200,000"):
        render_markdown("é" * 100_001)


def test_text_that_would_grow_without_measure_is_refused(monkeypatch):
    assert render.MAX_HTML == 2_000_000
    monkeypatch.setattr(render, "MAX_HTML", 20_000)
    assert render_markdown("$x^{2}$ " * 100)
    with pytest.raises(RenderRefused, match=r"more than 20,000 bytes of HTML; use fewer table cells"):
        render_markdown("$x^{2}$ " * 250)


def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(RenderRefused, match=r"character 3 is half of a surrogate pair"):
        render_markdown("ab\ud83d")


BOMBS = {
    "quotes": ">",
    "lists": "- ",
    "lines": "- a\n",
    "brackets": "[",
    "links": "[a](",
    "images": "![",
    "nested images": "![" * 40 + "](a)" * 40 + "\n\n",
    "emphasis": "*a**b",
    "table": "|a|b|\n|-|-|\n",
    "dollars": "$a ",
    "display dollars": "$$a\n",
    "parentheses": "\\(",
    "square brackets": "\\[\n",
    "both displays": "\\[\n$$\n",
    "formulas": "$\\frac12$\n",
    "code": "```css\n" + '"\\' * 1_000 + "\n```\n",
}


def seconds_for(text: str) -> float:
    """Processor time, the better of two: another program on the machine does not count."""
    seconds = []
    for _ in range(2):
        start = time.process_time()
        render_markdown(text)
        seconds.append(time.process_time() - start)
    return min(seconds)


@pytest.mark.parametrize("unit", BOMBS.values(), ids=BOMBS)
def test_work_grows_in_proportion_to_the_text(unit):
    n = max(2_000 // len(unit), 1)
    # Proportional growth makes this 8, quadratic growth 64; the constant covers the smallest times.
    assert seconds_for(unit * n * 8) < 20 * seconds_for(unit * n) + 0.1


STACKS = {
    "quotes": ">" * 200_000,
    "lists": "- " * 100_000,
    "stairs": "".join("  " * depth + "- a\n" for depth in range(400)),
    "brackets": "[" * 5_000 + "]" * 5_000,
    "images": "![" * 2_000 + "](a)" * 2_000,
    "strong": "**a " * 10_000 + "**" * 10_000,
    "braces": "$" + "{" * 199_000 + "$",
    "roots": "$" + r"\sqrt" * 790 + "1$",
    "few roots": "$" + r"\sqrt" * 150 + "1$",
}


@pytest.mark.parametrize("text", STACKS.values(), ids=STACKS)
def test_deep_nesting_overflows_no_stack(text):
    assert_on_the_list(render_markdown(text))
