"""Serving battles, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func
from sqlmodel import col, select, update

from arena.core.battles import MAX_OPEN, SHOWN_LIFE, UNSHOWN_LIFE, expire_overdue, mark_shown, open_battles
from arena.core.context import Context
from arena.core.matchmaking import MAX_SHOWINGS, pair_of
from arena.db.tables import Battle, Category, Exposure, Output, Voter
from arena.errors import Gone, Invalid, NotFound
from tests.factories import ANNA, BERT, serve, take_in, vote, write_catalog


def stored(context: Context) -> list[Battle]:
    with context.query() as session:
        return list(session.exec(select(Battle).order_by(col(Battle.ordinal))))


def exposure(context: Context) -> int:
    with context.query() as session:
        return session.exec(select(func.coalesce(func.sum(Exposure.served), 0))).one()


def test_a_battle_is_stored_before_it_is_returned(arena: Context):
    (battle,) = serve(arena)
    (row,) = stored(arena)
    assert row.id == battle.id
    assert row.served_at == arena.now()
    assert 0 < row.propensity <= 0.5
    assert row.expires_at == arena.now() + UNSHOWN_LIFE


def test_a_served_battle_holds_content_and_no_identity(arena: Context):
    (battle,) = serve(arena)
    assert "Verse number" in (battle.sides["a"].html or "")
    assert not any(word in repr(battle).lower() for word in ("quartz", "basalt", "granite", "marble"))


def test_open_battles_come_first_and_count(arena: Context):
    first = serve(arena, n=3)
    again = serve(arena, n=5)
    assert [battle.id for battle in again[:3]] == [battle.id for battle in first]
    assert len({battle.id for battle in again}) == 5
    assert len(stored(arena)) == 5


@pytest.mark.parametrize("n", [0, 6, -1])
def test_a_number_out_of_range_is_refused(arena: Context, n: int):
    with pytest.raises(Invalid, match="1 to 5"):
        serve(arena, n=n)


def test_an_unknown_category_is_refused(arena: Context):
    with pytest.raises(NotFound, match="nowhere"):
        serve(arena, category="nowhere")


def test_a_draft_category_is_not_served(context: Context, tmp_path):
    take_in(context, write_catalog(tmp_path / "c", status="draft"))
    with pytest.raises(NotFound):
        serve(context)


def test_a_voter_exists_from_his_first_battle_on(arena: Context):
    serve(arena)
    serve(arena, voter=BERT)
    with arena.query() as session:
        assert set(session.exec(select(Voter.id))) == {ANNA, BERT}


def test_everything_judged_is_answered_as_exhausted(context: Context, tmp_path):
    take_in(context, write_catalog(tmp_path / "c", prompts=2, contestants=("quartz", "basalt")))
    for battle in serve(context, n=5):
        vote(context, battle)
    with context.command() as session:
        served = open_battles(session, voter=ANNA, category="poems", n=3, now=context.now(), rng=context.rng)
    assert served.exhausted
    assert served.battles == ()


def test_no_output_is_shown_more_than_three_times_to_one_voter(arena: Context):
    outputs: dict[int, int] = {}
    while battles := serve(arena, n=5):
        for battle in battles:
            vote(arena, battle)
    for row in stored(arena):
        for output in (row.output_a_id, row.output_b_id):
            outputs[output] = outputs.get(output, 0) + 1
    assert len(stored(arena)) > 10
    assert max(outputs.values()) <= MAX_SHOWINGS


def test_an_unshown_battle_expires_and_returns_to_the_pool(arena: Context):
    (battle,) = serve(arena)
    assert exposure(arena) == 1
    arena.now.forward(minutes=30)
    (fresh,) = serve(arena)
    assert fresh.id != battle.id
    assert exposure(arena) == 1
    assert [row.closed_how for row in stored(arena)] == ["expired", None]


def test_a_shown_battle_lives_for_a_day_and_stays_counted(arena: Context):
    (battle,) = serve(arena)
    with arena.command() as session:
        mark_shown(session, battle_id=battle.id, voter=ANNA, now=arena.now())
    arena.now.forward(hours=23)
    assert serve(arena)[0].id == battle.id
    arena.now.forward(hours=1)
    assert serve(arena)[0].id != battle.id
    assert exposure(arena) == 2


def test_shown_is_idempotent(arena: Context):
    (battle,) = serve(arena)
    with arena.command() as session:
        first = mark_shown(session, battle_id=battle.id, voter=ANNA, now=arena.now())
    with arena.command() as session:
        again = mark_shown(session, battle_id=battle.id, voter=ANNA, now=arena.now.forward(minutes=5))
    assert again == first
    assert stored(arena)[0].expires_at == first + SHOWN_LIFE


def test_an_expired_battle_cannot_be_shown(arena: Context):
    (battle,) = serve(arena)
    arena.now.forward(minutes=31)
    with arena.command() as session, pytest.raises(Gone):
        mark_shown(session, battle_id=battle.id, voter=ANNA, now=arena.now())


def test_somebody_elses_battle_is_as_absent_as_one_that_never_was(arena: Context):
    (battle,) = serve(arena)
    messages = []
    for name in (battle.id, "0" * 32):
        with arena.command() as session, pytest.raises(NotFound) as refused:
            mark_shown(session, battle_id=name, voter=BERT, now=arena.now())
        messages.append(refused.value.message)
    assert messages[0] == messages[1]


def test_the_worker_expires_battles_of_voters_who_left(arena: Context):
    serve(arena, n=3)
    arena.now.forward(minutes=31)
    with arena.command() as session:
        assert expire_overdue(session, arena.now()) == 3
    assert exposure(arena) == 0
    assert {row.closed_how for row in stored(arena)} == {"expired"}


def test_never_more_than_six_battles_are_open(arena: Context, tmp_path):
    for slug in ("odes", "songs"):
        take_in_more(arena, tmp_path, slug)
    for slug in ("poems", "odes", "songs"):
        assert len(serve(arena, n=3, category=slug)) == 3
        assert sum(row.closed_at is None for row in stored(arena)) <= MAX_OPEN


def take_in_more(context: Context, tmp_path, slug: str) -> None:
    take_in(context, write_catalog(tmp_path / "catalog", slug=slug))


def test_without_a_category_the_least_served_one_is_chosen(arena: Context, tmp_path):
    take_in_more(arena, tmp_path, "odes")
    serve(arena, voter=BERT, n=3, category="poems")
    assert serve(arena, category=None)[0].category == "odes"


def test_a_repeat_request_at_the_same_time_draws_nothing_twice(arena: Context):
    serve(arena, n=5)
    rows = stored(arena)
    assert [row.ordinal for row in rows] == [1, 2, 3, 4, 5]
    assert len({frozenset((row.output_a_id, row.output_b_id)) for row in rows}) == 5


def test_exposure_equals_a_recount_of_the_battles(arena: Context):
    for voter in (ANNA, BERT):
        for battle in serve(arena, voter=voter, n=4)[:2]:
            vote(arena, battle, voter=voter)
    arena.now.forward(minutes=31)
    serve(arena)
    with arena.query() as session:
        rows = session.exec(select(Exposure)).all()
    counted = {(row.output_low_id, row.output_high_id): row.served for row in rows}
    recount: dict[tuple[int, int], int] = {}
    for row in stored(arena):
        if row.closed_how != "expired" or row.shown_at is not None:
            pair = pair_of(row.output_a_id, row.output_b_id)
            recount[pair] = recount.get(pair, 0) + 1
    assert {pair: n for pair, n in counted.items() if n} == recount


def test_retired_outputs_are_not_served(arena: Context):
    with arena.command() as session:
        for output in session.exec(select(Output)):
            output.status = "retired"
            session.add(output)
        session.commit()
    assert serve(arena) == ()


@pytest.mark.parametrize("status", ["paused", "retired"])
def test_an_open_battle_of_a_category_that_is_no_longer_live_is_not_served_again(arena: Context, status: str):
    (battle,) = serve(arena)
    with arena.command() as session:
        session.exec(update(Category).values(status=status))
        session.commit()
    assert serve(arena, category=None) == ()
    vote(arena, battle)  # what is on the screen may still be judged


def test_an_open_battle_whose_output_was_retired_is_not_served_again_but_can_be_voted(arena: Context):
    (battle,) = serve(arena)
    with arena.command() as session:
        row = session.get_one(Battle, battle.id)
        output = session.get_one(Output, row.output_a_id)
        output.status = "retired"
        session.add(output)
        session.commit()
    assert serve(arena)[0].id != battle.id
    assert vote(arena, battle).choice == "a"


def test_unshown_life_is_shorter_than_shown_life():
    assert timedelta(minutes=30) == UNSHOWN_LIFE
    assert timedelta(hours=24) == SHOWN_LIFE
