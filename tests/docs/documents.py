"""Read the repository's Markdown: files, code, tables, links, headings."""

import fnmatch
import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```.*?^```[ ]*$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def is_ours(name: str) -> bool:
    """Say whether a file or folder of this name belongs to the repository."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    return not name.startswith(".") and not any(fnmatch.fnmatch(name, rule.rstrip("/")) for rule in ignored)


def folders(parent: Path = ROOT) -> set[str]:
    """Return the names of the folders that hold files."""
    return {path.name for path in parent.iterdir() if path.is_dir() and is_ours(path.name) and _files(path)}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def markdown_files() -> list[Path]:
    """Return every Markdown file of the repository."""
    found = []
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if is_ours(name)]
        found += [Path(folder) / name for name in files if name.endswith(".md")]
    return sorted(found)


def name_of(path: Path) -> str:
    """Name a file as messages do."""
    return path.relative_to(ROOT).as_posix()


def read(name: str) -> str:
    """Return the text of a file, by its path in the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, without its sub-sections' end.

    Raises
    ------
    LookupError
        If there is no such heading.
    """
    parts = re.split(r"^(#+ .+)$", text, flags=re.MULTILINE)
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        if title.lstrip("# ") == heading:
            return body
    raise LookupError(f"there is no heading {heading!r}")


def code_blocks(text: str) -> list[str]:
    """Return what stands in fenced blocks."""
    return [block.split("\n", 1)[1].rsplit("\n", 1)[0] for block in _FENCE.findall(text)]


def code(text: str) -> list[str]:
    """Return every line of fenced blocks and every code span."""
    lines = [line for block in code_blocks(text) for line in block.split("\n")]
    return lines + spans(_FENCE.sub("", text))


def spans(text: str) -> list[str]:
    """Return the code spans of a text without fenced blocks."""
    return _SPAN.findall(text)


def links(text: str) -> list[str]:
    """Return the targets of links and pictures that stand outside code."""
    return _LINK.findall(_SPAN.sub("", _FENCE.sub("", text)))


def anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles}


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the tables in a text, headings left out."""
    lines = text.split("\n")
    for before, line in zip(["", *lines], lines, strict=False):
        is_body = line.startswith("|") and before.startswith("|") and not line.startswith("|---")
        if is_body:
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def first_cells(text: str) -> list[str]:
    """Return the first code span of each row's first cell."""
    return [spans(row[0])[0] for row in rows(text)]
