"""A contestant's card says what is stated, and nothing of what is not."""

from pathlib import Path

import pytest
import yaml

from arena.core.contestant_cards import ContestantCard, contestant_cards
from arena.core.context import Context
from arena.core.generation_spec import PriceSpec
from arena.core.openness_spec import OpennessSpec
from arena.ui.contestant_cards import contestant_cards_view
from arena.ui.leaderboard_page import board_page
from arena.ui.words import words
from tests.core.crowd import crowd_votes, force
from tests.factories import take_in, write_catalog
from tests.ui.rows import HOSTILE

W = words()
OPENNESS = {
    "weights": {"level": "open", "url": "https://example.org/weights"},
    "data": {"level": "closed"},
    "training_code": {"level": "partial", "url": "https://example.org/code"},
}
PRICE = {"usd_per_million_in": 0.15, "usd_per_million_out": 0.6, "stated_on": "2026-03-01"}


def card(**changes) -> ContestantCard:
    nothing = dict.fromkeys(("url", "released", "price", "openness"))
    facts = {"name": "Quartz Nine", "family": "quartz", "is_flagship": False, "provider": "Quartz Works"}
    return ContestantCard(
        **facts | nothing | {"kind": "model", "licence": "MIT", "note": "Frozen."} | changes
    )


def view(**changes) -> str:
    return str(contestant_cards_view([card(**changes)], W))


def test_the_sum_of_openness_stands_with_its_maximum_and_every_part_with_its_link():
    html = view(openness=OpennessSpec.model_validate(OPENNESS))
    assert "3 of 6 points" in html
    assert 'weights <a href="https://example.org/weights">open (2)</a>' in html
    assert "training data closed (0)" in html
    assert 'training code <a href="https://example.org/code">partial (1)</a>' in html


def test_prices_stand_with_the_day_they_were_stated_on():
    html = view(price=PriceSpec.model_validate(PRICE))
    assert "0.15 US dollars a million tokens sent; 0.6 US dollars a million tokens answered" in html
    assert "2026-03-01" in html


def test_what_is_not_stated_is_not_named():
    html = view()
    for name in ("released", "price", "openness", "url"):
        assert f"<dt>{W[f'cards.{name}']}</dt>" not in html
    assert f"<dt>{W['cards.licence']}</dt><dd>MIT</dd>" in html


def test_the_flagship_says_that_it_is_one():
    assert "quartz; this one stands for it" in view(is_flagship=True)
    assert "stands for it" not in view()


def test_texts_are_escaped():
    assert "<script>" not in view(name=HOSTILE, provider=HOSTILE, note=HOSTILE, family=HOSTILE)


def test_without_contestants_there_is_nothing():
    assert contestant_cards_view([], W) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_board_shows_the_cards_of_its_contestants(context: Context, tmp_path: Path):
    root = write_catalog(tmp_path / "catalog")
    path = root / "pregenerated/contestants.yaml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries[0] |= {"openness": OPENNESS, "price": PRICE, "released": "2025-01-02"}
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    take_in(context, root)
    assert W["cards.title"] not in board_page(context, "poems", "human")
    crowd_votes(context, voters=3, each=4)
    assert force(context)
    html = board_page(context, "poems", "human")
    assert html.count("<summary>") == 4
    assert "3 of 6 points" in html
    with context.query() as session:
        (found,) = contestant_cards(session, ["quartz", "nobody"])
    assert (found.released, found.is_flagship) == ("2025-01-02", True)
