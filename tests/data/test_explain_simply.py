"""`explain-simply` and `zh-explain`: same words in both formats, mistakes on record, no telling words."""

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "pregenerated" / "recipes"
FORMATS = ("plain", "markdown")
MARKUP = re.compile(r"^#+ |^- |^\d+\. |\*+", re.MULTILINE)


@dataclass(frozen=True)
class Texts:
    """One category of written texts, and how its language is counted."""

    slug: str
    contents: tuple[str, ...]
    planted: str
    prompts: int
    levels: int
    ends: str
    telling: re.Pattern[str]

    @property
    def prompt_ids(self) -> list[str]:
        lines = json_lines(ROOT / "prompts" / self.slug / "prompts.jsonl")
        return [str(line["id"]) for line in lines]

    @property
    def slugs(self) -> list[str]:
        return [f"{content}-{form}" for content in self.contents for form in FORMATS]

    @property
    def outputs(self) -> Path:
        return ROOT / "pregenerated" / self.slug

    def texts(self, slug: str) -> dict[str, str]:
        return {
            str(line["prompt_id"]): str(line["text"]) for line in json_lines(self.outputs / f"{slug}.jsonl")
        }

    def recipe_folder(self) -> Path:
        return RECIPES / self.slug.replace("-", "_")


def json_lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


ENGLISH = Texts(
    slug="explain-simply",
    contents=("everyday", "stepwise", "storyline"),
    planted="planted-mistake",
    prompts=20,
    levels=5,
    ends=".?!",
    telling=re.compile(
        r"\b(everyday|stepwise|step by step|storyline|story|plain|markdown|analogy|metaphor|comparison"
        r"|planted)\b",
        re.IGNORECASE,
    ),
)
CHINESE = Texts(
    slug="zh-explain",
    contents=("jiefang", "chaijie", "zhanggu"),
    planted="zh-planted-mistake",
    prompts=16,
    levels=4,
    ends="。？！",
    telling=re.compile(r"街坊|拆解|掌故|故事|纯文本|暗藏|markdown|jiefang|chaijie|zhanggu", re.IGNORECASE),
)
CATEGORIES = (ENGLISH, CHINESE)
WRITTEN = [
    pytest.param(texts, content, prompt_id, id=f"{content}-{prompt_id}")
    for texts in CATEGORIES
    for content in texts.contents
    for prompt_id in texts.prompt_ids
]
EACH = pytest.mark.parametrize("texts", CATEGORIES, ids=lambda texts: texts.slug)


def tags(text: str) -> set[str]:
    return {token.tag for token in MarkdownIt().parse(text) if token.nesting == 1}


def characters(text: str) -> int:
    return len("".join(text.split()))


@EACH
def test_every_level_has_at_least_four_prompts(texts: Texts) -> None:
    lines = json_lines(ROOT / "prompts" / texts.slug / "prompts.jsonl")
    assert texts.prompt_ids == [f"{texts.slug}-{n:03d}" for n in range(1, texts.prompts + 1)]
    levels = Counter(int(str(line["difficulty"])) for line in lines)
    assert sorted(levels) == list(range(1, texts.levels + 1))
    assert min(levels.values()) >= 4


@EACH
def test_seven_contestants_answer_every_prompt_once(texts: Texts) -> None:
    assert {path.stem for path in texts.outputs.glob("*.jsonl")} == {*texts.slugs, texts.planted}
    for slug in (*texts.slugs, texts.planted):
        lines = json_lines(texts.outputs / f"{slug}.jsonl")
        assert [line["prompt_id"] for line in lines] == texts.prompt_ids
        assert {line["sample"] for line in lines} == {1}


@EACH
def test_only_the_planted_contestant_has_mistakes_on_record(texts: Texts) -> None:
    for slug in texts.slugs:
        content = slug.rpartition("-")[0]
        for line in json_lines(texts.outputs / f"{slug}.jsonl"):
            assert line["settings"] == {"style_guide": f"{texts.slug}/{content}"}


@EACH
def test_a_planted_mistake_stands_once_in_its_text_and_nowhere_else(texts: Texts) -> None:
    others = "\n".join(text for slug in texts.slugs for text in texts.texts(slug).values())
    for line in json_lines(texts.outputs / f"{texts.planted}.jsonl"):
        settings = line["settings"]
        assert isinstance(settings, dict)
        assert set(settings) == {"style_guide", "planted_mistake", "in_truth"}
        assert str(line["text"]).count(settings["planted_mistake"]) == 1
        assert settings["planted_mistake"] not in others
        assert settings["in_truth"].endswith((".", "。"))


