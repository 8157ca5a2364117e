"""Make the database agree with the data files. Idempotent; what a battle used never changes."""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, or_, select

from arena.core.catalog import Catalog, CategoryFiles, ContestantSpec, OutputSpec, PromptSpec
from arena.core.distinguishability import refresh_distinguishability
from arena.core.images import Asset as IngestedAsset
from arena.core.ingest import check_encoded, encoded, rendered, stored
from arena.core.references import check_references, sync_reference
from arena.core.render import text_direction
from arena.core.style_features import fill_style, style_of_image
from arena.db.tables import Battle, Category, Contestant, Event, Output, Prompt, known_id
from arena.db.turns import SYNC, wait_for_turn
from arena.errors import CatalogError

Progress = Callable[[str], None]
Row = TypeVar("Row", bound=SQLModel)
_Item = tuple[Prompt, Contestant, OutputSpec, Output | None]
_Measured = tuple[IngestedAsset, dict[str, float]]
"""An encoded image and its style features."""


@dataclass
class SyncReport:
    """What a sync changed."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    retired: dict[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether the database agreed with the files already."""
        return not (self.added or self.changed or self.retired)


def sync_catalog(session: Session, catalog: Catalog, *, now: datetime, progress: Progress) -> SyncReport:
    """Bring categories, prompts, contestants and outputs into the database, in one transaction.

    What left the files is retired, never deleted. An output that a battle used cannot change.

    Parameters
    ----------
    progress
        Called with the name of each category before its outputs are taken in.

    Raises
    ------
    CatalogError
        If an image or a text is refused, or a used output or prompt was changed in its file.
    """
    # Replicas that start together take turns; the second one finds nothing to do.
    wait_for_turn(session.connection(), SYNC)
    report = SyncReport()
    contestants = _sync_contestants(session, catalog, report)
    kept = set[int]()
    for files in catalog.categories:
        progress(files.spec.slug)
        category = _sync_category(session, files, report)
        prompts = _sync_prompts(session, files, category, report)
        kept |= _sync_outputs(session, files, prompts, contestants, report)
    _retire_absent(session, catalog, kept, report)
    _measure(session, catalog)
    if not report.is_empty:
        detail = {"added": report.added, "changed": report.changed, "retired": report.retired}
        session.add(Event(at=now, actor="catalog sync", action="sync", subject="catalog", detail=detail))
    session.commit()
    return report


def _sync_contestants(session: Session, catalog: Catalog, report: SyncReport) -> dict[str, Contestant]:
    known = {row.slug: row for row in session.exec(select(Contestant))}
    for spec in catalog.contestants.values():
        known[spec.slug] = _agree(session, known.get(spec.slug), Contestant, _contestant_values(spec), report)
    session.flush()
    return known


def _contestant_values(spec: ContestantSpec) -> dict[str, object]:
    return spec.model_dump(mode="json", exclude={"generation"})


def _sync_category(session: Session, files: CategoryFiles, report: SyncReport) -> Category:
    row = session.exec(select(Category).where(Category.slug == files.spec.slug)).one_or_none()
    values = files.spec.model_dump(exclude={"canvas", "simulation", "complete", "refusals"})
    row = _agree(session, row, Category, values, report)
    session.flush()
    return row


def _sync_prompts(
    session: Session, files: CategoryFiles, category: Category, report: SyncReport
) -> dict[str, Prompt]:
    ids = [spec.id for spec in files.prompts]
    # By id alone: a prompt may come from another category.
    known = {row.slug: row for row in session.exec(select(Prompt).where(col(Prompt.slug).in_(ids)))}
    for spec in files.prompts:
        row = known.get(spec.id)
        is_other = row is not None and (row.text, row.category_id) != (spec.text, category.id)
        if row is not None and is_other and _prompt_used(session, row):
            raise CatalogError(
                files.folder / "prompts.jsonl",
                None,
                f"prompt {spec.id!r} was served in battles and cannot change or move; give it a new id",
            )
        known[spec.id] = _agree(
            session, row, Prompt, _prompt_values(files, spec, known_id(category.id)), report
        )
    session.flush()
    for spec in files.prompts:
        row = known[spec.id]
        is_used = _prompt_used(session, row)
        change = sync_reference(session, files, spec, known_id(row.id), is_used=is_used)
        if change is not None:
            counts: dict[str, int] = getattr(report, change)
            counts["reference"] = counts.get("reference", 0) + 1
    return known


