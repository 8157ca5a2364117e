"""The catalog that travels with the code: whole, small, and silent about who made what."""

import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from arena.core.catalog import Catalog, CategoryFiles, shipped_catalog
from arena.core.catalog_rules import load_catalog
from arena.core.leaks import refuse_leaks
from arena.core.sync import check_texts

ROOT = Path(__file__).parents[2]
MAX_IMAGE = 300_000
# Pixels, palette and transparency; every other chunk of a PNG or WebP file tells something else.
PIXEL_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"VP8L"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog([shipped_catalog()])


def images(catalog: Catalog) -> Iterator[tuple[CategoryFiles, Path]]:
    for files in catalog.categories:
        for contestant, outputs in files.outputs.items():
            for output in outputs:
                if output.asset is not None:
                    yield files, files.asset_path(contestant, output)
        named = {prompt.reference.asset for prompt in files.prompts if prompt.reference}
        yield from ((files, files.reference_folder / asset) for asset in sorted(named - {None}))


def chunks(body: bytes) -> Iterator[bytes]:
    """Yield the names of a file's chunks: those of PNG, or of WebP, which counts an odd one's padding too."""
    if body.startswith(b"RIFF"):
        place = 12
        while place < len(body):
            (length,) = struct.unpack("<I", body[place + 4 : place + 8])
            yield body[place : place + 4]
            place += 8 + length + length % 2
        return
    place = 8
    while place < len(body):
        (length,) = struct.unpack(">I", body[place : place + 4])
        yield body[place + 4 : place + 8]
        place += 12 + length


def test_in_a_clone_the_shipped_catalog_is_its_root():
    assert shipped_catalog() == ROOT


def test_the_shipped_catalog_keeps_every_rule(catalog: Catalog):
    slugs = {files.spec.slug for files in catalog.categories}
    assert slugs == {"practice", "plot-defaults", "image-codecs", "explain-simply", "zh-explain"}
    assert {files.spec.status for files in catalog.categories} == {"live"}
    check_texts(catalog)


def test_nothing_in_the_outputs_tells_who_made_them(catalog: Catalog):
    refuse_leaks(catalog, pytest.fail)


def test_every_contestant_takes_part_in_exactly_one_category(catalog: Catalog):
    entered = [slug for files in catalog.categories for slug in files.outputs]
    assert sorted(entered) == sorted(catalog.contestants)


def test_names_of_contestants_differ(catalog: Catalog):
    names = [contestant.name.casefold() for contestant in catalog.contestants.values()]
    assert len(set(names)) == len(names)


def test_nothing_shown_before_the_vote_names_a_contestant(catalog: Catalog):
    for files in catalog.categories:
        shown = [prompt.text for prompt in files.prompts]
        shown += [files.spec.title, files.spec.question, *files.spec.rubric]
        text = "\n".join(shown).casefold()
        for slug in files.outputs:
            contestant = catalog.contestants[slug]
            telling = {slug, contestant.name, contestant.name.split()[0], contestant.family}
            for word in {*telling, *contestant.aliases} - {""}:
                found = re.search(rf"\b{re.escape(word.casefold())}\b", text)
                assert found is None, f"{files.spec.slug}: {word!r} is named"


def test_simulated_votes_are_declared_for_practice_alone(catalog: Catalog):
    assert [files.spec.slug for files in catalog.categories if files.spec.simulation] == ["practice"]


def test_images_are_small(catalog: Catalog):
    sizes = {path: path.stat().st_size for _files, path in images(catalog)}
    assert len(sizes) == 193
    assert {path: size for path, size in sizes.items() if size > MAX_IMAGE} == {}


def test_images_hold_pixels_and_nothing_else(catalog: Catalog):
    telling = {path: set(chunks(path.read_bytes())) - PIXEL_CHUNKS for _files, path in images(catalog)}
    assert {path: names for path, names in telling.items() if names} == {}


def test_images_have_the_size_of_their_canvas(catalog: Catalog):
    for files, path in images(catalog):
        assert files.spec.canvas is not None
        with Image.open(path) as image:
            assert image.size == (files.spec.canvas.width, files.spec.canvas.height)


def test_no_image_lies_about_unused(catalog: Catalog):
    used = {path for _files, path in images(catalog)}
    kept = {
        path
        for files in catalog.categories
        for folder in (files.output_folder, files.reference_folder)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".jsonl" and path.name != "accepted.yaml"
    }
    assert kept == used


def test_the_practice_drawings_can_be_drawn_again():
    recipe = ROOT / "pregenerated/recipes/practice/draw.py"
    done = subprocess.run([sys.executable, recipe, "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_equal_bytes_are_equal_and_stated_in_the_prompt(catalog: Catalog):
    (files,) = (files for files in catalog.categories if files.spec.slug == "image-codecs")
    stated = {p.id: int(re.search(r"\*\*([\d,]+) bytes", p.text)[1].replace(",", "")) for p in files.prompts}
    assert sorted(p.difficulty for p in files.prompts) == sorted([1, 2, 3, 4] * 5)
    for outputs in files.outputs.values():
        for output in outputs:
            assert abs(output.settings["bytes"] / stated[output.prompt_id] - 1) <= 0.02, output.prompt_id
