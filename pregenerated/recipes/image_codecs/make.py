"""Encode every scene at every budget with every codec, or check that the kept files come out again.

python make.py             write what differs, print how nearly each budget was met
python make.py --check     write nothing and name what differs; exit code 1 if anything does
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

from encoders import CODECS, Codec, Encoded, nearest
from PIL import Image, ImageChops, features
from scenes import SCENES, Scene

CATEGORY = "image-codecs"
ROOT = Path(__file__).resolve().parents[3]
PROMPTS = ROOT / "prompts" / CATEGORY
OUTPUTS = ROOT / "pregenerated" / CATEGORY
TOLERANCE = 0.02
MAX_BYTES = 300_000
MADE_AT = "2026-11-22T08:30:00Z"
VERSIONS = {
    "avif": f"libavif {features.version('avif')}",
    "jpeg": f"libjpeg-turbo {features.version('libjpeg_turbo')}",
    "webp-lossy": f"libwebp {features.version('webp')}",
    "jpeg-xl": f"pillow-jxl-plugin {version('pillow-jxl-plugin')}",
    "jpeg-2000": f"OpenJPEG {features.version('jpg_2000')}",
}


class BudgetMissedError(Exception):
    """A codec that cannot meet a budget; choose another budget for the scene."""


@dataclass(frozen=True)
class Task:
    """One prompt: a scene at one budget. The codec with the coarsest dial sets the budget's exact bytes."""

    number: int
    level: int
    scene: Scene
    picture: Image.Image
    first: Encoded

    @property
    def prompt_id(self) -> str:
        """The prompt's id, numbered scene by scene."""
        return f"{CATEGORY}-{self.number:03}"

    @property
    def budget(self) -> int:
        """Bytes that every file has, at most `TOLERANCE` off."""
        return len(self.first.data)


def tasks() -> Iterator[Task]:
    """Yield the prompts in the order of their ids."""
    number = 0
    for scene in SCENES:
        picture = scene.paint()
        for level, bytes_wanted in enumerate(scene.budgets, start=1):
            number += 1
            yield Task(number, level, scene, picture, nearest(CODECS[0], picture, bytes_wanted))


def prompt_row(task: Task) -> dict[str, Any]:
    """Return the line of ``prompts.jsonl``."""
    pixels = task.picture.width * task.picture.height
    bits = f"{8 * task.budget / pixels:.2f}"
    return {
        "id": task.prompt_id,
        "text": f"Store {task.scene.words}, in **{task.budget:,} bytes** ({bits} bits for each pixel).",
        "difficulty": task.level,
        "tags": list(task.scene.tags),
        "language": "en",
        "visibility": "open",
        "source": task.scene.source,
        "reference": {"asset": f"{task.scene.slug}.webp", "shown": "hold", "credit": task.scene.credit},
    }


def encoded(codec: Codec, task: Task) -> Encoded:
    """Return the codec's file for the task.

    Raises
    ------
    BudgetMissedError
        If the nearest file is more than `TOLERANCE` away.
    """
    found = task.first if codec is CODECS[0] else nearest(codec, task.picture, task.budget)
    missed = len(found.data) / task.budget - 1
    if abs(missed) > TOLERANCE:
        raise BudgetMissedError(f"{codec.slug} {task.prompt_id}: {missed:+.1%} of {task.budget} bytes")
    return found


def output_row(codec: Codec, task: Task, found: Encoded) -> dict[str, Any]:
    """Return the line of ``<codec>.jsonl``."""
    return {
        "prompt_id": task.prompt_id,
        "sample": 1,
        "asset": f"{task.prompt_id}.webp",
        "tokens": None,
        "seconds": None,
        "cost_usd": 0,
        "generated_at": MADE_AT,
        "settings": {
            "version": VERSIONS[codec.slug],
            "recipe": "image_codecs/make.py",
            codec.dial: round(found.dial, 6),
            **codec.fixed,
            "bytes": len(found.data),
        },
    }


def lossless(picture: Image.Image) -> bytes:
    """Return the pixels as a lossless WebP file without metadata."""
    stream = BytesIO()
    picture.save(stream, "WEBP", lossless=True, quality=70, method=4, exact=True)
    if len(stream.getvalue()) > MAX_BYTES:
        raise BudgetMissedError(f"a decoded picture takes {len(stream.getvalue()):,} bytes; make it smaller")
    return stream.getvalue()


class Keeper:
    """Compares what is made with what is kept, and writes the difference unless only checking."""

    def __init__(self, *, check: bool) -> None:
        self.check = check
        self.differences: list[str] = []

    def picture(self, path: Path, picture: Image.Image) -> None:
        """Keep a picture; pixels count, not the bytes of the file."""
        if path.is_file():
            with Image.open(path) as opened:
                before = opened.convert("RGB")
            if before.size == picture.size and ImageChops.difference(before, picture).getbbox() is None:
                return
        self._differs(path, lossless(picture))

    def rows(self, path: Path, rows: list[dict[str, Any]]) -> None:
        """Keep a file of JSON lines."""
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        if not path.is_file() or path.read_bytes() != content:
            self._differs(path, content)

    def _differs(self, path: Path, content: bytes) -> None:
        self.differences.append(f"{path.relative_to(ROOT)} differs")
        if not self.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def main() -> int:
    """Run the command; exit code 1 when the check found a difference."""
    parser = argparse.ArgumentParser(description="Make the image-codecs pictures.")
    parser.add_argument("--check", action="store_true", help="write nothing, name what differs")
    keeper = Keeper(check=parser.parse_args().check)
    prompts: list[dict[str, Any]] = []
    outputs: dict[str, list[dict[str, Any]]] = {codec.slug: [] for codec in CODECS}
    for task in tasks():
        prompts.append(prompt_row(task))
        keeper.picture(PROMPTS / "references" / f"{task.scene.slug}.webp", task.picture)
        met = []
        for codec in CODECS:
            found = encoded(codec, task)
            met.append(f"{codec.slug} {len(found.data) / task.budget - 1:+.2%}")
            outputs[codec.slug].append(output_row(codec, task, found))
            keeper.picture(OUTPUTS / codec.slug / f"{task.prompt_id}.webp", found.decoded())
        print(f"{task.prompt_id} {task.scene.slug:7}{task.budget:6} bytes:", *met, sep="  ")
    keeper.rows(PROMPTS / "prompts.jsonl", prompts)
    for slug, rows in outputs.items():
        keeper.rows(OUTPUTS / f"{slug}.jsonl", rows)
    print(*keeper.differences, sep="\n")
    return 1 if keeper.check and keeper.differences else 0


if __name__ == "__main__":
    sys.exit(main())
