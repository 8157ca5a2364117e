"""Cast, void and mark votes; skip battles; report outputs. The heart: no vote lost, none counted twice."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from arena.core.battles import own_battle
from arena.core.reveal import reveal_when
from arena.core.voters import new_id
from arena.core.words import Choice, Mark, ReportReason, RevealWhen, Side, SkipReason
from arena.db.tables import Battle, OutputReport, Vote, table_of
from arena.db.upsert import insert_if_absent
from arena.errors import Conflict, Gone, NotFound

UNDO_LIFE = timedelta(minutes=10)


@dataclass(frozen=True)
class Receipt:
    """What a voter holds for a stored vote; asking again gives an equal one."""

    vote: str
    battle: str
    choice: Choice
    created_at: datetime
    reveal_when: RevealWhen


def cast_vote(
    session: Session, *, battle_id: str, voter: str, choice: Choice, now: datetime, rng: random.Random
) -> Receipt:
    """Store the one vote of a battle; the same request again returns the same receipt.

    Raises
    ------
    NotFound
        If there is no such battle of this voter.
    Conflict
        ``already_voted`` with another choice, ``voided``, or ``skipped``.
    Gone
        If the battle expired.
    """
    battle = own_battle(session, battle_id, voter)
    if battle.closed_at is None and battle.expires_at > now and _close(session, battle, "voted", now):
        vote = Vote(
            id=new_id(rng),
            battle_id=battle.id,
            choice=choice,
            origin="human",
            decided_ms=_milliseconds(battle.shown_at, now),
            created_at=now,
        )
        session.add(vote)
        try:
            session.flush()
        except IntegrityError:
            # The unique constraint is the backstop: somebody stored this vote past the check above.
            session.rollback()
            battle = own_battle(session, battle_id, voter)
        else:
            receipt = _receipt(session, battle, vote)
            session.commit()
            return receipt
    session.refresh(battle)
    return _earlier_receipt(session, battle, choice)


def skip_battle(session: Session, *, battle_id: str, voter: str, reason: SkipReason, now: datetime) -> None:
    """Close a battle without a vote. Idempotent for the same reason.

    Raises
    ------
    NotFound, Conflict, Gone
        As `cast_vote`; ``already_skipped`` with another reason.
    """
    battle = own_battle(session, battle_id, voter)
    if (
        battle.closed_at is None
        and battle.expires_at > now
        and _close(session, battle, "skipped", now, reason)
    ):
        session.commit()
        return
    session.refresh(battle)
    if battle.closed_how == "skipped" and battle.skip_reason == reason:
        return
    if battle.closed_how == "skipped":
        raise Conflict("already_skipped", f"This pair was skipped already, with {battle.skip_reason!r}.")
    if battle.closed_how == "voted":
        raise Conflict("already_voted", "This pair has your vote already.")
    raise _expired()


def void_vote(session: Session, *, vote_id: str, voter: str, now: datetime) -> datetime:
    """Take a vote out of all counts, while its names are unknown. Idempotent.

    Voiding after the reveal would let people delete what their favourite lost.

    Raises
    ------
    NotFound
        If there is no such vote of this voter.
    Conflict
        ``already_revealed``: the names were given out.
    Gone
        ``undo_over``: more than `UNDO_LIFE` has passed.
    """
    vote = own_vote(session, vote_id, voter)
    if vote.voided_at is None and now - vote.created_at <= UNDO_LIFE:
        session.exec(
            update(Vote)
            .where(col(Vote.id) == vote_id, col(Vote.voided_at).is_(None), col(Vote.revealed_at).is_(None))
            .values(voided_at=now, void_reason="undo")
        )
    session.refresh(vote)
    if vote.revealed_at is not None:
        raise Conflict(
            "already_revealed", "The names are known: the vote stays, mark it as a mis-click instead."
        )
    if vote.voided_at is None:
        raise Gone("undo_over", "A vote can be taken back for ten minutes.")
    session.commit()
    return vote.voided_at


def mark_vote(session: Session, *, vote_id: str, voter: str, mark: Mark, now: datetime) -> None:
    """Mark a vote as a mis-click, or say who was recognised. The vote still counts. Idempotent.

    Raises
    ------
    NotFound
        If there is no such vote of this voter.
    Conflict
        ``voided``: it was taken back.
    """
    vote = own_vote(session, vote_id, voter)
    if vote.voided_at is not None:
        raise _voided()
    if mark == "misclick":
        vote.misclick_at = vote.misclick_at or now
    else:
        vote.recognised = mark.removeprefix("recognised_")
    session.add(vote)
    session.commit()


def report_output(
    session: Session, *, battle_id: str, voter: str, side: Side, reason: ReportReason, now: datetime
) -> None:
    """Record that something is wrong with an output; the first report of a side stands. Idempotent."""
    own_battle(session, battle_id, voter)
    values = {"battle_id": battle_id, "side": side, "reason": reason, "created_at": now}
    insert_if_absent(session.connection(), table_of(OutputReport), values)
    session.commit()


def own_vote(session: Session, vote_id: str, voter: str) -> Vote:
    """Return the vote if it is this voter's, locked until the command ends.

    Raises
    ------
    NotFound
        The same for a vote that does not exist and for somebody else's.
    """
    statement = (
        select(Vote)
        .join(Battle, col(Battle.id) == Vote.battle_id)
        .where(Vote.id == vote_id, Battle.voter_id == voter)
        .with_for_update(of=Vote)
    )
    vote = session.exec(statement).one_or_none()
    if vote is None:
        raise NotFound("not_found", "There is no such vote of yours.")
    return vote


def _close(
    session: Session, battle: Battle, how: str, now: datetime, reason: SkipReason | None = None
) -> bool:
    """Close the battle if nobody else has; one of two parallel requests wins."""
    result = session.exec(
        update(Battle)
        .where(
            col(Battle.id) == battle.id,
            col(Battle.voter_id) == battle.voter_id,
            col(Battle.closed_at).is_(None),
        )
        .values(closed_at=now, closed_how=how, skip_reason=reason)
    )
    return result.rowcount == 1


def _earlier_receipt(session: Session, battle: Battle, choice: Choice) -> Receipt:
    if battle.closed_how == "skipped":
        raise Conflict("skipped", "This pair was skipped.")
    vote = session.exec(select(Vote).where(Vote.battle_id == battle.id)).one_or_none()
    if vote is None:
        raise _expired()
    if vote.voided_at is not None:
        raise _voided()
    if vote.choice != choice:
        raise Conflict("already_voted", "This pair has your vote already, with another choice.")
    return _receipt(session, battle, vote)


def _receipt(session: Session, battle: Battle, vote: Vote) -> Receipt:
    choice: Choice = vote.choice  # type: ignore[assignment]  # the column holds nothing else
    return Receipt(vote.id, battle.id, choice, vote.created_at, reveal_when(session, battle))


def _expired() -> Gone:
    return Gone("expired", "This pair is no longer open. Ask for a new one.")


def _voided() -> Conflict:
    return Conflict("voided", "This vote was taken back.")


def _milliseconds(start: datetime | None, end: datetime) -> int | None:
    return None if start is None else max(0, int((end - start) / timedelta(milliseconds=1)))
