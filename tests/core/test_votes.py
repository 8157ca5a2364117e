"""Votes: none lost, none counted twice; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, select

from arena.core.battles import mark_shown
from arena.core.context import Context
from arena.core.reveal import BATCH, reveal
from arena.core.votes import UNDO_LIFE, mark_vote, report_output, skip_battle, void_vote
from arena.db.tables import Battle, Contestant, Output, OutputReport, Vote
from arena.errors import Conflict, Gone, NotConfirmed, NotFound, NotRevealed
from tests.factories import ANNA, BERT, serve, take_in, vote, write_catalog

CHOICES = ("a", "b", "tie", "both_bad")


def row_of(context: Context, vote_id: str) -> Vote:
    with context.query() as session:
        return session.get_one(Vote, vote_id)


def name(context: Context, battle: str, voter: str = ANNA):
    with context.command() as session:
        return reveal(session, battle_id=battle, voter=voter, now=context.now()).makers


def void(context: Context, vote_id: str, voter: str = ANNA):
    with context.command() as session:
        return void_vote(session, vote_id=vote_id, voter=voter, now=context.now())


def skip(context: Context, battle: str, reason: str = "dont_know", voter: str = ANNA) -> None:
    with context.command() as session:
        skip_battle(session, battle_id=battle, voter=voter, reason=reason, now=context.now())


@pytest.mark.parametrize("choice", CHOICES)
def test_a_vote_is_stored_with_its_choice(arena: Context, choice: str):
    (battle,) = serve(arena)
    receipt = vote(arena, battle, choice)
    row = row_of(arena, receipt.vote)
    assert (row.battle_id, row.choice, row.origin) == (battle.id, choice, "human")


def test_the_same_vote_again_gives_an_equal_receipt(arena: Context):
    (battle,) = serve(arena)
    first = vote(arena, battle)
    arena.now.forward(minutes=2)
    assert vote(arena, battle) == first


def test_another_choice_on_the_same_battle_is_refused(arena: Context):
    (battle,) = serve(arena)
    first = vote(arena, battle, "a")
    with pytest.raises(Conflict) as refused:
        vote(arena, battle, "b")
    assert refused.value.code == "already_voted"
    assert row_of(arena, first.vote).choice == "a"


def test_a_vote_on_somebody_elses_battle_is_refused(arena: Context):
    (battle,) = serve(arena)
    with pytest.raises(NotFound):
        vote(arena, battle, voter=BERT)


def test_an_expired_battle_takes_no_vote(arena: Context):
    (battle,) = serve(arena)
    arena.now.forward(minutes=31)
    with pytest.raises(Gone):
        vote(arena, battle)


def test_a_stored_vote_is_confirmed_even_after_its_battle_would_have_expired(arena: Context):
    (battle,) = serve(arena)
    first = vote(arena, battle)
    arena.now.forward(days=3)
    assert vote(arena, battle) == first


def test_the_time_to_decide_is_measured_by_the_server(arena: Context):
    (battle,) = serve(arena)
    with arena.command() as session:
        mark_shown(session, battle_id=battle.id, voter=ANNA, now=arena.now())
    arena.now.forward(seconds=4.25)
    assert row_of(arena, vote(arena, battle).vote).decided_ms == 4250


def test_fifty_parallel_posts_of_one_vote_store_one_row_and_give_one_receipt(arena: Context):
    (battle,) = serve(arena)
    with ThreadPoolExecutor(50) as pool:
        receipts = list(pool.map(lambda _: vote(arena, battle), range(50)))
    assert len(set(receipts)) == 1
    with arena.query() as session:
        assert session.exec(select(func.count()).select_from(Vote)).one() == 1


def test_of_parallel_votes_with_two_choices_exactly_one_choice_wins(arena: Context):
    (battle,) = serve(arena)

    def post(choice: str) -> str:
        try:
            return vote(arena, battle, choice).choice
        except Conflict as refused:
            return refused.code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(post, ["a", "b"] * 10))
    with arena.query() as session:
        (stored,) = session.exec(select(Vote.choice))
    assert sorted(answers) == sorted([stored] * 10 + ["already_voted"] * 10)


def test_many_voters_at_once_lose_nothing(arena: Context):
    voters = [f"{number:032x}" for number in range(30)]

    def judge(voter: str) -> int:
        battles = serve(arena, voter=voter, n=3)
        return len([vote(arena, battle, "b", voter=voter) for battle in battles])

    with ThreadPoolExecutor(12) as pool:
        cast = sum(pool.map(judge, voters))
    with arena.query() as session:
        assert session.exec(select(func.count()).select_from(Vote)).one() == cast == 90


def test_parallel_requests_of_one_voter_draw_no_pair_twice(arena: Context):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: serve(arena, n=5), range(8)))
    assert len({battle.id for battles in answers for battle in battles}) == 5


def test_the_database_refuses_a_second_vote_whatever_the_code_does(arena: Context):
    (battle,) = serve(arena)
    vote(arena, battle)
    with arena.command() as session, pytest.raises(IntegrityError):
        session.add(Vote(id="x", battle_id=battle.id, choice="b", origin="human", created_at=arena.now()))
        session.flush()


@pytest.mark.parametrize("column, value", [("choice", "'c'"), ("origin", "'robot'"), ("decided_ms", "-1")])
def test_the_database_refuses_values_that_are_not_words_of_ours(arena: Context, column: str, value: str):
    (battle,) = serve(arena)
    receipt = vote(arena, battle)
    with arena.command() as session, pytest.raises(IntegrityError):
        session.connection().execute(
            text(f"UPDATE vote SET {column} = {value} WHERE id = :id"), {"id": receipt.vote}
        )


def test_a_failed_commit_is_told_as_not_confirmed(arena: Context, monkeypatch: pytest.MonkeyPatch):
    """The database goes away in the commit: the voter must not be told that it is stored."""
    (battle,) = serve(arena)

    def fail(_session: Session) -> None:
        raise OperationalError("COMMIT", {}, Exception("connection lost"))

    with monkeypatch.context() as broken:
        broken.setattr(Session, "commit", fail)
        with pytest.raises(NotConfirmed):
            vote(arena, battle)
    assert vote(arena, battle).choice == "a"


# Skips


def test_a_skip_is_kept_with_its_reason(arena: Context):
    (battle,) = serve(arena)
    skip(arena, battle.id, "look_the_same")
    with arena.query() as session:
        row = session.get_one(Battle, battle.id)
    assert (row.closed_how, row.skip_reason) == ("skipped", "look_the_same")


def test_a_skip_is_idempotent_and_keeps_its_first_reason(arena: Context):
    (battle,) = serve(arena)
    skip(arena, battle.id)
    skip(arena, battle.id)
    with pytest.raises(Conflict) as refused:
        skip(arena, battle.id, "broken")
    assert refused.value.code == "already_skipped"


def test_a_skipped_battle_takes_no_vote_and_reveals_nothing(arena: Context):
    (battle,) = serve(arena)
    skip(arena, battle.id)
    with pytest.raises(Conflict) as refused:
        vote(arena, battle)
    assert refused.value.code == "skipped"
    with pytest.raises(NotRevealed):
        name(arena, battle.id)


def test_a_voted_battle_cannot_be_skipped(arena: Context):
    (battle,) = serve(arena)
    vote(arena, battle)
    with pytest.raises(Conflict) as refused:
        skip(arena, battle.id)
    assert refused.value.code == "already_voted"


def test_an_expired_battle_cannot_be_skipped(arena: Context):
    (battle,) = serve(arena)
    arena.now.forward(minutes=31)
    with pytest.raises(Gone):
        skip(arena, battle.id)


# Reveal


def test_the_reveal_names_who_made_which_side(arena: Context):
    (battle,) = serve(arena)
    vote(arena, battle)
    named = name(arena, battle.id)
    with arena.query() as session:
        row = session.get_one(Battle, battle.id)
        for side, output in (("a", row.output_a_id), ("b", row.output_b_id)):
            maker = session.get_one(Contestant, session.get_one(Output, output).contestant_id)
            assert named[side].slug == maker.slug


def test_nothing_is_revealed_before_the_vote(arena: Context):
    (battle,) = serve(arena)
    with pytest.raises(NotRevealed):
        name(arena, battle.id)


def test_nothing_is_revealed_to_another_voter(arena: Context):
    (battle,) = serve(arena)
    vote(arena, battle)
    with pytest.raises(NotFound):
        name(arena, battle.id, voter=BERT)


def test_the_first_reveal_is_remembered(arena: Context):
    (battle,) = serve(arena)
    receipt = vote(arena, battle)
    first = arena.now()
    name(arena, battle.id)
    arena.now.forward(seconds=9)
    name(arena, battle.id)
    assert row_of(arena, receipt.vote).revealed_at == first


def test_a_category_that_never_reveals_never_does(context: Context, tmp_path):
    take_in(context, write_catalog(tmp_path / "c", reveal="never"))
    (battle,) = serve(context)
    assert vote(context, battle).reveal_when == "never"
    with pytest.raises(NotRevealed):
        name(context, battle.id)


def test_names_come_with_the_batch(context: Context, tmp_path):
    take_in(context, write_catalog(tmp_path / "c", prompts=8, reveal="after_batch"))
    voted = []
    for _ in range(BATCH):
        (battle,) = serve(context)
        if voted:
            with pytest.raises(NotRevealed):
                name(context, voted[0])
        assert vote(context, battle).reveal_when == "batch"
        voted.append(battle.id)
        context.now.forward(seconds=1)
    assert all(name(context, battle) for battle in voted)
    (battle,) = serve(context)
    vote(context, battle)
    with pytest.raises(NotRevealed):
        name(context, battle.id)


# Undo and marks


def test_an_unrevealed_vote_can_be_taken_back_and_leaves_the_battle_closed(arena: Context):
    (battle,) = serve(arena)
    receipt = vote(arena, battle)
    at = void(arena, receipt.vote)
    assert void(arena, receipt.vote) == at
    for attempt in (lambda: vote(arena, battle), lambda: vote(arena, battle, "b")):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.code == "voided"
    with pytest.raises(NotRevealed):
        name(arena, battle.id)


def test_a_revealed_vote_cannot_be_taken_back(arena: Context):
    (battle,) = serve(arena)
    receipt = vote(arena, battle)
    name(arena, battle.id)
    with pytest.raises(Conflict) as refused:
        void(arena, receipt.vote)
    assert refused.value.code == "already_revealed"
    assert row_of(arena, receipt.vote).voided_at is None


def test_a_vote_can_be_taken_back_for_ten_minutes(arena: Context):
    battles = serve(arena, n=2)
    receipts = [vote(arena, battle) for battle in battles]
    arena.now.forward(minutes=10)
    void(arena, receipts[0].vote)
    arena.now.forward(seconds=1)
    with pytest.raises(Gone):
        void(arena, receipts[1].vote)
    assert timedelta(minutes=10) == UNDO_LIFE


def test_nobody_else_can_take_a_vote_back(arena: Context):
    (battle,) = serve(arena)
    receipt = vote(arena, battle)
    with pytest.raises(NotFound):
        void(arena, receipt.vote, voter=BERT)


def test_of_an_undo_and_a_reveal_at_the_same_time_one_wins(arena: Context):
    for _ in range(6):
        (battle,) = serve(arena)
        receipt = vote(arena, battle)

        def attempt(action, battle=battle, receipt=receipt) -> bool:
            try:
                return bool(name(arena, battle.id) if action == "reveal" else void(arena, receipt.vote))
            except (Conflict, NotRevealed):
                return False

        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(attempt, ["reveal", "void"])) == 1
        row = row_of(arena, receipt.vote)
        assert (row.revealed_at is None) != (row.voided_at is None)


@pytest.mark.parametrize("side", ["a", "b", "neither"])
def test_a_voter_can_say_whom_he_recognised(arena: Context, side: str):
    (battle,) = serve(arena)
    receipt = vote(arena, battle)
    with arena.command() as session:
        mark_vote(session, vote_id=receipt.vote, voter=ANNA, mark=f"recognised_{side}", now=arena.now())
    assert row_of(arena, receipt.vote).recognised == side


def test_a_misclick_mark_leaves_the_vote_counted(arena: Context):
    (battle,) = serve(arena)
    receipt = vote(arena, battle)
    name(arena, battle.id)
    with arena.command() as session:
        mark_vote(session, vote_id=receipt.vote, voter=ANNA, mark="misclick", now=arena.now())
    row = row_of(arena, receipt.vote)
    assert row.misclick_at == arena.now()
    assert row.voided_at is None


def test_a_voided_vote_takes_no_mark(arena: Context):
    (battle,) = serve(arena)
    receipt = vote(arena, battle)
    void(arena, receipt.vote)
    with arena.command() as session, pytest.raises(Conflict):
        mark_vote(session, vote_id=receipt.vote, voter=ANNA, mark="misclick", now=arena.now())


@pytest.mark.parametrize("side", ["a", "b"])
def test_a_report_is_kept_once_per_side(arena: Context, side: str):
    (battle,) = serve(arena)
    for reason in ("broken", "other"):
        with arena.command() as session:
            report_output(session, battle_id=battle.id, voter=ANNA, side=side, reason=reason, now=arena.now())
    with arena.query() as session:
        (row,) = session.exec(select(OutputReport))
    assert (row.side, row.reason) == (side, "broken")
