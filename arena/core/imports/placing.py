"""Write new outputs into a temporary copy of their categories, check it as a catalog, then move the files."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from arena.core.catalog import Catalog, CategoryFiles, ContestantSpec, OutputSpec
from arena.core.catalog_rules import check_catalog
from arena.errors import CatalogError

Move = tuple[Path, Path]
"""From the temporary folder to the catalog."""


@dataclass(frozen=True)
class NewOutput:
    """An output that the catalog does not have yet; a picture still lies where it was found."""

    files: CategoryFiles
    contestant: str
    spec: OutputSpec
    picture: Path | None


@contextmanager
def staged(
    catalog: Catalog, new: Sequence[NewOutput], contestants: Sequence[ContestantSpec], *, aside: bool
) -> Iterator[list[Move]]:
    """Write everything into a temporary folder, check it, and hand out the moves that would put it in place.

    Parameters
    ----------
    contestants
        Newcomers; they are described in the root of the first category they answer in.
    aside
        Use the system's temporary folder, from which nothing can be moved: for a trial.

    Raises
    ------
    CatalogError
        At the first rule that the catalog would break.
    """
    root = _root(new[0].files)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=None if aside else root) as name:
        folder = Path(name)
        moves = _write_contestants(folder, new, contestants)
        categories = {}
        for files in {item.files.spec.slug: item.files for item in new}.values():
            mine = [item for item in new if item.files is files]
            categories[files.spec.slug] = _write_category(folder, files, mine, moves)
        _check(catalog, categories, contestants)
        yield moves


def place(moves: Sequence[Move]) -> None:
    """Move the files to their places; if one cannot be moved, put everything back as it was.

    Pictures and contestants come before the lines that name them: what a power cut leaves half done is a good
    catalog, and the same import finishes it.

    Raises
    ------
    OSError
        If a file cannot be moved.
    """
    done: list[tuple[Path, bytes | None]] = []
    try:
        for source, target in moves:
            before = target.read_bytes() if target.is_file() else None
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            done.append((target, before))
    except BaseException:
        for target, before in reversed(done):
            if before is None:
                target.unlink()
            else:
                target.write_bytes(before)
        raise


def _root(files: CategoryFiles) -> Path:
    return files.output_folder.parents[1]


def _write_contestants(
    folder: Path, new: Sequence[NewOutput], contestants: Sequence[ContestantSpec]
) -> list[Move]:
    """Write the files of contestants with the newcomers at their ends; comments stay as they are."""
    moves: list[Move] = []
    for root in dict.fromkeys(_home(spec, new) for spec in contestants):
        path = root / "pregenerated" / "contestants.yaml"
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        entries = [
            spec.model_dump(mode="json", exclude_defaults=True)
            for spec in contestants
            if _home(spec, new) == root
        ]
        kept = text if yaml.safe_load(text) else ""  # an empty list has no end to write at
        target = folder / f"contestants-{len(moves)}.yaml"
        added = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=100)
        target.write_text(_with_newline(kept) + added, encoding="utf-8")
        moves.append((target, path))
    return moves


def _home(spec: ContestantSpec, new: Sequence[NewOutput]) -> Path:
    return next(_root(item.files) for item in new if item.contestant == spec.slug)


def _write_category(
    folder: Path, files: CategoryFiles, new: Sequence[NewOutput], moves: list[Move]
) -> CategoryFiles:
    """Write a whole copy of the category's outputs with the new ones, and note the moves that it needs."""
    copy = folder / files.spec.slug
    if files.output_folder.is_dir():
        shutil.copytree(files.output_folder, copy)
    outputs = dict(files.outputs)
    for item in new:
        outputs[item.contestant] = (*outputs.get(item.contestant, ()), item.spec)
        if item.picture is not None:
            asset = copy / item.contestant / str(item.spec.asset)
            asset.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(item.picture, asset)
            moves.append((asset, files.asset_path(item.contestant, item.spec)))
    for contestant in dict.fromkeys(item.contestant for item in new):
        name = f"{contestant}.jsonl"
        _append(copy / name, [item.spec for item in new if item.contestant == contestant])
        moves.append((copy / name, files.output_folder / name))
    return replace(files, outputs=outputs, output_folder=copy)


def _append(path: Path, specs: Sequence[OutputSpec]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = [
        json.dumps(spec.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False) + "\n"
        for spec in specs
    ]
    path.write_text(_with_newline(text) + "".join(lines), encoding="utf-8", newline="\n")


def _with_newline(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _check(catalog: Catalog, copies: dict[str, CategoryFiles], contestants: Sequence[ContestantSpec]) -> None:
    """Check the catalog as it would be; a refusal names the catalog's own files, not the copies."""
    categories = tuple(copies.get(files.spec.slug, files) for files in catalog.categories)
    known = catalog.contestants | {spec.slug: spec for spec in contestants}
    try:
        check_catalog(Catalog(categories, known))
    except CatalogError as error:
        raise _about_the_catalog(error, catalog, copies) from error


def _about_the_catalog(
    error: CatalogError, catalog: Catalog, copies: dict[str, CategoryFiles]
) -> CatalogError:
    """Return the refusal with the catalog's own file in the place of its copy."""
    what = error.message.removeprefix(str(error.path)).removeprefix(f":{error.line}").removeprefix(": ")
    for files in catalog.categories:
        copy = copies.get(files.spec.slug, files).output_folder
        if error.path.is_relative_to(copy):
            return CatalogError(files.output_folder / error.path.relative_to(copy), error.line, what)
    return error
