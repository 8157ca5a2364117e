"""References: what the outputs of a prompt are compared with, taken in and handed out."""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

from sqlmodel import Session, col, select

from arena.core.catalog import CategoryFiles, PromptSpec, ReferenceSpec
from arena.core.images import Asset as IngestedAsset
from arena.core.ingest import encoded, rendered, stored
from arena.core.render import text_direction
from arena.core.words import Modality, Shown
from arena.db.tables import Asset, Reference
from arena.errors import CatalogError

Change = Literal["added", "changed", "retired"]


@dataclass(frozen=True)
class ServedReference:
    """A reference as it is sent: safe HTML with its direction, or the size of an image in pixels."""

    kind: Modality
    shown: Shown
    html: str | None
    direction: str
    width: int | None
    height: int | None
    credit: str | None


def sync_reference(
    session: Session, files: CategoryFiles, prompt: PromptSpec, prompt_id: int, *, is_used: bool
) -> Change | None:
    """Make the stored reference of a prompt agree with the files, and say what that changed.

    Parameters
    ----------
    is_used
        Whether a battle used the prompt: then only the credit of its reference may change.

    Raises
    ------
    CatalogError
        If the reference is refused, or differs from what was served in battles.
    """
    row, spec = session.get(Reference, prompt_id), prompt.reference
    seen = None if row is None else (row.content_digest, row.shown)
    wanted = None if spec is None else (_digest(files, spec), spec.shown)
    if seen != wanted and is_used:
        raise CatalogError(
            files.folder / "prompts.jsonl",
            None,
            f"prompt {prompt.id!r} was served in battles and its reference cannot change; give it a new id",
        )
    if spec is None:
        if row is not None:
            session.delete(row)
        return None if row is None else "retired"
    if row is not None and seen == wanted and row.credit == spec.credit:
        return None
    content = _content(session, files, prompt, spec) if seen != wanted else {}
    values: dict[str, Any] = {"shown": spec.shown, "credit": spec.credit, **content}
    values["content_digest"] = _digest(files, spec)
    if row is None:
        session.add(Reference(prompt_id=prompt_id, **values))
        return "added"
    row.sqlmodel_update(values)
    session.add(row)
    return "changed"


def check_references(files: CategoryFiles) -> None:
    """Encode or render the references of a category as a sync would, each file once, and keep nothing.

    Raises
    ------
    CatalogError
        If the image or the text is refused, with its file and the reason.
    """
    referring = [(prompt, prompt.reference) for prompt in files.prompts if prompt.reference is not None]
    for asset in dict.fromkeys(spec.asset for _, spec in referring if spec.asset is not None):
        _image(files, asset)
    for prompt, spec in referring:
        if spec.text is not None:
            _html(files, prompt, spec.text)


def reference_of(session: Session, prompt_id: int) -> ServedReference | None:
    """Return the reference of a prompt, whenever it is to be shown; None where it has none."""
    statement = (
        select(Reference, Asset.width, Asset.height)
        .join(Asset, col(Asset.digest) == Reference.asset_digest, isouter=True)
        .where(Reference.prompt_id == prompt_id)
    )
    found = session.exec(statement).one_or_none()
    if found is None:
        return None
    row, width, height = found
    kind: Modality = "image" if row.html is None else "text"
    shown: Shown = row.shown  # type: ignore[assignment]  # the table allows these words only
    return ServedReference(kind, shown, row.html, row.direction, width, height, row.credit)


def _content(
    session: Session, files: CategoryFiles, prompt: PromptSpec, spec: ReferenceSpec
) -> dict[str, str | None]:
    if spec.asset is not None:
        # Several prompts may have one image: it is encoded once.
        statement = select(Reference.asset_digest).where(Reference.content_digest == _digest(files, spec))
        digest = session.exec(statement).first() or stored(session, _image(files, spec.asset))
        return {"html": None, "direction": "ltr", "asset_digest": digest}
    text = str(spec.text)
    direction = text_direction(text, prompt.language)
    return {"html": _html(files, prompt, text), "direction": direction, "asset_digest": None}


def _image(files: CategoryFiles, asset: str) -> IngestedAsset:
    path = files.reference_folder / asset
    return encoded(path.read_bytes(), files.spec.canvas, path)


def _html(files: CategoryFiles, prompt: PromptSpec, text: str) -> str:
    return rendered(text, files.folder / "prompts.jsonl", f"the reference of prompt {prompt.id!r}")


def _digest(files: CategoryFiles, spec: ReferenceSpec) -> str:
    source = (
        str(spec.text).encode() if spec.asset is None else (files.reference_folder / spec.asset).read_bytes()
    )
    return hashlib.sha256(source + repr(files.spec.canvas).encode()).hexdigest()
