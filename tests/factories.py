"""Plain functions that make what tests need."""

import io
import json
from pathlib import Path

import yaml
from PIL import Image

from arena.core.battles import open_battles
from arena.core.catalog_rules import load_catalog
from arena.core.context import Context
from arena.core.servings import ServedBattle
from arena.core.sync import SyncReport, sync_catalog
from arena.core.votes import Receipt, cast_vote

CONTESTANTS = ("quartz", "basalt", "granite", "marble")
# A voter's id, as the cookie would carry it.
ANNA = "a" * 32
BERT = "b" * 32


def write_catalog(
    root: Path,
    *,
    slug: str = "poems",
    modality: str = "text",
    prompts: int = 4,
    contestants: tuple[str, ...] = CONTESTANTS,
    **overrides: object,
) -> Path:
    """Write a small catalog of real files and return its root."""
    folder = root / "prompts" / slug
    folder.mkdir(parents=True, exist_ok=True)
    spec = {
        "slug": slug,
        "version": "1.0",
        "modality": modality,
        "title": "Short poems",
        "question": "Which would you read again?",
        "rubric": ["Judge the sound."],
        "brief": "A poem of four lines.",
        "difficulty_axis": "Rarer subjects are harder.",
        "language": "en",
        "licence": "CC-BY-4.0",
        "card": "Written for tests.",
        "reveal": "immediate",
        "views": "free",
        "status": "live",
    }
    if modality == "image":
        spec["canvas"] = {"width": 64, "height": 48, "background": "#ffffff"}
    (folder / "category.yaml").write_text(yaml.safe_dump(spec | overrides), encoding="utf-8")
    ids = [f"{slug}-{number:03}" for number in range(1, prompts + 1)]
    write_lines(
        folder / "prompts.jsonl",
        [
            {
                "id": name,
                "text": f"Write about *{name}*.",
                "difficulty": 1 + index % 5,
                "language": "en",
                "visibility": "open",
            }
            for index, name in enumerate(ids)
        ],
    )
    outputs = root / "pregenerated" / slug
    outputs.mkdir(parents=True, exist_ok=True)
    for index, contestant in enumerate(contestants):
        lines = [output_line(outputs, contestant, index, name, modality) for name in ids]
        write_lines(outputs / f"{contestant}.jsonl", lines)
    write_contestants(root, contestants)
    return root


def output_line(outputs: Path, contestant: str, index: int, prompt: str, modality: str) -> dict[str, object]:
    line: dict[str, object] = {
        "prompt_id": prompt,
        "sample": 1,
        "tokens": None,
        "seconds": None,
        "cost_usd": None,
        "generated_at": "2026-11-22T00:00:00Z",
        "settings": {},
    }
    if modality == "text":
        return line | {"text": f"Verse number {index * 100 + len(prompt)} for **{prompt}**, line by line."}
    folder = outputs / contestant
    folder.mkdir(exist_ok=True)
    (folder / f"{prompt}.png").write_bytes(png(colour=(40 * index, hash_of(prompt), 90)))
    return line | {"asset": f"{prompt}.png"}


def add_references(root: Path, slug: str = "poems", **reference: object) -> None:
    """Give every prompt of a category this reference; with ``asset`` the image is painted too."""
    folder = root / "prompts" / slug
    if "asset" in reference:
        (folder / "references").mkdir(exist_ok=True)
        (folder / "references" / str(reference["asset"])).write_bytes(png(colour=(10, 120, 60)))
    lines = (folder / "prompts.jsonl").read_text(encoding="utf-8").splitlines()
    write_lines(folder / "prompts.jsonl", [json.loads(line) | {"reference": reference} for line in lines])


def hash_of(word: str) -> int:
    return sum(word.encode()) % 256


def png(colour: tuple[int, int, int] = (200, 30, 30), size: tuple[int, int] = (64, 48)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "PNG")
    return stream.getvalue()


def write_contestants(root: Path, slugs: tuple[str, ...]) -> None:
    path = root / "pregenerated" / "contestants.yaml"
    known = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else []
    names = {entry["slug"] for entry in known}
    known += [
        {
            "slug": slug,
            "name": f"{slug.title()} Nine",
            "family": f"{slug}-family",
            "flagship": True,
            "provider": f"{slug.title()} Works",
            "kind": "style",
            "licence": "CC-BY-4.0",
            "note": f"Made by {slug}.",
        }
        for slug in slugs
        if slug not in names
    ]
    path.write_text(yaml.safe_dump(known), encoding="utf-8")


def write_lines(path: Path, lines: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def take_in(context: Context, root: Path) -> SyncReport:
    """Sync the catalog at ``root`` into the context's database."""
    catalog = load_catalog([root])
    with context.command() as session:
        return sync_catalog(session, catalog, now=context.now(), progress=lambda _category: None)


def serve(
    context: Context, voter: str = ANNA, n: int = 1, category: str | None = "poems"
) -> tuple[ServedBattle, ...]:
    with context.command() as session:
        return open_battles(
            session, voter=voter, category=category, n=n, now=context.now(), rng=context.rng
        ).battles


def vote(context: Context, battle: ServedBattle, choice: str = "a", voter: str = ANNA) -> Receipt:
    with context.command() as session:
        return cast_vote(
            session, battle_id=battle.id, voter=voter, choice=choice, now=context.now(), rng=context.rng
        )
