"""Content of the data files made fit to be served, with the file named where it is refused."""

from pathlib import Path

from sqlmodel import Session

from arena.core.catalog import CanvasSpec
from arena.core.images import Asset as IngestedAsset
from arena.core.images import Canvas, ImageRefused, check_image, ingest_image
from arena.core.render import RenderRefused, render_markdown
from arena.db.tables import Asset
from arena.errors import CatalogError


def rendered(text: str, path: Path, what: str) -> str:
    """Return safe HTML for a text of the data files.

    Raises
    ------
    CatalogError
        If the text is refused, with its file and the reason.
    """
    try:
        return render_markdown(text)
    except RenderRefused as error:
        raise CatalogError(path, None, f"{what}: {error}") from error


def encoded(source: bytes, canvas: CanvasSpec | None, path: Path) -> IngestedAsset:
    """Encode an image of the data files on its category's canvas.

    Raises
    ------
    CatalogError
        If the image is refused or the category has no canvas, with its file and the reason.
    """
    try:
        return ingest_image(source, _canvas(canvas, path))
    except ImageRefused as error:
        raise CatalogError(path, None, str(error)) from error


def check_encoded(source: bytes, canvas: CanvasSpec | None, path: Path) -> None:
    """Refuse what `encoded` would refuse, in a fraction of its time.

    Raises
    ------
    CatalogError
        As `encoded`.
    """
    try:
        check_image(source, _canvas(canvas, path))
    except ImageRefused as error:
        raise CatalogError(path, None, str(error)) from error


def _canvas(canvas: CanvasSpec | None, path: Path) -> Canvas:
    if canvas is None:
        raise CatalogError(path, None, "an image in a text category")
    return Canvas(canvas.width, canvas.height, canvas.background)


def stored(session: Session, asset: IngestedAsset) -> str:
    """Store an image unless it is there already, and return its digest."""
    if session.get(Asset, asset.digest) is None:
        session.add(
            Asset(
                digest=asset.digest,
                media_type=asset.media_type,
                width=asset.width,
                height=asset.height,
                body=asset.body,
            )
        )
        session.flush()
    return asset.digest
