"""References: taken in once, handed out when they may be seen, never changed under votes."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from arena.core.catalog_rules import load_catalog
from arena.core.context import Context
from arena.core.media import reference_media
from arena.core.reveal import Revealed, reveal
from arena.core.sync import check_texts
from arena.db.tables import Asset, Reference
from arena.errors import CatalogError, NotFound, NotRevealed
from tests.factories import ANNA, BERT, add_references, png, serve, take_in, vote, write_catalog

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalog of images, as files; no prompt has a reference yet."""
    return write_catalog(tmp_path / "catalog", modality="image")


def stored(context: Context) -> list[Reference]:
    with context.query() as session:
        return list(session.exec(select(Reference)))


def image(context: Context, battle: str, voter: str = ANNA) -> Image.Image:
    with context.query() as session:
        return Image.open(io.BytesIO(reference_media(session, battle_id=battle, voter=voter).body))


def name(context: Context, battle: str) -> Revealed:
    with context.command() as session:
        return reveal(session, battle_id=battle, voter=ANNA, now=context.now())


@pytest.mark.parametrize("shown", ["beside", "hold"])
def test_an_image_is_served_with_its_pair(context: Context, root: Path, shown: str):
    add_references(root, asset="scene.png", shown=shown, credit="Painted here")
    assert take_in(context, root).added["reference"] == 4
    (battle,) = serve(context)
    assert battle.reference is not None
    assert (battle.reference.kind, battle.reference.shown) == ("image", shown)
    assert (battle.reference.width, battle.reference.height) == (64, 48)
    assert battle.reference.credit == "Painted here"
    assert image(context, battle.id).getpixel((9, 9)) == (10, 120, 60)


@on_sqlite
def test_a_text_is_rendered_and_made_safe(context: Context, tmp_path: Path):
    root = write_catalog(tmp_path / "texts")
    add_references(root, text="The *source*. <script>alert(1)</script>", shown="beside")
    take_in(context, root)
    (battle,) = serve(context)
    assert battle.reference is not None
    assert "<em>source</em>" in str(battle.reference.html)
    assert "<script" not in str(battle.reference.html)
    with pytest.raises(NotFound):
        image(context, battle.id)


@on_sqlite
def test_a_prompt_without_a_reference_has_none(context: Context, root: Path):
    take_in(context, root)
    (battle,) = serve(context)
    assert battle.reference is None
    with pytest.raises(NotFound, match="compare"):
        image(context, battle.id)


@on_sqlite
def test_one_image_of_several_prompts_is_stored_once(context: Context, root: Path):
    add_references(root, asset="scene.png", shown="hold")
    take_in(context, root)
    assert len({row.asset_digest for row in stored(context)}) == 1
    with context.query() as session:
        assert len(session.exec(select(Asset)).all()) == 16 + 1


@on_sqlite
def test_nobody_else_gets_the_image(context: Context, root: Path):
    add_references(root, asset="scene.png", shown="hold")
    take_in(context, root)
    (battle,) = serve(context)
    with pytest.raises(NotFound):
        image(context, battle.id, voter=BERT)


def test_after_the_vote_means_with_the_names(context: Context, root: Path):
    add_references(root, asset="scene.png", shown="after_vote")
    take_in(context, root)
    (battle,) = serve(context)
    assert battle.reference is None
    with pytest.raises(NotRevealed):
        image(context, battle.id)
    vote(context, battle)
    with pytest.raises(NotRevealed):  # the vote can still be taken back
        image(context, battle.id)
    revealed = name(context, battle.id)
    assert revealed.reference is not None
    assert image(context, battle.id).size == (64, 48)


@on_sqlite
def test_a_reference_that_was_seen_already_does_not_come_with_the_names(context: Context, root: Path):
    add_references(root, asset="scene.png", shown="hold")
    take_in(context, root)
    (battle,) = serve(context)
    vote(context, battle)
    assert name(context, battle.id).reference is None


def test_a_second_sync_changes_nothing(context: Context, root: Path):
    add_references(root, asset="scene.png", shown="hold")
    take_in(context, root)
    assert take_in(context, root).is_empty


@on_sqlite
def test_what_nobody_saw_may_change_and_go(context: Context, root: Path):
    add_references(root, asset="scene.png", shown="hold")
    take_in(context, root)
    (root / "prompts/poems/references/scene.png").write_bytes(png(colour=(1, 2, 3)))
    assert take_in(context, root).changed == {"reference": 4}
    (battle,) = serve(context)
    assert image(context, battle.id).getpixel((9, 9)) == (1, 2, 3)


