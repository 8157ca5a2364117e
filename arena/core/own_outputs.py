"""Anybody's own outputs made into catalog files; what they do not say is inferred."""

import hashlib
import json
import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from arena.core.catalog import CategorySpec, ContestantSpec, OutputSpec, PromptSpec
from arena.core.images import ImageRefused, picture_size
from arena.core.own_sources import OwnAnswer, OwnSource, read_own_source
from arena.errors import CatalogError

SKELETON = Path(__file__).parent / "skeleton"
MAX_CANVAS = 4096
MIN_CANVAS = 16
FEWEST = 2
"""Contestants that a battle needs."""


@dataclass(frozen=True)
class OwnCategory:
    """What was made of the outputs.

    Attributes
    ----------
    slug : str
        Of the category.
    prompts, contestants : int
        How many can be voted on.
    missing : int
        Outputs that are not there, of the prompts that can be voted on.
    left_out : tuple of str
        Prompts with fewer than two outputs, by their names in the folder or table.
    """

    slug: str
    prompts: int
    contestants: int
    missing: int
    left_out: tuple[str, ...]


def write_own_category(source: Path, target: Path) -> OwnCategory:
    """Write ``prompts/`` and ``pregenerated/`` under ``target`` for the outputs in ``source``.

    An output that changed since the last time becomes a new sample, so that votes on the old one stay true.

    Raises
    ------
    CatalogError
        If the source is not what it should be; nothing is written then.
    """
    found = read_own_source(source)
    if len(found.answers) < FEWEST:
        raise CatalogError(source, None, f"holds {len(found.answers)} contestants; a battle needs two")
    answered = Counter(name for prompts in found.answers.values() for name in prompts)
    kept = [name for name, n in answered.items() if n >= FEWEST]
    if not kept:
        raise CatalogError(source, None, "no prompt has outputs of two contestants, so nothing compares")
    slug = _slug(source.stem if source.is_file() else source.resolve().name, "own-outputs")
    contestants = dict(zip(found.answers, _slugs(found.answers, "contestant"), strict=True))
    prompts = dict(zip(kept, _slugs(kept, "prompt"), strict=True))
    spec = _category(found, slug, kept)
    _write(found, spec, contestants, prompts, target)
    missing = len(kept) * len(contestants) - sum(answered[name] for name in kept)
    left_out = tuple(name for name in answered if name not in kept)
    return OwnCategory(slug, len(kept), len(contestants), missing, left_out)


def write_skeleton(folder: Path) -> None:
    """Write a small category that runs at once, with comments, to be filled with one's own outputs.

    Raises
    ------
    CatalogError
        If something of that name is there already.
    """
    if folder.exists():
        raise CatalogError(folder, None, "is there already; choose another name")
    shutil.copytree(SKELETON, folder)


def _category(found: OwnSource, slug: str, kept: list[str]) -> CategorySpec:
    values: dict[str, Any] = {
        "version": "1.0",
        "title": _spoken(slug),
        "question": "Which one is better?",
        "rubric": [],
        "brief": "Outputs to one prompt, side by side.",
        "difficulty_axis": "Not graded.",
        "language": "en",
        "licence": "Not stated",
        "card": "Outputs from a folder or a table of one's own.",
        "reveal": "immediate",
        "views": "free",
        "status": "live",
        "complete": False,
    }
    values |= found.said | {"slug": slug, "modality": found.modality}
    if found.modality == "image":
        values["canvas"] = _canvas(
            answer for prompts in found.answers.values() for name, answer in prompts.items() if name in kept
        )
    try:
        return CategorySpec.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CatalogError(found.source / "category.yaml", None, f"{where}: {first['msg']}") from error


def _canvas(answers: Iterable[OwnAnswer]) -> dict[str, Any]:
    """Return a canvas that holds the largest width and the largest height."""
    width = height = MIN_CANVAS
    for answer in answers:
        try:
            size = picture_size(answer.content())
        except ImageRefused as error:
            raise CatalogError(answer.picture or Path(), None, str(error)) from error
        width, height = max(width, size[0]), max(height, size[1])
    return {"width": min(width, MAX_CANVAS), "height": min(height, MAX_CANVAS), "background": "#ffffff"}


