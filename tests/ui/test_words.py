"""The catalogue and the sources fit together: nothing is missing, nothing is left over."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest

from arena.core.export import COLUMNS as VOTE_COLUMNS
from arena.core.openness_spec import Level, OpennessSpec
from arena.core.words import Choice, Modality, Origin
from arena.ui import words as words_module
from arena.ui.about_page import SECTIONS
from arena.ui.contestant_cards import PRICES
from arena.ui.data_page import LEADERBOARD_COLUMNS
from arena.ui.rating_table import COLUMNS
from arena.ui.words import words, words_for

FOLDER = Path(str(files("arena.ui")))
SOURCES = [path for suffix in ("*.py", "loop/*.js", "loop/*.html") for path in sorted(FOLDER.glob(suffix))]
LANGUAGES = sorted(path.stem for path in (FOLDER / "words").glob("*.json"))
# A key stands in quotes, in a word of Python, JavaScript or an attribute of HTML.
KEY = re.compile(r"""["'`]([a-z_]+(?:\.[a-z0-9_]+)+)["'`]""")

# Keys that are put together when the program runs, with every value that the part can have.
COMPOSED = {
    *(f"origin.{origin}" for origin in get_args(Origin) if origin != "human"),
    *(f"board.look.marks.{modality}" for modality in get_args(Modality)),
    *(f"modality.{modality}" for modality in get_args(Modality)),
    *(f"count.{name}" for name in ("prompts", "contestants", "votes", "voters")),
    *(f"{page}.{part}" for page in ("board", "categories", "data", "about") for part in ("title", "lead")),
    *(f"board.column.{column}" for column in COLUMNS),
    *(
        f"cards.{name}"
        for name in ("family", "provider", "kind", "licence", "released", "price", "openness", "url")
    ),
    *(f"cards.kind.{kind}" for kind in ("model", "tool", "style")),
    *(f"cards.price.{name}" for name in PRICES),
    *(f"cards.openness.{name}" for name in (*OpennessSpec.model_fields, *get_args(Level))),
    *(f"board.state.{state}" for state in ("preliminary", "not_enough_votes", "not_comparable")),
    *(f"board.meaning.near.{note}" for note in ("these_prompts", "these_few_voters")),
    *(f"board.meaning.rank.{method}" for method in ("step_down_max_t", "interval_overlap")),
    *(f"data.leaderboard.{column}" for column in (*LEADERBOARD_COLUMNS, "title")),
    *(f"data.votes.{column}" for column in (*VOTE_COLUMNS, "title")),
    *(f"about.{name}.title" for name, _ in SECTIONS),
    *(f"about.{name}.{number}" for name, count in SECTIONS for number in range(1, count + 1)),
    *(f"propose.wrong.{field}" for field in ("title", "question", "modality", "why", "prompts", "contact")),
    *(f"loop.sentence.{choice}" for choice in get_args(Choice)),
    *(f"loop.{kind}.{why}" for kind in ("retry", "load", "undo") for why in ("offline", "server", "limit")),
    *(f"loop.refused.{status}" for status in (404, 409, 410)),
    *(f"loop.refused.earlier.{status}" for status in (404, 409, 410, "other")),
    *(f"loop.rhythm.{rhythm}.hint" for rhythm in ("look", "flow")),
    "language.en",
}


# The script hands these on, and the rest of the key is put behind them.
BEGINNINGS = {"loop.load", "loop.retry"}


def written_keys() -> set[str]:
    tops = {key.split(".")[0] for key in words()}
    found = {key for path in SOURCES for key in KEY.findall(path.read_text(encoding="utf-8"))} - BEGINNINGS
    return {
        key
        for key in found
        if key.split(".")[0] in tops and not key.endswith((".css", ".csv", ".html", ".js"))
    }


def test_every_key_that_is_used_exists():
    assert not (written_keys() | COMPOSED) - words().keys()


def test_every_key_that_exists_is_used():
    assert not words().keys() - written_keys() - COMPOSED


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_and_places(language):
    place = re.compile(r"\{(\w*)\}")
    for key, text in words().items():
        assert text.strip(), key
        assert sorted(place.findall(words(language)[key])) == sorted(place.findall(text)), key
    assert words(language).keys() == words().keys()


def test_no_key_stands_twice_in_a_catalogue():
    for language in LANGUAGES:
        text = (FOLDER / "words" / f"{language}.json").read_text(encoding="utf-8")
        pairs = json.loads(text, object_pairs_hook=list)
        assert len(pairs) == len(dict(pairs))


def test_catalogue_cannot_be_changed_by_a_page():
    with pytest.raises(TypeError):
        words()["site.title"] = "Other"


def test_unknown_language_is_an_error():
    with pytest.raises(FileNotFoundError):
        words("tlh")


def test_part_for_the_script_holds_its_keys_only():
    part = words_for("loop.")
    assert part
    assert all(key.startswith("loop.") for key in part)


def test_markup_of_the_loop_holds_no_sentence():
    html = (FOLDER / "loop" / "loop.html").read_text(encoding="utf-8")
    texts = [text.strip() for text in re.findall(r">([^<>]+)<", html) if text.strip()]
    assert all(re.fullmatch(r"[←→↓?]|[A-Z]|Enter", text) for text in texts), texts
    labels = re.findall(r'(?<!data-)\b(?:aria-label|title|alt|placeholder)="([^"]*)"', html)
    assert not labels


def test_scripts_of_the_loop_hold_no_sentence():
    for path in sorted((FOLDER / "loop").glob("*.js")):
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        strings = re.findall(r'"([^"\n]*)"', code)
        sentences = [text for text in strings if re.search(r"[a-z] [a-z]+ [a-z]", text)]
        assert not [text for text in sentences if text not in ("no words for ",)], path.name


def test_loader_reads_the_package_and_not_the_working_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    words_module.words.cache_clear()
    assert words()["site.title"] == "Paragone"