def _prompt_values(files: CategoryFiles, spec: PromptSpec, category_id: int) -> dict[str, object]:
    values = spec.model_dump(exclude={"id", "reference"})
    html = rendered(spec.text, files.folder / "prompts.jsonl", f"prompt {spec.id!r}")
    return values | {
        "slug": spec.id,
        "category_id": category_id,
        "html": html,
        "direction": text_direction(spec.text, spec.language),
    }


def _sync_outputs(
    session: Session,
    files: CategoryFiles,
    prompts: dict[str, Prompt],
    contestants: dict[str, Contestant],
    report: SyncReport,
) -> set[int]:
    rows = session.exec(
        select(Output).where(col(Output.prompt_id).in_([prompt.id for prompt in prompts.values()]))
    )
    known = {(row.prompt_id, row.contestant_id, row.sample): row for row in rows}
    items = [
        (prompt, contestant, spec, known.get((known_id(prompt.id), known_id(contestant.id), spec.sample)))
        for contestant, specs in ((contestants[slug], specs) for slug, specs in files.outputs.items())
        for prompt, spec in ((prompts[spec.prompt_id], spec) for spec in specs)
    ]
    kept = set[int]()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        # Encoding leaves Python's lock; whatever is not there yet is encoded ahead, on all processors.
        ahead = [_encoded_ahead(pool, files, item) for item in items]
        for item, image in zip(items, ahead, strict=True):
            row = _sync_output(session, files, item, image, report)
            fill_style(session, row, item[2].text)
            kept.add(known_id(row.id))
    return kept


def _encoded_ahead(pool: ThreadPoolExecutor, files: CategoryFiles, item: _Item) -> Future[_Measured] | None:
    """Start encoding an image output that the database does not have."""
    _, contestant, spec, row = item
    if row is not None or spec.asset is None:
        return None
    return pool.submit(_measured_image, files, contestant.slug, spec)


def _measured_image(files: CategoryFiles, contestant: str, spec: OutputSpec) -> _Measured:
    asset = ingested_image(files, contestant, spec, _source(files, contestant, spec))
    return asset, style_of_image(asset.body)


def _sync_output(
    session: Session,
    files: CategoryFiles,
    item: _Item,
    image: Future[_Measured] | None,
    report: SyncReport,
) -> Output:
    prompt, contestant, spec, row = item
    source = _source(files, contestant.slug, spec)
    digest = hashlib.sha256(source + repr(files.spec.canvas).encode()).hexdigest()
    status = "active" if contestant.status == "active" else "retired"
    provenance = spec.model_dump(exclude={"prompt_id", "text", "asset"}) | {"status": status}
    if row is not None and row.content_digest == digest:
        return _agree(session, row, Output, provenance, report)
    if row is not None and _output_used(session, row):
        raise CatalogError(
            files.output_folder / f"{contestant.slug}.jsonl",
            None,
            f"the output for prompt {spec.prompt_id!r} sample {spec.sample} was served in battles and cannot "
            "change; add it as a new sample",
        )
    content = _ingested(session, files, contestant.slug, spec, image)
    identity = {"prompt_id": prompt.id, "contestant_id": contestant.id, "content_digest": digest}
    row = _agree(session, row, Output, identity | provenance | content, report)
    session.flush()
    return row


def _source(files: CategoryFiles, contestant: str, spec: OutputSpec) -> bytes:
    if spec.text is not None:
        return spec.text.encode()
    return files.asset_path(contestant, spec).read_bytes()


