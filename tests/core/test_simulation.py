"""Simulated votes: in practice only, badged, once, and drawn from the strengths that are stated."""

from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import select

from arena.core.catalog import SimulationSpec
from arena.core.context import Context
from arena.core.simulation import simulate_votes
from arena.db.tables import Battle, Category, Event, Vote, Voter
from tests.core.crowd import board, crowd_votes, force
from tests.factories import CONTESTANTS, take_in, write_catalog

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PLANTED = SimulationSpec(
    seed=5,
    voters=40,
    votes=800,
    strengths=dict(zip(CONTESTANTS, (-0.9, 0.9, 0.3, -0.3), strict=True)),
    taste_sd=0.2,
    tie_rate=0.1,
    both_bad_share=0.5,
)


@pytest.fixture
def practice(context: Context, tmp_path: Path) -> Context:
    """A context with `poems` and `practice`; the latter has 8 prompts."""
    root = write_catalog(tmp_path / "catalog")
    write_catalog(root, slug="practice", prompts=8, simulation=PLANTED.model_dump())
    take_in(context, root)
    return context


def simulate(context: Context, spec: SimulationSpec = PLANTED) -> int:
    with context.command() as session:
        return simulate_votes(session, spec, now=context.now())


def test_simulated_votes_are_badged_and_lie_in_practice_only(practice: Context):
    assert simulate(practice) == 800
    with practice.query() as session:
        assert set(session.exec(select(Vote.origin))) == {"simulated"}
        assert set(session.exec(select(Voter.origin))) == {"simulated"}
        assert session.exec(select(func.count()).select_from(Voter)).one() == 40
        categories = select(Category.slug).join(Battle).distinct()
        assert list(session.exec(categories)) == ["practice"]


def test_a_second_call_adds_none(practice: Context):
    simulate(practice)
    assert simulate(practice) == 0
    with practice.query() as session:
        assert session.exec(select(func.count()).select_from(Vote)).one() == 800
        events = session.exec(select(Event).where(Event.action == "simulate"))
        assert [event.detail for event in events] == [{"votes": 800, "voters": 40}]


@on_sqlite
def test_simulated_votes_never_enter_the_board_of_people(practice: Context):
    simulate(practice)
    assert force(practice, "practice", "human") is None
    assert board(practice, "practice").snapshot is None
    assert board(practice, "practice").votes_so_far == 0
    assert board(practice, "practice").category.votes == 0


@on_sqlite
def test_the_planted_order_is_recovered_within_its_intervals(practice: Context):
    simulate(practice)
    force(practice, "practice", "simulated")
    rows = board(practice, "practice", "simulated").rows
    assert [row.contestant for row in rows] == sorted(
        PLANTED.strengths, key=PLANTED.strengths.__getitem__, reverse=True
    )
    ratings = {row.contestant: row.rating for row in rows}
    # A strength of 1.8 between first and last is 1.8 * 400 / ln 10 = 313 points.
    spread = ratings["basalt"] - ratings["quartz"]
    assert spread == pytest.approx(313, abs=90)


@on_sqlite
def test_the_stated_shares_of_ties_are_recovered(practice: Context):
    simulate(practice)
    with practice.query() as session:
        counts = dict(session.exec(select(Vote.choice, func.count()).group_by(Vote.choice)).all())
    # tie_rate is the chance between equals; unequal pairs tie less.
    no_winner = (counts["tie"] + counts["both_bad"]) / 800
    assert 0.04 < no_winner < 0.13
    assert counts["a"] == pytest.approx(counts["b"], rel=0.2)


@on_sqlite
def test_the_same_seed_gives_the_same_votes(practice: Context):
    simulate(practice)
    statement = select(Vote.id, Vote.choice, Battle.voter_id, Battle.output_a_id).join(Battle)
    with practice.command() as session:
        first = sorted(session.exec(statement).all())
        for table in (Vote, Battle, Voter):
            for row in session.exec(select(table)):
                session.delete(row)
            session.flush()
        session.commit()
    simulate(practice)
    with practice.query() as session:
        assert sorted(session.exec(statement).all()) == first


@on_sqlite
@pytest.mark.parametrize("votes, voters", [(10, 3), (7, 7), (5, 8)])
def test_exactly_the_stated_number_is_drawn(practice: Context, votes: int, voters: int):
    assert simulate(practice, PLANTED.model_copy(update={"votes": votes, "voters": voters})) == votes


@on_sqlite
def test_a_simulated_voter_never_judges_a_pair_twice(practice: Context):
    simulate(practice)
    with practice.query() as session:
        judged = [
            (battle.voter_id, frozenset((battle.output_a_id, battle.output_b_id)))
            for battle in session.exec(select(Battle))
        ]
    assert len(set(judged)) == len(judged)


@on_sqlite
def test_people_are_served_as_if_nobody_had_been_there(practice: Context):
    simulate(practice)
    receipts = crowd_votes(practice, voters=1, each=3)
    with practice.query() as session:
        assert {session.get_one(Vote, receipt.vote).origin for receipt in receipts} == {"human"}
