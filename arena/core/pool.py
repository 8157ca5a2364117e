"""The pool of outputs and how often each pair was served."""

from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from arena.core.matchmaking import Candidate, Pair, pair_of
from arena.db.tables import Battle, Category, Exposure, Output, Prompt, table_of
from arena.db.upsert import insert_or_add

ServedCounts = defaultdict[int, defaultdict[Pair, int]]


def candidates(session: Session, category: Category) -> list[Candidate]:
    """Return every output of the category that may be served."""
    statement = (
        select(Output.id, Output.prompt_id, Output.contestant_id)
        .join(Prompt, col(Prompt.id) == Output.prompt_id)
        .where(Prompt.category_id == category.id, Prompt.status == "active", Output.status == "active")
        .order_by(col(Output.id))
    )
    return [
        Candidate(output, prompt, contestant)
        for output, prompt, contestant in session.exec(statement)
        if output is not None
    ]


def retired_outputs(session: Session) -> set[int | None]:
    """Return the outputs that are not served any more, not even in battles that are still open."""
    return set(session.exec(select(Output.id).where(Output.status == "retired")))


def served_counts(session: Session, category: Category) -> ServedCounts:
    """Return how often each pair was served to anyone, by prompt."""
    counts: ServedCounts = defaultdict(lambda: defaultdict(int))
    for row in session.exec(select(Exposure).where(Exposure.category_id == category.id)):
        counts[row.prompt_id][row.output_low_id, row.output_high_id] = row.served
    return counts


def served_by_category(session: Session) -> dict[int | None, int]:
    """Return how many battles of each category were served."""
    statement = select(Exposure.category_id, func.sum(Exposure.served)).group_by(col(Exposure.category_id))
    return {category: int(served) for category, served in session.exec(statement)}


def count_exposure(session: Session, *, served: Sequence[Battle], returned: Sequence[Battle]) -> None:
    """Count battles that are being served, and take off those that expired without being shown.

    One command calls this once: the rows are locked in the order of their keys, so that two commands
    never wait for each other in a circle.
    """
    changes = [(pair_of(battle.output_a_id, battle.output_b_id), +1, battle) for battle in served]
    changes += [(pair_of(battle.output_a_id, battle.output_b_id), -1, battle) for battle in returned]
    for pair, change, battle in sorted(changes, key=itemgetter(0)):
        if change > 0:
            _serve(session, pair, battle)
        else:
            _give_back(session, pair)


def _serve(session: Session, pair: Pair, battle: Battle) -> None:
    values = {
        "output_low_id": pair[0],
        "output_high_id": pair[1],
        "prompt_id": battle.prompt_id,
        "category_id": battle.category_id,
        "served": 1,
    }
    insert_or_add(session.connection(), table_of(Exposure), values, "served")


def _give_back(session: Session, pair: Pair) -> None:
    session.exec(
        update(Exposure)
        .where(col(Exposure.output_low_id) == pair[0], col(Exposure.output_high_id) == pair[1])
        .values(served=col(Exposure.served) - 1)
    )
