"""What there is to vote on, and its counts."""

from pathlib import Path

import pytest
from sqlmodel import update

from arena.core.categories import CategorySummary, find_category, list_categories
from arena.core.context import Context
from arena.db.tables import Category, Vote
from arena.errors import NotFound
from tests.core.crowd import crowd_votes, quarantine, void, voter
from tests.factories import take_in, write_catalog

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def summaries(context: Context) -> list[CategorySummary]:
    with context.query() as session:
        return list_categories(session)


@on_sqlite
def test_a_category_tells_what_it_is(arena: Context):
    (poems,) = summaries(arena)
    assert (poems.slug, poems.version, poems.title) == ("poems", "1.0", "Short poems")
    assert poems.question == "Which would you read again?"
    assert poems.rubric == ("Judge the sound.",)
    assert (poems.modality, poems.language, poems.status) == ("text", "en", "live")
    assert (poems.prompts, poems.contestants, poems.outputs) == (4, 4, 16)
    assert (poems.votes, poems.voters, poems.simulated) == (0, 0, False)


def test_votes_are_those_of_people_and_tell_nobody_of_his_quarantine(arena: Context):
    receipts = crowd_votes(arena, voters=4, each=3)
    void(arena, receipts[0])
    quarantine(arena, voter_id=voter(2))
    with arena.command() as session:
        session.get_one(Vote, receipts[-1].vote).origin = "judge"
        session.commit()
    (poems,) = summaries(arena)
    assert (poems.votes, poems.voters) == (12 - 1 - 1, 4)


@on_sqlite
def test_what_is_retired_is_not_counted(arena: Context, tmp_path: Path):
    take_in(arena, write_catalog(tmp_path / "less", prompts=3, contestants=("quartz", "basalt")))
    (poems,) = summaries(arena)
    assert (poems.prompts, poems.contestants, poems.outputs) == (3, 2, 6)


@on_sqlite
def test_live_and_paused_categories_are_listed_and_practice_comes_last(context: Context, tmp_path: Path):
    for slug, status in {
        "practice": "live",
        "zebras": "paused",
        "ants": "live",
        "drafts": "draft",
        "olds": "retired",
    }.items():
        write_catalog(tmp_path / "c", slug=slug, status=status, prompts=1)
    take_in(context, tmp_path / "c")
    assert [row.slug for row in summaries(context)] == ["ants", "zebras", "practice"]
    assert [row.simulated for row in summaries(context)] == [False, False, True]


@pytest.mark.parametrize("status, is_found", [("live", 1), ("paused", 1), ("retired", 1), ("draft", 0)])
@on_sqlite
def test_a_draft_is_not_found(arena: Context, status: str, is_found: int):
    with arena.command() as session:
        session.exec(update(Category).values(status=status))
        session.commit()
    with arena.query() as session:
        if is_found:
            assert find_category(session, "poems").slug == "poems"
            return
        with pytest.raises(NotFound) as refused:
            find_category(session, "poems")
    assert refused.value.code == "unknown_category"
