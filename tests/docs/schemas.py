"""JSON Schemas of the data files, made from the code. Run as a program, it writes them."""

import json
from typing import Any

from pydantic import TypeAdapter

from arena.core.catalog import CategorySpec, ContestantSpec, FailureSpec, OutputSpec, PromptSpec
from arena.core.leak_spec import AcceptedSpec
from tests.docs.documents import ROOT

FOLDER = ROOT / "pregenerated" / "schemas"
# Of a file of lines the schema of one line; of a YAML list the schema of the list.
SHAPES: dict[str, tuple[str, Any]] = {
    "category": ("prompts/<category>/category.yaml", CategorySpec),
    "prompt": ("a line of prompts/<category>/prompts.jsonl", PromptSpec),
    "contestants": ("pregenerated/contestants.yaml", list[ContestantSpec]),
    "output": ("a line of pregenerated/<category>/<contestant>.jsonl", OutputSpec),
    "failure": ("a line of pregenerated/<category>/<contestant>.failures.jsonl", FailureSpec),
    "accepted": ("pregenerated/<category>/accepted.yaml", list[AcceptedSpec]),
}


def schemas() -> dict[str, str]:
    """Return the text of each schema by its file's name."""
    return {f"{name}.json": _schema(title, shape) for name, (title, shape) in SHAPES.items()}


def _schema(title: str, shape: Any) -> str:
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    content |= TypeAdapter(shape).json_schema() | {"title": title}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