@on_sqlite
def test_without_its_line_an_unused_reference_goes(context: Context, root: Path):
    add_references(root, asset="scene.png", shown="hold")
    take_in(context, root)
    write_catalog(root, modality="image")
    assert take_in(context, root).retired == {"reference": 4}
    assert stored(context) == []


@on_sqlite
@pytest.mark.parametrize("change", ["pixels", "shown", "gone"])
def test_what_a_battle_used_cannot_change(context: Context, root: Path, change: str):
    add_references(root, asset="scene.png", shown="hold")
    take_in(context, root)
    serve(context)
    if change == "pixels":
        (root / "prompts/poems/references/scene.png").write_bytes(png(colour=(1, 2, 3)))
    elif change == "shown":
        add_references(root, asset="scene.png", shown="beside")
    else:
        write_catalog(root, modality="image")
    with pytest.raises(CatalogError, match="reference cannot change"):
        take_in(context, root)


@on_sqlite
def test_a_used_prompt_gets_no_reference_later(context: Context, root: Path):
    take_in(context, root)
    serve(context)
    add_references(root, asset="scene.png", shown="hold")
    with pytest.raises(CatalogError, match="reference cannot change"):
        take_in(context, root)


@on_sqlite
def test_the_credit_of_a_used_reference_may_be_corrected(context: Context, root: Path):
    add_references(root, asset="scene.png", shown="hold")
    take_in(context, root)
    serve(context)
    add_references(root, asset="scene.png", shown="hold", credit="Painted by Ida")
    assert take_in(context, root).changed == {"reference": 4}
    assert {row.credit for row in stored(context)} == {"Painted by Ida"}


@pytest.mark.parametrize(
    ("reference", "complaint"),
    [
        ({"shown": "hold"}, "either an asset or a text"),
        ({"shown": "hold", "asset": "scene.png", "text": "both"}, "either an asset or a text"),
        ({"shown": "sometimes", "text": "x"}, "reference.shown"),
        ({"shown": "hold", "text": "Made by Quartz Nine"}, "names '(?i:quartz)"),
        ({"shown": "hold", "text": "x", "credit": "quartz"}, "names 'quartz'"),
    ],
)
def test_a_reference_that_is_not_right_is_named(root: Path, reference: dict[str, object], complaint: str):
    add_references(root, **reference)
    with pytest.raises(CatalogError, match=complaint):
        load_catalog([root])


def test_a_missing_file_is_named(root: Path):
    add_references(root, asset="scene.png", shown="hold")
    (root / "prompts/poems/references/scene.png").unlink()
    with pytest.raises(CatalogError, match=r"poems-001.*no file"):
        load_catalog([root])


def test_a_file_outside_the_folder_is_refused(root: Path):
    add_references(root, asset="scene.png", shown="hold")
    path = root / "prompts/poems/prompts.jsonl"
    path.write_text(path.read_text().replace("scene.png", "../prompts.jsonl"))
    with pytest.raises(CatalogError, match="must lie in references"):
        load_catalog([root])


def test_an_image_in_a_text_category_is_refused(tmp_path: Path):
    root = write_catalog(tmp_path / "texts")
    add_references(root, asset="scene.png", shown="hold")
    with pytest.raises(CatalogError, match="a reference is a text"):
        load_catalog([root])


def test_with_the_names_is_refused_where_names_are_never_given(tmp_path: Path):
    root = write_catalog(tmp_path / "secret", reveal="never")
    add_references(root, text="The source.", shown="after_vote")
    with pytest.raises(CatalogError, match="never given"):
        load_catalog([root])


def test_the_check_reads_every_reference(root: Path):
    add_references(root, asset="scene.png", shown="hold")
    (root / "prompts/poems/references/scene.png").write_bytes(b"no picture")
    with pytest.raises(CatalogError, match=r"scene\.png"):
        check_texts(load_catalog([root]))


def test_a_line_names_its_reference_in_the_agreed_shape(root: Path):
    add_references(root, asset="scene.png", shown="hold", credit="Painted here")
    (line, *_) = (root / "prompts/poems/prompts.jsonl").read_text(encoding="utf-8").splitlines()
    (files,) = load_catalog([root]).categories
    assert files.prompts[0].reference is not None
    assert files.prompts[0].reference.model_dump(exclude_none=True) == json.loads(line)["reference"]
