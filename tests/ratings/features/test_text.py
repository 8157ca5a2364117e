import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.features.text import TEXT_FEATURES, text_features, without_code

NESTED = """# Title

Some **bold** and __strong__ words, not ** open.

1. one
2. two
   - inner

````markdown
# not a header
```python
* not a list **not bold**
```
````

* last
"""


def markup(text):
    found = text_features(text)
    return tuple(int(found[name]) for name in TEXT_FEATURES[1:])


def test_a_text_counted_by_hand():
    """One header; items 1 and 2; inner and last; bold and strong. The code is no markup."""
    assert markup(NESTED) == (1, 2, 2, 2)
    assert tuple(text_features(NESTED)) == TEXT_FEATURES


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("  \n", 0),
        ("Three plain words.", 3),
        ("don't can’t 'quoted'", 3),
        ("x_1 = 3.5", 3),
        ("Überraschung für Ça", 3),
        ("你好,世界", 4),
        ("GPU是什么", 4),
        ("``` \ncode counts\n```", 2),
    ],
)
def test_length_is_in_words_and_in_characters_where_a_script_has_no_spaces(text, words):
    assert text_features(text)["length"] == words


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("# h", (1, 0, 0, 0)),
        ("###### h", (1, 0, 0, 0)),
        ("####### h", (0, 0, 0, 0)),
        ("#tag", (0, 0, 0, 0)),
        ("1. x", (0, 1, 0, 0)),
        ("  12. x", (0, 1, 0, 0)),
        ("1.5 x", (0, 0, 0, 0)),
        ("- x", (0, 0, 1, 0)),
        ("\t+ x", (0, 0, 1, 0)),
        ("-x", (0, 0, 0, 0)),
        ("**a** and __b__", (0, 0, 0, 2)),
        ("**a\nb**", (0, 0, 0, 0)),
        ("* **a**", (0, 0, 1, 1)),
    ],
)
def test_each_kind_of_markup(line, expected):
    assert markup(line) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n```\nb\n```\nc", "a\nc"),
        ("a\n~~~\nb\n```\n~~~\nc", "a\nc"),
        ("a\n```\nb", "a"),
        ("```one line``` # text", "```one line``` # text"),
        ("    ```\nindented four", "    ```\nindented four"),
        ("```\nb\n``` not the end\n```\nc", "c"),
    ],
)
def test_fences_open_and_close_as_in_markdown(text, expected):
    assert without_code(text) == expected


@settings(max_examples=50)
@given(st.text(alphabet="#*-_1. \nab", max_size=60), st.text(alphabet="#*-_1. `\nab", max_size=30))
def test_fenced_lines_are_no_markup_whatever_they_hold(text, code):
    fenced = f"{text}\n~~~~\n{code}\n~~~~\n"
    assert markup(fenced) == markup(text)
    assert text_features(fenced)["length"] >= text_features(text)["length"]


@pytest.mark.parametrize("unit", ["\n", " ", "*", "**a", "_", "`", "1", "```\n", "'"])
def test_a_long_hostile_text_is_read_once(unit):
    """Read once for each line or mark, these would take minutes."""
    assert text_features(unit * 200_000)["length"] <= 200_000
