"""Outputs made elsewhere become catalog files, by the catalog's own rules; all of them or none."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from arena.core.catalog import Catalog, CategoryFiles, ContestantSpec, OutputSpec, read_contestants
from arena.core.images import Canvas, ImageRefused, ingest_image
from arena.core.imports.placing import NewOutput, place, staged
from arena.core.imports.rows import KINDS, SourceRow, read_rows, refuse_bad_rows
from arena.core.own_sources import PICTURES
from arena.core.render import RenderRefused, render_markdown
from arena.errors import CatalogError

MANIFEST = "manifest"
CONTESTANTS = "contestants.yaml"
# What a file may leave out: an output that nobody measured.
UNSAID: Mapping[str, object] = {
    "sample": 1,
    "tokens": None,
    "seconds": None,
    "cost_usd": None,
    "generated_at": None,
    "settings": {},
}


@dataclass(frozen=True)
class OutputsReport:
    """What an import adds, or would add.

    Attributes
    ----------
    folders : tuple of Path
        The output folders of the categories.
    added : dict of (category, contestant) to int
        New outputs.
    known : int
        Rows whose outputs stand in the catalog already, just so.
    contestants : tuple of str
        Slugs of the contestants that are new.
    """

    folders: tuple[Path, ...]
    added: dict[tuple[str, str], int]
    known: int
    contestants: tuple[str, ...]


@dataclass
class _Reading:
    """The catalog, and what has been read of the source so far."""

    catalog: Catalog
    folder: Path
    contestants: dict[str, ContestantSpec]
    prompts: dict[str, CategoryFiles]
    new: list[NewOutput] = field(default_factory=list)
    lines: dict[tuple[str, str, int], int] = field(default_factory=dict)
    known: int = 0


def import_outputs(source: Path, catalog: Catalog, *, closed: Path | None, dry_run: bool) -> OutputsReport:
    """Take outputs from a CSV or JSONL file, or from a folder with a manifest, into the catalog's files.

    A row is an output as in ``<contestant>.jsonl`` with its ``contestant``; its prompt tells the category.
    ``asset`` is relative to the file. A folder holds ``manifest.csv`` or ``manifest.jsonl``, and may hold the
    ``contestants.yaml`` of newcomers. Everything is checked, written into a temporary folder and checked as a
    catalog before the first file changes its place. The same import again adds nothing.

    Parameters
    ----------
    closed
        A catalog that may not be written to: the one inside an installed package.
    dry_run
        Check everything and write nothing.

    Raises
    ------
    BadRows
        With every row that is wrong; nothing is written.
    CatalogError
        If the source is no such thing, or the catalog would break a rule with the new outputs.
    """
    table, newcomers = _locate(source)
    rows, complaints = read_rows(table)
    reading = _Reading(
        catalog,
        table.parent,
        _with_newcomers(catalog, newcomers),
        {prompt.id: files for files in catalog.categories for prompt in files.prompts},
    )
    for row in rows:
        complaints += [(row.line, what) for what in _read(reading, row)]
    refuse_bad_rows(table, complaints)
    _refuse_closed((new.files for new in reading.new), closed)
    answering = {new.contestant for new in reading.new}
    added = [reading.contestants[slug] for slug in sorted(answering - set(catalog.contestants))]
    if reading.new:
        with staged(catalog, reading.new, added, aside=dry_run) as moves:
            if not dry_run:
                place(moves)
    return _report(reading, added)


def _locate(source: Path) -> tuple[Path, Path | None]:
    """Return the table of a source, and where it may describe contestants."""
    if not source.is_dir():
        return source, None
    found = [source / f"{MANIFEST}{kind}" for kind in KINDS if (source / f"{MANIFEST}{kind}").is_file()]
    if len(found) != 1:
        raise CatalogError(source, None, f"needs one of {' and '.join(MANIFEST + kind for kind in KINDS)}")
    return found[0], source / CONTESTANTS


def _with_newcomers(catalog: Catalog, path: Path | None) -> dict[str, ContestantSpec]:
    contestants = dict(catalog.contestants)
    for spec in () if path is None else read_contestants(path):
        if contestants.setdefault(spec.slug, spec) != spec:
            raise CatalogError(path or Path(), None, f"contestant {spec.slug!r} is known with other facts")
    return contestants


def _read(reading: _Reading, row: SourceRow) -> list[str]:
    """Take one row in, or return what is wrong with it."""
    values = dict(row.values)
    contestant = values.pop("contestant", None)
    try:
        spec = OutputSpec.model_validate(dict(UNSAID) | _typed(values))
    except ValidationError as error:
        return [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
    complaints = []
    if contestant not in reading.contestants:
        complaints.append(f"contestant: {contestant!r} is not in contestants.yaml")
    files = reading.prompts.get(spec.prompt_id)
    if files is None:
        complaints.append(f"prompt_id: no category has a prompt {spec.prompt_id!r}")
    if files is None or complaints:
        return complaints
    key = (str(contestant), spec.prompt_id, spec.sample)
    if (earlier := reading.lines.setdefault(key, row.line)) != row.line:
        return [f"the output of {contestant!r} for {spec.prompt_id!r} stands on line {earlier} already"]
    return _take(reading, files, str(contestant), spec)


def _typed(values: dict[str, object]) -> dict[str, object]:
    """Read ``settings`` of a CSV cell as JSON; the shape itself reads numbers and times from text."""
    settings = values.get("settings")
    if not isinstance(settings, str):
        return values
    try:
        return values | {"settings": json.loads(settings)}
    except ValueError:
        return values  # the shape says that it must be an object


def _take(reading: _Reading, files: CategoryFiles, contestant: str, spec: OutputSpec) -> list[str]:
    """Take a well-formed output in, as new or as known, or return what is wrong with it."""
    wanted = "asset" if files.spec.modality == "image" else "text"
    if (spec.asset is not None, spec.text is not None) != (wanted == "asset", wanted == "text"):
        return [f"outputs of {files.spec.slug!r} have {wanted!r} and nothing else"]
    picture = None if spec.asset is None else reading.folder / spec.asset
    if complaint := _unfit(files, reading.folder, picture, spec):
        return [complaint]
    new = NewOutput(files, contestant, _named(spec, picture), picture)
    old = _same_place(files, contestant, spec)
    if old is None:
        reading.new.append(new)
        return _in_the_way(new)
    if different := _differences(files, contestant, old, new):
        return [
            f"the output of {contestant!r} for {spec.prompt_id!r} sample {spec.sample} is known with another "
            f"{different}; give the new one the next sample"
        ]
    reading.known += 1
    return []


def _unfit(files: CategoryFiles, folder: Path, picture: Path | None, spec: OutputSpec) -> str | None:
    """Say why an output could not be served."""
    if picture is None:
        return _unfit_text(str(spec.text))
    if not picture.resolve().is_relative_to(folder.resolve()):
        return f"asset: {spec.asset} does not lie beside the file"
    if not picture.is_file():
        return f"asset: there is no file {picture}"
    if picture.suffix.lower() not in PICTURES:
        return f"asset: {picture.name} is none of {', '.join(PICTURES)}"
    canvas = files.spec.canvas
    if canvas is None:
        raise CatalogError(files.folder, None, "an image category needs a canvas")
    try:
        ingest_image(picture.read_bytes(), Canvas(canvas.width, canvas.height, canvas.background))
    except ImageRefused as error:
        return f"asset: {picture.name}: {error}"
    return None


def _unfit_text(text: str) -> str | None:
    try:
        render_markdown(text)
    except RenderRefused as error:
        return f"text: {error}"
    return None


def _named(spec: OutputSpec, picture: Path | None) -> OutputSpec:
    """Give an image the name that it has in the catalog, which no other output can have."""
    if picture is None:
        return spec
    name = f"{spec.prompt_id}-{spec.sample}{picture.suffix.lower()}"
    return spec.model_copy(update={"asset": name})


def _same_place(files: CategoryFiles, contestant: str, spec: OutputSpec) -> OutputSpec | None:
    outputs = files.outputs.get(contestant, ())
    place = (spec.prompt_id, spec.sample)
    return next((old for old in outputs if (old.prompt_id, old.sample) == place), None)


def _differences(files: CategoryFiles, contestant: str, old: OutputSpec, new: NewOutput) -> str:
    names = [
        name
        for name in OutputSpec.model_fields
        if name != "asset" and getattr(old, name) != getattr(new.spec, name)
    ]
    if new.picture is not None and files.asset_path(contestant, old).read_bytes() != new.picture.read_bytes():
        names.append("asset")
    return ", ".join(names)


def _in_the_way(new: NewOutput) -> list[str]:
    """Refuse to write over a file that something else put there."""
    if new.picture is None:
        return []
    target = new.files.asset_path(new.contestant, new.spec)
    if not target.exists() or (target.is_file() and target.read_bytes() == new.picture.read_bytes()):
        return []
    return [f"asset: {target} is there already and is something else"]


def _refuse_closed(categories: Iterable[CategoryFiles], closed: Path | None) -> None:
    for files in categories:
        if closed is not None and files.folder.is_relative_to(closed):
            raise CatalogError(
                files.folder,
                None,
                "came with the package; copy it into a catalog of your own and set ARENA_CATALOG_DIR",
            )


def _report(reading: _Reading, added: list[ContestantSpec]) -> OutputsReport:
    return OutputsReport(
        folders=tuple(dict.fromkeys(new.files.output_folder for new in reading.new)),
        added=dict(Counter((new.files.spec.slug, new.contestant) for new in reading.new)),
        known=reading.known,
        contestants=tuple(spec.slug for spec in added),
    )
