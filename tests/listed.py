"""Read rendered HTML as a page would, and hold it against the list of what may come out."""

from html.parser import HTMLParser

from arena.core import render

LISTED = {
    name: {*render.ATTRIBUTES.get(name, ()), *render.ATTRIBUTE_VALUES.get(name, {})}
    | ({"class"} if name in render.CLASSES else set())
    for name in render.TAGS
}


class Reader(HTMLParser):
    """Collects what a page would build."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.text = [], [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in {"br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(f"comment {data!r}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_on_the_list(html: str) -> Reader:
    page = Reader(html)
    assert not page.open
    for tag, attributes in page.elements:
        assert tag in LISTED, tag
        assert attributes.keys() <= LISTED[tag], (tag, attributes)
        classes = set((attributes.get("class") or "").split())
        assert classes <= render.CLASSES.get(tag, set()), (tag, classes)
    return page