def _write(
    found: OwnSource, spec: CategorySpec, contestants: dict[str, str], prompts: dict[str, str], target: Path
) -> None:
    folder = target / "prompts" / spec.slug
    outputs = target / "pregenerated" / spec.slug
    folder.mkdir(parents=True, exist_ok=True)
    outputs.mkdir(parents=True, exist_ok=True)
    for name, slug in contestants.items():
        own = found.answers[name]
        lines = [_output(own[prompt], prompts[prompt], outputs / slug) for prompt in prompts if prompt in own]
        _write_lines(outputs / f"{slug}.jsonl", lines)
    for stale in set(outputs.glob("*.jsonl")) - {outputs / f"{slug}.jsonl" for slug in contestants.values()}:
        stale.unlink()
    specs = [_contestant(name, slug) for name, slug in contestants.items()]
    _write_yaml(
        target / "pregenerated" / "contestants.yaml", [item.model_dump(mode="json") for item in specs]
    )
    _write_lines(
        folder / "prompts.jsonl", [_prompt(found, spec, name, slug) for name, slug in prompts.items()]
    )
    _write_yaml(folder / "category.yaml", spec.model_dump(mode="json", exclude_none=True))


def _output(answer: OwnAnswer, prompt: str, folder: Path) -> OutputSpec:
    """Return the output as the next sample, or as the last one where nothing changed."""
    previous = _last_sample(folder.parent / f"{folder.name}.jsonl", prompt)
    sample = 1 if previous is None else previous.sample
    if previous is not None and _content_of(previous, folder) != answer.content():
        sample += 1
    asset = None
    if answer.picture is not None:
        asset = f"{prompt}-{sample}{answer.picture.suffix.lower()}"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(answer.picture, folder / asset)
    return OutputSpec(
        prompt_id=prompt,
        sample=sample,
        text=answer.text,
        asset=asset,
        tokens=None,
        seconds=None,
        cost_usd=None,
        generated_at=None,
        settings={},
    )


def _last_sample(file: Path, prompt: str) -> OutputSpec | None:
    if not file.is_file():
        return None
    specs = (OutputSpec.model_validate_json(line) for line in file.read_text(encoding="utf-8").splitlines())
    return next((spec for spec in specs if spec.prompt_id == prompt), None)


def _content_of(output: OutputSpec, folder: Path) -> bytes:
    return (folder / output.asset).read_bytes() if output.asset else str(output.text).encode()


def _contestant(name: str, slug: str) -> ContestantSpec:
    return ContestantSpec(
        slug=slug,
        name=name.strip()[:200],
        family=slug,
        flagship=True,
        provider="Local files",
        kind="tool",
        licence="Not stated",
        note="Read from a folder or a table.",
    )


def _prompt(found: OwnSource, spec: CategorySpec, name: str, slug: str) -> PromptSpec:
    return PromptSpec(
        id=slug,
        text=found.texts.get(name, _spoken(name)),
        difficulty=1,
        language=spec.language,
        visibility="open",
    )


def _write_lines(file: Path, specs: Iterable[PromptSpec | OutputSpec]) -> None:
    lines = [json.dumps(spec.model_dump(mode="json"), ensure_ascii=False) + "\n" for spec in specs]
    file.write_text("".join(lines), encoding="utf-8")


def _write_yaml(file: Path, content: object) -> None:
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _spoken(name: str) -> str:
    """Return a file's name as a person would say it: ``night-market_2`` is "Night market 2"."""
    words = re.sub(r"[\s_-]+", " ", name).strip() or name
    return words[:1].upper() + words[1:]


def _slug(name: str, kind: str) -> str:
    """Return a slug; what has no letter or digit of ours gets a name from its digest."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    whole = slug and len(slug) <= 48  # noqa: PLR2004  a slug holds 64, a digest needs 9
    return slug if whole else "-".join(filter(None, [slug[:40].strip("-") or kind, _digest(name)]))


def _slugs(names: Iterable[str], kind: str) -> list[str]:
    """Return a slug for each name; names that would share one are told apart by their digests."""
    names = list(names)
    slugs = [_slug(name, kind) for name in names]
    return [
        slug if slugs.count(slug) == 1 else f"{slug}-{_digest(name)}"
        for slug, name in zip(slugs, names, strict=True)
    ]


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]
