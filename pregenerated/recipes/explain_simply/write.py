"""Write the contestants of `explain-simply` and `zh-explain` from the Markdown texts in their recipe folders.

Run `python pregenerated/recipes/explain_simply/write.py` to write, with `--check` to compare only.
The plain format is made from the Markdown, so both hold the same words by construction. The contestant with
the planted mistakes has one format; its texts stand as they are.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[3]
FORMATS = ("plain", "markdown")


@dataclass(frozen=True)
class Category:
    """One category: where its texts lie, who wrote how, and how its language joins sentences."""

    slug: str
    folder: str
    contents: tuple[str, ...]
    planted: str
    full_stop: str
    sentence_ends: str
    gap: str

    @property
    def recipe(self) -> Path:
        """The folder of the texts."""
        return ROOT / "pregenerated" / "recipes" / self.folder


CATEGORIES = (
    Category(
        slug="explain-simply",
        folder="explain_simply",
        contents=("everyday", "stepwise", "storyline"),
        planted="planted-mistake",
        full_stop=".",
        sentence_ends=".?!",
        gap=" ",
    ),
    Category(
        slug="zh-explain",
        folder="zh_explain",
        contents=("jiefang", "chaijie", "zhanggu"),
        planted="zh-planted-mistake",
        full_stop="。",
        sentence_ends="。？！",
        gap="",
    ),
)


def shown_text(inline: Token) -> str:
    """Return the characters of an inline token that a reader sees."""
    return "".join(child.content for child in inline.children or [] if child.type == "text")


def to_plain(markdown: str, category: Category) -> str:
    """Remove the markup: each section becomes one paragraph, headings and list items become sentences."""
    paragraphs: list[list[str]] = []
    tokens = MarkdownIt().parse(markdown)
    for opening, token in pairwise(tokens):
        if token.type != "inline":
            continue
        text = shown_text(token)
        is_heading = opening.type == "heading_open"
        if is_heading or not paragraphs:
            paragraphs.append([])
        # A heading carries no full stop in Markdown, but as a sentence it needs one.
        is_open = is_heading and text[-1] not in category.sentence_ends
        paragraphs[-1].append(f"{text}{category.full_stop}" if is_open else text)
    return "\n\n".join(category.gap.join(sentences) for sentences in paragraphs)


def json_lines(path: Path) -> list[dict[str, str]]:
    """Return the objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def prompt_ids(category: Category) -> list[str]:
    """Return the ids of the category's prompts, in the order of their file."""
    return [line["id"] for line in json_lines(ROOT / "prompts" / category.slug / "prompts.jsonl")]


def source(category: Category, content: str, prompt_id: str) -> str:
    """Return the text as it was written."""
    return (category.recipe / content / f"{prompt_id}.md").read_text(encoding="utf-8").strip()


def output_line(prompt_id: str, text: str, settings: dict[str, str]) -> str:
    """Return one output as a line of JSON."""
    output = {
        "prompt_id": prompt_id,
        "sample": 1,
        "text": text,
        "tokens": None,
        "seconds": None,
        "cost_usd": None,
        "generated_at": "2026-11-22T00:00:00Z",
        "settings": settings,
    }
    return f"{json.dumps(output, ensure_ascii=False)}\n"


def written_lines(category: Category, content: str, form: str) -> Iterator[str]:
    """Yield the outputs of one content in one format."""
    for prompt_id in prompt_ids(category):
        markdown = source(category, content, prompt_id)
        text = to_plain(markdown, category) if form == "plain" else markdown
        yield output_line(prompt_id, text, {"style_guide": f"{category.slug}/{content}"})


def planted_lines(category: Category) -> Iterator[str]:
    """Yield the outputs with a planted mistake, each with the false words and the truth in its settings.

    Raises
    ------
    ValueError
        If the false words do not stand in their text exactly once.
    """
    mistakes = {m["prompt_id"]: m for m in json_lines(category.recipe / category.planted / "mistakes.jsonl")}
    for prompt_id in prompt_ids(category):
        text, mistake = source(category, category.planted, prompt_id), mistakes[prompt_id]
        if text.count(mistake["says"]) != 1:
            raise ValueError(f"{prompt_id}: its text must say once: {mistake['says']!r}")
        settings = {
            "style_guide": f"{category.slug}/{category.planted}",
            "planted_mistake": mistake["says"],
            "in_truth": mistake["in_truth"],
        }
        yield output_line(prompt_id, text, settings)


def all_files() -> dict[Path, str]:
    """Return the wanted content of each contestant's file."""
    files: dict[Path, str] = {}
    for category in CATEGORIES:
        folder = ROOT / "pregenerated" / category.slug
        for content in category.contents:
            for form in FORMATS:
                files[folder / f"{content}-{form}.jsonl"] = "".join(written_lines(category, content, form))
        files[folder / f"{category.planted}.jsonl"] = "".join(planted_lines(category))
    return files


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` name those that differ; 0 when all is well, 1 on a difference."""
    if arguments not in ([], ["--check"]):
        print("usage: write.py [--check]", file=sys.stderr)
        return 2
    stale = [
        (path, text)
        for path, text in all_files().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        if arguments:
            print(f"{path.relative_to(ROOT)}: differs from its recipe, run write.py", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if arguments and stale else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