@pytest.mark.parametrize(("texts", "content", "prompt_id"), WRITTEN)
def test_both_formats_hold_the_same_words_in_the_same_order(
    texts: Texts, content: str, prompt_id: str
) -> None:
    markdown = texts.texts(f"{content}-markdown")[prompt_id]
    plain = texts.texts(f"{content}-plain")[prompt_id]
    bare = MARKUP.sub("", markdown)
    stops = re.compile(rf"[\s,:{re.escape(texts.ends)}]")
    assert stops.sub("", bare) == stops.sub("", plain)
    open_headings = len(re.findall(rf"^## .*[^{texts.ends}\n]$", markdown, re.MULTILINE))
    assert characters(bare) + open_headings == characters(plain)
    if texts is ENGLISH:
        assert len(bare.split()) == len(plain.split())


@pytest.mark.parametrize(("texts", "content", "prompt_id"), WRITTEN)
def test_markdown_has_headings_a_list_and_bold_words(texts: Texts, content: str, prompt_id: str) -> None:
    markdown = texts.texts(f"{content}-markdown")[prompt_id]
    assert tags(markdown) & {"ul", "ol"}
    assert 2 <= len(re.findall(r"^## ", markdown, re.MULTILINE)) <= 3
    bold = [
        token
        for inline in MarkdownIt().parse(markdown)
        for token in inline.children or []
        if token.tag == "strong"
    ]
    # Chinese punctuation beside the asterisks would leave them standing as asterisks.
    assert len(bold) == markdown.count("**") > 0


@pytest.mark.parametrize(("texts", "content", "prompt_id"), WRITTEN)
def test_plain_is_two_to_four_paragraphs_and_nothing_else(texts: Texts, content: str, prompt_id: str) -> None:
    assert_plain(texts, texts.texts(f"{content}-plain")[prompt_id])


@EACH
def test_planted_texts_are_plain_as_well(texts: Texts) -> None:
    for text in texts.texts(texts.planted).values():
        assert_plain(texts, text)


def assert_plain(texts: Texts, plain: str) -> None:
    assert tags(plain) == {"p"}
    assert not re.search(r"[*_#`<>]", plain)
    paragraphs = plain.split("\n\n")
    assert 2 <= len(paragraphs) <= 4
    assert all("\n" not in paragraph and paragraph[-1] in texts.ends for paragraph in paragraphs)


def test_english_texts_have_up_to_160_words_and_the_first_eight_prompts_up_to_220() -> None:
    first = set(ENGLISH.prompt_ids[:8])
    for slug in (*ENGLISH.slugs, ENGLISH.planted):
        for prompt_id, text in ENGLISH.texts(slug).items():
            longest = 220 if prompt_id in first and slug != ENGLISH.planted else 160
            assert 130 <= len(MARKUP.sub("", text).split()) <= longest, (slug, prompt_id)


def test_chinese_texts_have_180_to_260_characters() -> None:
    for slug in (*CHINESE.slugs, CHINESE.planted):
        for prompt_id, text in CHINESE.texts(slug).items():
            assert 180 <= characters(MARKUP.sub("", text)) <= 260, (slug, prompt_id)


def test_chinese_texts_use_chinese_punctuation() -> None:
    for slug in (*CHINESE.slugs, CHINESE.planted):
        for prompt_id, text in CHINESE.texts(slug).items():
            assert not re.search(r"[,;:?!()\"']|(?<!\d)\.", MARKUP.sub("", text)), (slug, prompt_id)


@EACH
def test_no_text_names_or_describes_its_contestant(texts: Texts) -> None:
    for slug in (*texts.slugs, texts.planted):
        telling = {i: m.group() for i, text in texts.texts(slug).items() if (m := texts.telling.search(text))}
        assert telling == {}, slug


@EACH
def test_the_plain_contestant_is_the_flagship_of_each_family(texts: Texts) -> None:
    entries = yaml.safe_load((ROOT / "pregenerated" / "contestants.yaml").read_text(encoding="utf-8"))
    declared = {entry["slug"]: entry for entry in entries}
    for slug in texts.slugs:
        content, _, form = slug.rpartition("-")
        assert declared[slug]["family"] == content
        assert declared[slug]["flagship"] is (form == "plain")
    assert declared[texts.planted]["family"] == texts.planted


@EACH
def test_every_text_of_the_recipe_is_used(texts: Texts) -> None:
    kept = {
        path.relative_to(texts.recipe_folder()).as_posix() for path in texts.recipe_folder().glob("*/*.md")
    }
    folders = (*texts.contents, texts.planted)
    assert kept == {f"{folder}/{prompt_id}.md" for folder in folders for prompt_id in texts.prompt_ids}


def test_running_the_recipe_again_changes_nothing() -> None:
    recipe = RECIPES / "explain_simply" / "write.py"
    done = subprocess.run([sys.executable, recipe, "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
