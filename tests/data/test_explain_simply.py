"""`explain-simply`: both formats hold the same words, and no text tells who wrote it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
OUTPUTS = ROOT / "pregenerated" / "explain-simply"
RECIPE = ROOT / "pregenerated" / "recipes" / "explain_simply" / "write.py"
CONTENTS = ("everyday", "stepwise", "storyline")
FORMATS = ("plain", "markdown")
SLUGS = tuple(f"{content}-{form}" for content in CONTENTS for form in FORMATS)
MARKUP = re.compile(r"^#+ |^- |^\d+\. |\*+", re.MULTILINE)
SELF_DESCRIPTION = re.compile(
    r"\b(everyday|stepwise|step by step|storyline|story|plain|markdown|analogy|metaphor|comparison)\b",
    re.IGNORECASE,
)


def json_lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def texts(slug: str) -> dict[str, str]:
    return {str(line["prompt_id"]): str(line["text"]) for line in json_lines(OUTPUTS / f"{slug}.jsonl")}


PROMPT_IDS = [str(line["id"]) for line in json_lines(ROOT / "prompts" / "explain-simply" / "prompts.jsonl")]


def words(text: str) -> list[str]:
    return [word.strip(".,:?!") for word in text.split()]


def tags(text: str) -> set[str]:
    return {token.tag for token in MarkdownIt().parse(text) if token.nesting == 1}


def test_there_are_eight_prompts_and_six_contestants() -> None:
    assert [f"explain-simply-{n:03d}" for n in range(1, 9)] == PROMPT_IDS
    assert {path.stem for path in OUTPUTS.iterdir()} == set(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_contestant_answers_every_prompt_once(slug: str) -> None:
    lines = json_lines(OUTPUTS / f"{slug}.jsonl")
    assert [line["prompt_id"] for line in lines] == PROMPT_IDS
    assert {line["sample"] for line in lines} == {1}
    content = slug.rpartition("-")[0]
    assert all(line["settings"] == {"style_guide": f"explain-simply/{content}"} for line in lines)


@pytest.mark.parametrize("prompt_id", PROMPT_IDS)
@pytest.mark.parametrize("content", CONTENTS)
def test_both_formats_hold_the_same_words_in_the_same_order(content: str, prompt_id: str) -> None:
    markdown = texts(f"{content}-markdown")[prompt_id]
    plain = texts(f"{content}-plain")[prompt_id]
    bare = MARKUP.sub("", markdown)
    assert words(bare) == words(plain)
    open_headings = len(re.findall(r"^## .*[^.?!\n]$", markdown, re.MULTILINE))
    assert len("".join(bare.split())) + open_headings == len("".join(plain.split()))


@pytest.mark.parametrize("prompt_id", PROMPT_IDS)
@pytest.mark.parametrize("content", CONTENTS)
def test_markdown_has_headings_a_list_and_bold_words(content: str, prompt_id: str) -> None:
    markdown = texts(f"{content}-markdown")[prompt_id]
    assert tags(markdown) & {"ul", "ol"}
    assert 2 <= len(re.findall(r"^## ", markdown, re.MULTILINE)) <= 3
    assert re.search(r"\*\*[^*]+\*\*", markdown)


@pytest.mark.parametrize("prompt_id", PROMPT_IDS)
@pytest.mark.parametrize("content", CONTENTS)
def test_plain_is_two_to_four_paragraphs_and_nothing_else(content: str, prompt_id: str) -> None:
    plain = texts(f"{content}-plain")[prompt_id]
    assert tags(plain) == {"p"}
    assert not re.search(r"[*_#`<>]", plain)
    paragraphs = plain.split("\n\n")
    assert 2 <= len(paragraphs) <= 4
    assert all("\n" not in paragraph and paragraph[-1] in ".?!" for paragraph in paragraphs)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_text_is_between_130_and_220_words(slug: str) -> None:
    lengths = {i: len(MARKUP.sub("", text).split()) for i, text in texts(slug).items()}
    assert {i: n for i, n in lengths.items() if not 130 <= n <= 220} == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_no_text_names_or_describes_its_contestant(slug: str) -> None:
    assert {i: m.group() for i, text in texts(slug).items() if (m := SELF_DESCRIPTION.search(text))} == {}


def test_the_plain_contestant_is_the_flagship_of_each_family() -> None:
    files = sorted((ROOT / "pregenerated").glob("contestants*.yaml"))
    declared = {c["slug"]: c for path in files for c in yaml.safe_load(path.read_text(encoding="utf-8"))}
    for slug in SLUGS:
        content, _, form = slug.rpartition("-")
        assert declared[slug]["family"] == content
        assert declared[slug]["flagship"] is (form == "plain")


def test_running_the_recipe_again_changes_nothing() -> None:
    done = subprocess.run([sys.executable, RECIPE, "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
