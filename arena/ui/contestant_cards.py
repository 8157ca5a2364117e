"""Contestants' cards under a board: who they are, what they cost, how open they are."""

from collections.abc import Iterator, Mapping, Sequence

from arena.core.contestant_cards import ContestantCard
from arena.core.openness_spec import MOST_POINTS, OpennessSpec
from arena.ui.markup import Html, Part, fill, join, link, tag

PRICES = ("usd_per_million_in", "usd_per_million_out", "usd_per_image")


def contestant_cards_view(cards: Sequence[ContestantCard], w: Mapping[str, str]) -> Html | None:
    """Return all cards, folded; nothing where there is none."""
    if not cards:
        return None
    return tag(
        "section",
        tag("h3", w["cards.title"]),
        *(tag("details", tag("summary", card.name), _facts(card, w)) for card in cards),
        class_="contestant-cards",
    )


def _facts(card: ContestantCard, w: Mapping[str, str]) -> Html:
    pairs = ((w[f"cards.{name}"], value) for name, value in _values(card, w) if value)
    return join([tag("p", card.note), tag("dl", *(part for pair in pairs for part in _pair(*pair)))])


def _pair(name: str, value: Part) -> tuple[Html, Html]:
    return tag("dt", name), tag("dd", value)


def _values(card: ContestantCard, w: Mapping[str, str]) -> Iterator[tuple[str, Part]]:
    yield "family", fill(w["cards.flagship"], {"family": card.family}) if card.is_flagship else card.family
    yield "provider", card.provider
    yield "kind", w[f"cards.kind.{card.kind}"]
    yield "licence", card.licence
    yield "released", card.released
    yield "price", _price(card, w)
    yield "openness", None if card.openness is None else _openness(card.openness, w)
    yield "url", None if card.url is None else link(card.url, card.url)


def _price(card: ContestantCard, w: Mapping[str, str]) -> Html | None:
    price = card.price
    if price is None:
        return None
    stated = ((name, getattr(price, name)) for name in PRICES)
    parts = [w[f"cards.price.{name}"].format(usd=f"{usd:g}") for name, usd in stated if usd is not None]
    day = w["cards.price.stated"].format(day=price.stated_on.isoformat())
    return join(["; ".join(parts), " ", day])


def _openness(openness: OpennessSpec, w: Mapping[str, str]) -> Html:
    points = {"points": str(openness.points), "most": str(MOST_POINTS)}
    parts: list[Part] = [fill(w["cards.openness.sum"], points)]
    for name in OpennessSpec.model_fields:
        fact = getattr(openness, name)
        level = w[f"cards.openness.{fact.level}"]
        parts += [" · ", w[f"cards.openness.{name}"], " ", link(level, fact.url) if fact.url else level]
    return join(parts)
