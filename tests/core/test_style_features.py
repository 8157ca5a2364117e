"""Every output carries the style features that `ratings` measures."""

from pathlib import Path

import numpy as np
import pytest
from sqlmodel import select

from arena.core.context import Context
from arena.core.style_features import style_of_image
from arena.db.tables import Asset, Output
from ratings import IMAGE_FEATURES, image_features, text_features
from tests.core.test_leaks import say
from tests.factories import png, take_in, write_catalog

TEXT = "# River\n\nIt **runs**.\n\n- over\n- the stones"


def styles(context: Context) -> list[dict[str, float] | None]:
    with context.query() as session:
        return list(session.exec(select(Output.style).order_by(Output.id)))


def forget(context: Context) -> None:
    """As rows are that are older than the column."""
    with context.command() as session:
        for row in session.exec(select(Output)):
            row.style = None
            session.add(row)
        session.commit()


def test_a_text_is_measured_on_its_markdown(context: Context, tmp_path: Path):
    root = write_catalog(tmp_path / "c")
    say(root, TEXT)
    take_in(context, root)
    assert text_features(TEXT) in styles(context)
    assert text_features(TEXT) == {"length": 6, "headers": 1, "ordered": 0, "unordered": 2, "bold": 1}


def test_an_image_is_measured_on_the_pixels_that_are_served(context: Context, tmp_path: Path):
    """On the canvas, not before: what a voter does not see cannot sway him."""
    root = write_catalog(tmp_path / "c", modality="image", prompts=1)
    for contestant in (root / "pregenerated/poems").glob("*/"):
        (contestant / "poems-001.png").write_bytes(png(size=(128, 48)))
    take_in(context, root)
    canvas = np.full((48, 64, 3), 255, np.uint8)
    canvas[12:36] = (200, 30, 30)
    assert styles(context) == [pytest.approx(image_features(canvas), rel=1e-3)] * 4


def test_what_is_stored_is_what_is_measured(context: Context, tmp_path: Path):
    take_in(context, write_catalog(tmp_path / "c", modality="image", prompts=1))
    with context.query() as session:
        for row, asset in session.exec(select(Output, Asset).join(Asset)):
            assert row.style == style_of_image(asset.body)
            assert tuple(row.style) == IMAGE_FEATURES


@pytest.mark.parametrize("modality", ["text", "image"])
def test_rows_without_features_get_them_at_the_next_sync(context: Context, tmp_path: Path, modality: str):
    root = write_catalog(tmp_path / "c", modality=modality, prompts=1)
    take_in(context, root)
    before = styles(context)
    forget(context)
    assert styles(context) == [None] * 4
    assert take_in(context, root).is_empty
    assert styles(context) == before


def test_a_changed_output_is_measured_anew(context: Context, tmp_path: Path):
    root = write_catalog(tmp_path / "c")
    take_in(context, root)
    say(root, TEXT)
    take_in(context, root)
    assert text_features(TEXT) in styles(context)
