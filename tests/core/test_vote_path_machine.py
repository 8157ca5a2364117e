"""The whole vote path as a state machine, against a model that is a dictionary; on both databases."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import col, select

from arena.core.battles import MAX_OPEN, SHOWN_LIFE, UNSHOWN_LIFE, expire_overdue, mark_shown
from arena.core.context import Context
from arena.core.reveal import reveal
from arena.core.votes import UNDO_LIFE, skip_battle, void_vote
from arena.db.tables import Battle, Exposure, Vote
from arena.errors import ArenaError
from tests.factories import ANNA, BERT, serve, take_in, vote, write_catalog


@dataclass
class Expected:
    """What the model knows of a battle."""

    served: object
    voter: str
    expires: object
    shown: bool = False
    choice: str | None = None
    skipped: str | None = None
    voted_at: object = None
    revealed: bool = False
    voided: bool = False
    swept: bool = False
    receipts: list[object] = field(default_factory=list)


class VotePath(RuleBasedStateMachine):
    """Random walks; after each step the database must say what the model says."""

    context: Context
    battles = Bundle("battles")

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[str, Expected] = {}
        self.salt = random.getrandbits(64)

    def voter(self, name: str) -> str:
        # Each walk has voters of its own: the database is shared by all walks of a run.
        return f"{self.salt:016x}{name[:16]}"

    @property
    def now(self):
        return self.context.now()

    def expired(self, known: Expected) -> bool:
        return known.expires <= self.now

    @rule(target=battles, name=st.sampled_from([ANNA, BERT]))
    def ask(self, name: str):
        voter = self.voter(name)
        served = serve(self.context, voter=voter, n=1)
        for known in self.model.values():
            if known.voter == voter and not known.choice and not known.skipped and self.expired(known):
                known.swept = True
        if not served:
            return None
        (battle,) = served
        if battle.id not in self.model:
            self.model[battle.id] = Expected(battle, voter, self.now + UNSHOWN_LIFE)
        known = self.model[battle.id]
        assert not known.choice and not known.skipped and not self.expired(known)
        return battle.id

    @rule(minutes=st.sampled_from([1, 9, 12, 31, 60 * 25]))
    def wait(self, minutes: int):
        self.context.now.forward(minutes=minutes)

    @rule(battle=battles)
    def show(self, battle: str | None):
        if battle is None:
            return
        known = self.model[battle]
        answer = self.attempt(mark_shown, battle_id=battle, voter=known.voter, now=self.now)
        is_closed = known.choice or known.skipped
        if not is_closed and self.expired(known):
            assert answer == "expired"
        else:
            assert answer is None
            if not is_closed and not known.shown:
                known.shown, known.expires = True, self.now + SHOWN_LIFE

    @rule(battle=battles, choice=st.sampled_from(["a", "b", "tie", "both_bad"]))
    def cast(self, battle: str | None, choice: str):
        if battle is None:
            return
        known = self.model[battle]
        try:
            receipt, answer = vote(self.context, known.served, choice, known.voter), None
        except ArenaError as error:
            receipt, answer = None, error.code
        if known.skipped:
            assert answer == "skipped"
        elif known.voided:
            assert answer == "voided"
        elif known.choice and known.choice != choice:
            assert answer == "already_voted"
        elif not known.choice and self.expired(known):
            assert answer == "expired"
        else:
            assert answer is None
            if not known.choice:
                known.choice, known.voted_at = choice, self.now
            known.receipts.append(receipt)
            assert len(set(known.receipts)) == 1

    @rule(battle=battles, reason=st.sampled_from(["dont_know", "broken"]))
    def skip(self, battle: str | None, reason: str):
        if battle is None:
            return
        known = self.model[battle]
        answer = self.attempt(skip_battle, battle_id=battle, voter=known.voter, reason=reason, now=self.now)
        if known.choice:
            assert answer == "already_voted"
        elif known.skipped:
            assert answer == (None if known.skipped == reason else "already_skipped")
        elif self.expired(known):
            assert answer == "expired"
        else:
            assert answer is None
            known.skipped = reason

    @rule(battle=battles)
    def name(self, battle: str | None):
        if battle is None:
            return
        known = self.model[battle]
        answer = self.attempt(reveal, battle_id=battle, voter=known.voter, now=self.now)
        if known.choice and not known.voided:
            assert answer is None
            known.revealed = True
        else:
            assert answer == "not_revealed"

    @rule(battle=battles)
    def undo(self, battle: str | None):
        known = self.model.get(battle or "")
        if known is None or not known.receipts:
            return
        answer = self.attempt(void_vote, vote_id=known.receipts[0].vote, voter=known.voter, now=self.now)
        if known.revealed:
            assert answer == "already_revealed"
        elif not known.voided and self.now - known.voted_at > UNDO_LIFE:
            assert answer == "undo_over"
        else:
            assert answer is None
            known.voided = True

    @rule(battle=battles, choice=st.sampled_from(["a", "b"]))
    def meddle(self, battle: str | None, choice: str):
        """Somebody else tries to vote on it."""
        if battle is None:
            return
        with pytest.raises(ArenaError) as refused:
            vote(self.context, self.model[battle].served, choice, "f" * 32)
        assert refused.value.code == "not_found"

    @rule()
    def sweep(self):
        with self.context.command() as session:
            expire_overdue(session, self.now)
        for known in self.model.values():
            if not known.choice and not known.skipped and self.expired(known):
                known.swept = True

    def attempt(self, command, **arguments) -> str | None:
        try:
            with self.context.command() as session:
                command(session, **arguments)
        except ArenaError as error:
            return error.code
        return None

    @invariant()
    def the_database_agrees_with_the_model(self):
        ids = list(self.model)
        with self.context.query() as session:
            rows = {row.id: row for row in session.exec(select(Battle).where(col(Battle.id).in_(ids)))}
            votes = {
                row.battle_id: row for row in session.exec(select(Vote).where(col(Vote.battle_id).in_(ids)))
            }
        for battle, known in self.model.items():
            closed = "voted" if known.choice else "skipped" if known.skipped else None
            if closed is None and known.swept:
                closed = "expired"
            assert rows[battle].closed_how == closed
            assert (battle in votes) == (known.choice is not None)
            if battle in votes:
                assert votes[battle].choice == known.choice
                assert (votes[battle].voided_at is not None) == known.voided
                assert (votes[battle].revealed_at is not None) == known.revealed
        for name in (ANNA, BERT):
            mine = [row for row in rows.values() if row.voter_id == self.voter(name)]
            assert sum(row.closed_at is None for row in mine) <= MAX_OPEN

    @invariant()
    def exposure_equals_a_recount(self):
        with self.context.query() as session:
            counted = sum(session.exec(select(Exposure.served)))
            battles = session.exec(select(Battle)).all()
        assert counted == sum(row.closed_how != "expired" or row.shown_at is not None for row in battles)


def test_the_vote_path_does_what_the_model_says(context: Context, tmp_path: Path):
    take_in(context, write_catalog(tmp_path / "c", prompts=6))
    machine = type("VotePathHere", (VotePath,), {"context": context})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_lives_of_a_battle_are_what_the_model_assumes():
    assert timedelta(minutes=31) > UNSHOWN_LIFE
    assert timedelta(minutes=60 * 25) > SHOWN_LIFE
