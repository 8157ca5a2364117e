"""The image of one side, for its voter only."""

import io
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from arena.core.context import Context
from arena.core.media import Media, battle_media
from arena.db.tables import Battle, Contestant, Output, Prompt
from arena.errors import NotFound
from tests.factories import ANNA, BERT, CONTESTANTS, hash_of, serve, take_in, vote, write_catalog

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def pictures(context: Context, tmp_path: Path) -> Context:
    """A context whose database holds `poems` as images of 64 x 48, one colour each."""
    take_in(context, write_catalog(tmp_path / "c", modality="image"))
    return context


def media(context: Context, battle: str, side: str, voter: str = ANNA) -> Media:
    with context.query() as session:
        return battle_media(session, battle_id=battle, voter=voter, side=side)


def picture(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


def test_each_side_sends_the_image_of_its_output(pictures: Context):
    for battle in serve(pictures, n=5):
        with pictures.query() as session:
            row = session.get_one(Battle, battle.id)
            prompt = session.get_one(Prompt, row.prompt_id).slug
            for side, output in (("a", row.output_a_id), ("b", row.output_b_id)):
                contestant = session.get_one(Output, output).contestant_id
                maker = session.get_one(Contestant, contestant).slug
                colour = (40 * CONTESTANTS.index(maker), hash_of(prompt), 90)
                assert picture(media(pictures, battle.id, side).body).getpixel((9, 9)) == colour


@on_sqlite
def test_an_image_is_pixels_and_nothing_else(pictures: Context):
    (battle,) = serve(pictures)
    sent = media(pictures, battle.id, "a")
    image = picture(sent.body)
    assert sent.media_type == "image/webp"
    assert (image.format, image.size, image.mode) == ("WEBP", (64, 48), "RGB")
    assert not {"exif", "icc_profile", "xmp"} & set(image.info)
    assert not any(name.encode() in sent.body for name in CONTESTANTS)
    assert (battle.sides["a"].width, battle.sides["a"].height) == image.size


@on_sqlite
def test_the_image_is_the_same_before_and_after_the_vote(pictures: Context):
    (battle,) = serve(pictures)
    before = media(pictures, battle.id, "b")
    vote(pictures, battle)
    assert media(pictures, battle.id, "b") == before


@on_sqlite
def test_nobody_else_gets_the_image(pictures: Context):
    (battle,) = serve(pictures)
    serve(pictures, voter=BERT)
    with pytest.raises(NotFound) as refused:
        media(pictures, battle.id, "a", voter=BERT)
    with pytest.raises(NotFound) as unknown:
        media(pictures, "0" * 32, "a")
    assert (refused.value.code, refused.value.message) == (unknown.value.code, unknown.value.message)


@on_sqlite
def test_a_text_has_no_image(arena: Context):
    (battle,) = serve(arena)
    with pytest.raises(NotFound, match="not an image"):
        media(arena, battle.id, "a")
    with arena.query() as session:
        assert session.exec(select(Battle)).one().id == battle.id
