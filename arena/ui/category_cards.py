"""Categories as cards."""

from collections.abc import Mapping, Sequence

from arena.core.categories import CategorySummary
from arena.ui.links import board_link, vote_link
from arena.ui.markup import Html, join, link, tag


def category_cards(categories: Sequence[CategorySummary], w: Mapping[str, str]) -> Html:
    """Return a card for each category."""
    if not categories:
        return tag("p", w["categories.none"])
    return tag("div", *(_card(category, w) for category in categories), class_="cards")


def _card(category: CategorySummary, w: Mapping[str, str]) -> Html:
    return tag(
        "article",
        tag("h2", category.title),
        _badges(category, w),
        tag("p", category.question, class_="question"),
        tag("p", category.brief),
        _counts(category, w),
        _details(w["categories.rubric"], tag("ul", *(tag("li", line) for line in category.rubric))),
        _details(w["categories.difficulty"], tag("p", category.difficulty_axis)),
        _details(w["categories.card"], tag("p", category.card)),
        _links(category, w),
        id=category.slug,
    )


def _badges(category: CategorySummary, w: Mapping[str, str]) -> Html:
    badges = [
        tag("span", w[f"modality.{category.modality}"], class_="badge"),
        tag("span", w.get(f"language.{category.language}", category.language), class_="badge"),
        tag("span", category.licence, class_="badge"),
    ]
    if category.simulated:
        badges.insert(0, tag("span", w["practice.badge"], class_="badge warn"))
    if category.status == "paused":
        badges.insert(0, tag("span", w["categories.paused"], class_="badge warn"))
    return tag("div", *badges, class_="badges")


def _counts(category: CategorySummary, w: Mapping[str, str]) -> Html:
    counts = {
        "prompts": category.prompts,
        "contestants": category.contestants,
        "votes": category.votes,
        "voters": category.voters,
    }
    pairs = (tag("div", tag("dt", w[f"count.{name}"]), tag("dd", f"{n:,}")) for name, n in counts.items())
    return tag("dl", *pairs, class_="counts")


def _details(summary: str, content: Html) -> Html:
    return tag("details", tag("summary", summary), content)


def _links(category: CategorySummary, w: Mapping[str, str]) -> Html:
    origin = "simulated" if category.simulated else "human"
    links = [link(w["categories.board"], board_link(category.slug, origin), "button")]
    if category.status == "live":
        links.insert(0, link(w["board.vote"], vote_link(category.slug), "button strong"))
    return tag("div", join(links), class_="foot")
