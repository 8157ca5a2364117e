"""Write HTML: every text is escaped here, so a page cannot forget to."""

from collections.abc import Iterable, Mapping
from html import escape


class Html(str):
    """Text that is already HTML; everything else gets escaped."""

    __slots__ = ()


Part = str | Html | None


def safe(part: Part) -> Html:
    """Return ``part`` as HTML: escaped, unless it is HTML already; nothing for None."""
    if part is None:
        return Html("")
    return part if isinstance(part, Html) else Html(escape(part, quote=True))


def join(parts: Iterable[Part]) -> Html:
    """Return the parts one after the other."""
    return Html("".join(safe(part) for part in parts))


def tag(name: str, *content: Part, **attributes: str | None) -> Html:
    """Return one element; an attribute that is None is left out.

    Python's words end in an underscore (``class_``); hyphens are underscores (``aria_label``).
    """
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    written = "".join(f' {key}="{safe(value)}"' for key, value in given.items() if value is not None)
    return Html(f"<{name}{written}>{join(content)}</{name}>")


def link(text: Part, href: str, class_: str | None = None) -> Html:
    """Return a link."""
    return tag("a", text, href=href, class_=class_)


def fill(sentence: str, values: Mapping[str, Part]) -> Html:
    """Put values into the ``{places}`` of a sentence from the catalogue, escaping both."""
    return Html(escape(sentence, quote=True).format_map({key: safe(value) for key, value in values.items()}))


def paragraphs(*sentences: str, class_: str | None = None) -> Html:
    """Return a paragraph for each sentence."""
    return join(tag("p", sentence, class_=class_) for sentence in sentences)


def code_block(code: str) -> Html:
    """Return lines of code; wide ones scroll, so the block can have the focus."""
    return tag("pre", tag("code", code), tabindex="0")
