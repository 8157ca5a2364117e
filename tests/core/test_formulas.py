"""LaTeX in outputs: found where people write it, shown as MathML, or left as its source."""

from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.core import render
from arena.core.mathml import mathml
from arena.core.render import render_markdown
from tests.listed import Reader, assert_on_the_list


@pytest.mark.parametrize(
    ("text", "display"),
    [
        ("a $x^2$ b", "inline"),
        (r"a \(x^2\) b", "inline"),
        ("a $$x^2$$ b", "block"),
        (r"a \[x^2\] b", "block"),
        ("$$\nx^2\n$$", "block"),
        ("words\n$$\nx^2\n$$\nwords", "block"),
        ("\\[\nx^2\n\\]", "block"),
        ("[a $x^2$](#b)", "inline"),
        ("- item\n  $$\n  x^2\n  $$", "block"),
        ("> $$\n> x^2\n> $$", "block"),
        ("$$ x^2 $$", "block"),
        ("$$\nx^2\n$$ words", "block"),
    ],
)
def test_formula_becomes_mathml(text, display):
    page = assert_on_the_list(render_markdown(text))
    (attributes,) = [attributes for tag, attributes in page.elements if tag == "math"]
    assert attributes == {"display": display}
    assert [tag for tag, _ in page.elements if tag == "msup"]
    assert "$" not in page.text
    assert "\\" not in page.text


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 or $10.",
        "a $100 gift card, then $70 more",
        "US$ 5 and US$ 6",
        "`$x$` stays",
        r"\$x\$",
        r"\\(x\\)",
        "only one $ here",
        "$$ unclosed",
        "$$\nunclosed\n\nx",
        "$$\none\n\n$$two\n",
        r"\[ unclosed",
        "\\[\nopened \\[\n\nx",
        "$ $",
        "$$\n$$",
        r"\( \)",
        "- $$\n\nx\n$$",
        "    $$\n    x\n    $$",
    ],
)
def test_what_is_no_formula_stays_text(text):
    assert "<math" not in render_markdown(text)


@pytest.mark.parametrize(
    "latex",
    [
        r"\nosuchcommand{x}",
        r"\frac{1}",
        r"\left( x",
        "x_1_2",
        r"\begin{tikzpicture}x\end{tikzpicture}",
        r"\def\a{b}\a",
        r"\newcommand{\a}{xx}\a",
        r"\href{https://a.example}{x}",
        "{" * 900 + "}" * 900,
        "x+" * 2_001,
    ],
)
def test_bad_latex_is_shown_as_its_source(latex):
    assert mathml(latex, display=False) is None
    assert Reader(render_markdown(f"a ${latex}$ b")).text == f"a ${latex}$ b\n"
    assert f"<code>$$\n{escape(latex)}\n$$</code></pre>" in render_markdown(f"$$\n{latex}\n$$")


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\boxed{x}", '<mrow class="math-box">'),
        (r"\cancel{x}", '<mrow class="math-strike">'),
        (r"a < b \& \text{c<d}", "<mo>&lt;</mo>"),
        (r"\begin{aligned} a &= b \\[2pt] &= c \end{aligned}", '<mtd class="math-right">'),
        (r"\begin{gathered} a \\ b \end{gathered}", "<mtable>"),
        (r"\begin{dcases} a & b \\ c & d \end{dcases}", "<mtable>"),
        (r"\begin{equation} E = mc^2 \end{equation}", "<msup>"),
        (r"\color{red} x", "<mstyle><mi>x</mi></mstyle>"),
        (r"\hspace{900em} x", "<mspace></mspace>"),
    ],
)
def test_latex_fits_the_page(latex, expected):
    html = render_markdown(f"$${latex}$$")
    assert expected in html
    assert "\\" not in Reader(html).text
    assert "2pt" not in html


LATEX = (
    r"\frac \left( \right) \begin{matrix} \end{matrix} \sqrt \text \\ & \kern \rule \genfrac \limits \above"
)
LATEX += r" \color \raise \operatorname { } [ ] ^ _ ' a 1 < $"


@settings(deadline=None)  # the time depends on the machine
@given(st.lists(st.sampled_from([" ", *LATEX.split()])).map("".join))
def test_any_latex_is_shown_or_left_as_source(latex):
    shown = mathml(latex, display=True)
    if shown is not None:
        assert_on_the_list(render._CLEANER.clean(shown))
