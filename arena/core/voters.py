"""Voters: random ids, nothing else."""

import random
from datetime import datetime

from sqlmodel import Session, select

from arena.core.words import Origin
from arena.db.tables import Voter, table_of
from arena.db.upsert import insert_if_absent


def new_id(rng: random.Random) -> str:
    """Return a random id of 128 bits, in hexadecimal."""
    return f"{rng.getrandbits(128):032x}"


def voter_exists(session: Session, voter_id: str) -> bool:
    """Say whether this voter has asked for a battle before."""
    return session.get(Voter, voter_id) is not None


def lock_voter(session: Session, voter_id: str, origin: Origin, now: datetime) -> Voter:
    """Return the voter's row, made now if he is new, locked until the command ends.

    The lock makes one voter's commands take turns on PostgreSQL; SQLite has one writer anyway.
    """
    statement = select(Voter).where(Voter.id == voter_id).with_for_update()
    voter = session.exec(statement).one_or_none()
    if voter is not None:
        return voter
    insert_if_absent(
        session.connection(), table_of(Voter), {"id": voter_id, "origin": origin, "created_at": now}
    )
    return session.exec(statement).one()
