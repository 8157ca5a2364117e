"""A card tells what a category is, and leads to it."""

from arena.ui.category_cards import category_cards
from arena.ui.words import words
from tests.ui.rows import HOSTILE, category

W = words()


def test_card_shows_every_fact_of_its_category():
    html = category_cards([category()], W)
    for fact in ("Short poems", "Which would you read again?", "A poem of four lines.", "Judge the sound."):
        assert fact in html
    for fact in ("Rarer subjects are harder.", "Written for tests.", "CC-BY-4.0", "English", "1,200", ">30<"):
        assert fact in html


def test_card_leads_to_voting_and_to_the_board():
    html = category_cards([category()], W)
    assert 'href="/?category=poems"' in html
    assert 'href="/leaderboard?category=poems&amp;origin=human"' in html


def test_practice_carries_its_badge_and_leads_to_its_simulated_board():
    html = category_cards([category(slug="practice", simulated=True)], W)
    assert W["practice.badge"] in html
    assert "origin=simulated" in html


def test_paused_category_is_marked_and_offers_no_vote():
    html = category_cards([category(status="paused")], W)
    assert W["categories.paused"] in html
    assert "/?category=" not in html


def test_texts_of_a_category_are_escaped():
    texts = dict.fromkeys(("title", "question", "brief", "difficulty_axis", "card", "licence"), HOSTILE)
    assert "<script>" not in category_cards([category(rubric=(HOSTILE,), **texts)], W)


def test_arena_without_categories_says_so():
    assert W["categories.none"] in category_cards([], W)


def test_unknown_language_is_shown_by_its_code():
    assert ">tlh<" in category_cards([category(language="tlh")], W)
