"""Which votes count. The one place that says so.

Counted = not voided, not quarantined, purpose ``rating``, of the board's origin, cast on the same major
version of the category.
"""

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, exists, or_, select

from arena.core.words import Origin
from arena.db.tables import Battle, Quarantine, Vote


def major_of(version: str) -> str:
    """Return the major part of a category's version; votes of one major version are rated together."""
    return version.partition(".")[0]


def is_counted(category_id: int, version: str, origin: Origin) -> ColumnElement[bool]:
    """Return the condition on a query over `Vote` joined with `Battle`."""
    quarantined = exists(
        select(Quarantine.id).where(
            col(Quarantine.lifted_at).is_(None),
            or_(col(Quarantine.vote_id) == Vote.id, col(Quarantine.voter_id) == Battle.voter_id),
        )
    )
    return and_(is_cast(category_id, version, origin), ~quarantined)


def is_cast(category_id: int, version: str, origin: Origin) -> ColumnElement[bool]:
    """Return the same condition with quarantine left out.

    For counts that are shown at once: a voter who watches them must not learn that he is quarantined.
    """
    major = version.split(".", maxsplit=1)[0]
    return and_(
        col(Battle.category_id) == category_id,
        col(Battle.category_version).startswith(f"{major}."),
        col(Battle.purpose) == "rating",
        col(Vote.origin) == origin,
        col(Vote.voided_at).is_(None),
    )
