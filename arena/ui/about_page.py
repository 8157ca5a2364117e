"""What this is, what it promises, how the numbers come about, what is kept about you."""

from arena.ui.markup import join, paragraphs, tag
from arena.ui.page import add_heading, add_html
from arena.ui.words import words

# Headings with how many paragraphs or points each has.
SECTIONS = (("why", 2), ("promises", 5), ("ratings", 5), ("outputs", 2), ("data", 5), ("who", 2))
_AS_POINTS = ("promises", "data")


def add_about_page() -> None:
    """Add the page; it changes with the words only."""
    add_heading("about")
    add_html(join(_section(name, count) for name, count in SECTIONS))


def _section(name: str, count: int) -> str:
    w = words()
    sentences = [w[f"about.{name}.{number}"] for number in range(1, count + 1)]
    points = tag("ul", *(tag("li", sentence) for sentence in sentences))
    content = points if name in _AS_POINTS else paragraphs(*sentences)
    return join([tag("h2", w[f"about.{name}.title"], id=name), content])
