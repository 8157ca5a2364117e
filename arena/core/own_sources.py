"""Read anybody's own outputs where they lie: a folder, or a table.

A folder holds one folder for each contestant, and in it one file for each prompt: pictures, or texts. A table
is a CSV file with a column ``prompt`` and one column for each contestant.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from arena.core.catalog import CategorySpec
from arena.core.words import Modality
from arena.errors import CatalogError

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".avif")
TEXTS = (".txt", ".md")


@dataclass(frozen=True)
class OwnAnswer:
    """One output where it was found: a text, or a picture's file."""

    text: str | None = None
    picture: Path | None = None

    def content(self) -> bytes:
        """Return what tells two outputs apart."""
        return self.picture.read_bytes() if self.picture is not None else str(self.text).encode()


@dataclass(frozen=True)
class OwnSource:
    """Answers by contestant and prompt, both by the names they have in the source."""

    source: Path
    modality: Modality
    answers: dict[str, dict[str, OwnAnswer]]
    texts: dict[str, str]
    said: dict[str, Any]


def read_own_source(source: Path) -> OwnSource:
    """Read a folder or a table.

    Raises
    ------
    CatalogError
        If it is not what it should be; names the file and, in a table, the line.
    """
    return _folder(source) if source.is_dir() else _table(source)


def _folder(folder: Path) -> OwnSource:
    names = sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._")
    answers = {path.name: dict(_answers(path)) for path in names}
    answers = {name: prompts for name, prompts in answers.items() if prompts}
    kinds = {answer.picture is None for prompts in answers.values() for answer in prompts.values()}
    if len(kinds) > 1:
        raise CatalogError(folder, None, "holds texts and pictures; put them in two folders")
    modality: Modality = "text" if kinds == {True} else "image"
    return OwnSource(folder, modality, answers, _prompt_texts(folder), _said(folder))


def _answers(folder: Path) -> Iterator[tuple[str, OwnAnswer]]:
    seen: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        if file.name.startswith("."):
            continue
        kind = file.suffix.lower()
        if not file.is_file() or kind not in PICTURES + TEXTS:
            raise CatalogError(file, None, f"is none of {', '.join(PICTURES + TEXTS)}")
        if file.stem in seen:
            raise CatalogError(file, None, f"answers the same prompt as {seen[file.stem].name}")
        seen[file.stem] = file
        yield file.stem, OwnAnswer(picture=file) if kind in PICTURES else OwnAnswer(text=_text(file))


def _text(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CatalogError(file, None, "is not UTF-8 text") from error
    if not text.strip():
        raise CatalogError(file, None, "is empty")
    return text


def _table(file: Path) -> OwnSource:
    """Read a CSV file; a blank cell is an output that is missing."""
    if file.suffix.lower() != ".csv" or not file.is_file():
        raise CatalogError(file, None, "is neither a folder nor a CSV file")
    header, rows = _csv(file)
    if "prompt" not in header:
        raise CatalogError(file, 1, "has no column prompt; the others are one contestant each")
    contestants = [name for name in header if name != "prompt"]
    answers: dict[str, dict[str, OwnAnswer]] = {name: {} for name in contestants}
    texts: dict[str, str] = {}
    for line, row in rows:
        prompt = row["prompt"].strip()
        if not prompt or prompt in texts:
            raise CatalogError(file, line, "the prompt is blank or stands twice")
        texts[prompt] = prompt
        for name in contestants:
            if row[name].strip():
                answers[name][prompt] = OwnAnswer(text=row[name])
    return OwnSource(file, "text", answers, texts, {})


def _csv(file: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    try:
        reader = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""), strict=True)
        header = [name.strip() for name in next(reader, [])]
        if "" in header or len(set(header)) != len(header):
            raise CatalogError(file, 1, "a column has no name, or two have the same")
        rows = []
        for row in reader:
            if row and len(row) != len(header):
                raise CatalogError(file, reader.line_num, f"{len(row)} values under {len(header)} columns")
            if row:
                rows.append((reader.line_num, dict(zip(header, row, strict=True))))
    except UnicodeDecodeError as error:
        raise CatalogError(file, None, "is not UTF-8 text") from error
    except csv.Error as error:
        raise CatalogError(file, reader.line_num, f"is not CSV: {error}") from error
    return header, rows


def _prompt_texts(folder: Path) -> dict[str, str]:
    """Return the texts of ``prompts.csv`` (columns ``prompt`` and ``text``) by the names of the files."""
    file = folder / "prompts.csv"
    if not file.is_file():
        return {}
    header, rows = _csv(file)
    if not {"prompt", "text"} <= set(header):
        raise CatalogError(file, 1, "needs the columns prompt (a file's name without its ending) and text")
    return {row["prompt"].strip(): row["text"] for _, row in rows if row["text"].strip()}


def _said(folder: Path) -> dict[str, Any]:
    """Return what the folder's own ``category.yaml`` says."""
    file = folder / "category.yaml"
    if not file.is_file():
        return {}
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise CatalogError(file, None, f"is not YAML: {error}") from error
    known = set(CategorySpec.model_fields) - {"slug", "modality", "canvas", "simulation"}
    if not isinstance(said, dict) or set(said) - known:
        wrong = sorted(set(said) - known) if isinstance(said, dict) else said
        raise CatalogError(file, None, f"{wrong} cannot be set here; these can: {', '.join(sorted(known))}")
    return said
