"""Write the six contestants of `explain-simply` from the 24 Markdown texts beside this file.

Run `python pregenerated/recipes/explain_simply/write.py` to write, with `--check` to compare only.
The plain format is made from the Markdown, so both hold the same words by construction.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
CATEGORY = "explain-simply"
CONTENTS = ("everyday", "stepwise", "storyline")
FORMATS = ("plain", "markdown")


def shown_text(inline: Token) -> str:
    """Return the characters of an inline token that a reader sees."""
    return "".join(child.content for child in inline.children or [] if child.type == "text")


def to_plain(markdown: str) -> str:
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
        paragraphs[-1].append(f"{text}." if is_heading and text[-1] not in ".?!" else text)
    return "\n\n".join(" ".join(sentences) for sentences in paragraphs)


def prompt_ids() -> list[str]:
    """Return the ids of the category's prompts, in the order of their file."""
    lines = (ROOT / "prompts" / CATEGORY / "prompts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["id"] for line in lines]


def output_line(content: str, form: str, prompt_id: str) -> str:
    """Return one output as a line of JSON."""
    markdown = (HERE / content / f"{prompt_id}.md").read_text(encoding="utf-8").strip()
    output = {
        "prompt_id": prompt_id,
        "sample": 1,
        "text": to_plain(markdown) if form == "plain" else markdown,
        "tokens": None,
        "seconds": None,
        "cost_usd": None,
        "generated_at": "2026-11-22T00:00:00Z",
        "settings": {"style_guide": f"{CATEGORY}/{content}"},
    }
    return json.dumps(output, ensure_ascii=False)


def all_files() -> dict[Path, str]:
    """Return the wanted content of each contestant's file."""
    ids = prompt_ids()
    folder = ROOT / "pregenerated" / CATEGORY
    return {
        folder / f"{content}-{form}.jsonl": "".join(f"{output_line(content, form, i)}\n" for i in ids)
        for content in CONTENTS
        for form in FORMATS
    }


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