def _ingested(
    session: Session,
    files: CategoryFiles,
    contestant: str,
    spec: OutputSpec,
    image: Future[_Measured] | None,
) -> dict[str, object]:
    """Render a text or encode an image, once; later requests only send what this stored."""
    if spec.text is not None:
        html = _rendered_output(spec.text, files, contestant, spec)
        direction = text_direction(spec.text, files.spec.language)
        return {"html": html, "direction": direction, "asset_digest": None, "style": None}
    asset, style = image.result() if image is not None else _measured_image(files, contestant, spec)
    return {"html": None, "direction": "ltr", "asset_digest": stored(session, asset), "style": style}


def ingested_image(files: CategoryFiles, contestant: str, spec: OutputSpec, source: bytes) -> IngestedAsset:
    """Encode an image output on its category's canvas.

    Raises
    ------
    CatalogError
        If the image is refused, with its file and the reason.
    """
    return encoded(source, files.spec.canvas, files.asset_path(contestant, spec))


def _rendered_output(text: str, files: CategoryFiles, contestant: str, spec: OutputSpec) -> str:
    return rendered(text, files.output_folder / f"{contestant}.jsonl", f"the output for {spec.prompt_id!r}")


def _retire_absent(session: Session, catalog: Catalog, kept: set[int], report: SyncReport) -> None:
    slugs = {files.spec.slug for files in catalog.categories}
    prompts = {prompt.id for files in catalog.categories for prompt in files.prompts}
    absent: list[Category | Prompt | Contestant | Output] = [
        *session.exec(select(Category).where(col(Category.slug).not_in(slugs))),
        *session.exec(select(Prompt).where(col(Prompt.slug).not_in(prompts))),
        *session.exec(select(Contestant).where(col(Contestant.slug).not_in(catalog.contestants))),
        *(output for output in session.exec(select(Output)) if output.id not in kept),
    ]
    for row in absent:
        if row.status != "retired":
            row.status = "retired"
            session.add(row)
            _count(report.retired, row)


def _measure(session: Session, catalog: Catalog) -> None:
    """Measure anew what follows from the outputs; it is no change of the data files and is not counted."""
    session.flush()
    for files in catalog.categories:
        category = session.exec(select(Category).where(Category.slug == files.spec.slug)).one()
        refresh_distinguishability(session, category)


def _prompt_used(session: Session, row: Prompt) -> bool:
    return session.exec(select(Battle.id).where(Battle.prompt_id == row.id).limit(1)).first() is not None


def _output_used(session: Session, row: Output) -> bool:
    used = or_(col(Battle.output_a_id) == row.id, col(Battle.output_b_id) == row.id)
    return session.exec(select(Battle.id).where(used).limit(1)).first() is not None


def _agree(
    session: Session, row: Row | None, table: type[Row], values: dict[str, object], report: SyncReport
) -> Row:
    """Make a row carry the values, and count whether that added or changed it."""
    if row is None:
        row = table(**values)
        session.add(row)
        _count(report.added, row)
        return row
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    if different:
        session.add(row)
        _count(report.changed, row)
    return row


def _count(counts: dict[str, int], row: SQLModel) -> None:
    name = str(row.__tablename__)
    counts[name] = counts.get(name, 0) + 1


def check_texts(catalog: Catalog) -> None:
    """Render every prompt and text output as a sync would, encode references, and keep nothing.

    Raises
    ------
    CatalogError
        At the first text or reference that is refused, with its file and the reason.
    """
    for files in catalog.categories:
        for prompt in files.prompts:
            _prompt_values(files, prompt, category_id=0)
        check_references(files)
        for contestant, outputs in files.outputs.items():
            for spec in outputs:
                if spec.text is not None:
                    _rendered_output(spec.text, files, contestant, spec)


def check_images(catalog: Catalog) -> int:
    """Decode every image output as a sync would, keep nothing, and return their number.

    Raises
    ------
    CatalogError
        At the first image that is refused, with its file and the reason.
    """
    checked = 0
    for files in catalog.categories:
        for contestant, outputs in files.outputs.items():
            for spec in outputs:
                if spec.asset is not None:
                    source = _source(files, contestant, spec)
                    check_encoded(source, files.spec.canvas, files.asset_path(contestant, spec))
                    checked += 1
    return checked
