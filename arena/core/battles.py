"""Serve battles: open ones first, then new draws, written before they are sent."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from arena.core.matchmaking import SAMPLER, SPACED, Draw, Repeats, draw_battle, eligible_pairs, pair_of
from arena.core.pool import candidates, count_exposure, retired_outputs, served_by_category, served_counts
from arena.core.servings import ServedBattle, assemble
from arena.core.voters import lock_voter, new_id
from arena.core.words import PRACTICE
from arena.db.tables import Battle, Category, known_id
from arena.errors import Gone, Invalid, NotFound

MAX_OPEN = 6
MAX_BATCH = 5
UNSHOWN_LIFE = timedelta(minutes=30)
SHOWN_LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class Served:
    """The answer to a request for battles."""

    battles: tuple[ServedBattle, ...]
    exhausted: bool


def open_battles(
    session: Session,
    *,
    voter: str,
    category: str | None,
    n: int,
    now: datetime,
    rng: random.Random,
    repeats: Sequence[Repeats] = (SPACED,),
) -> Served:
    """Return up to ``n`` open battles of this voter, drawing new ones where fewer are open.

    Parameters
    ----------
    category
        Slug of a live category; without one the category with the fewest battles served that still has
        something for this voter.
    repeats
        Rules tried in turn, until one leaves something to draw.

    Raises
    ------
    Invalid
        If ``n`` is not 1 to `MAX_BATCH`.
    NotFound
        If there is no live category of that name.
    """
    if not 1 <= n <= MAX_BATCH:
        raise Invalid("invalid", f"n: must be 1 to {MAX_BATCH}, found {n}")
    categories = _live_categories(session, category)
    lock_voter(session, voter, "human", now)
    history = _history(session, voter)
    overdue = [battle for battle in history if _is_open(battle) and battle.expires_at <= now]
    returned = _expire(session, overdue, now)
    battles = [battle for battle in history if _is_open(battle)]
    asked = {candidate.id for candidate in categories}  # all live ones, or the one of that name
    gone = retired_outputs(session)
    wanted = [
        battle
        for battle in battles
        if battle.category_id in asked and gone.isdisjoint((battle.output_a_id, battle.output_b_id))
    ][:n]
    drawn: list[Battle] = []
    for candidate in categories:
        missing = n - len(wanted) - len(drawn)
        drawn += _draw_new(session, voter, candidate, history, missing, (now, rng, repeats))
    wanted += drawn
    returned += _release(session, battles, wanted, now)
    count_exposure(session, served=drawn, returned=returned)
    served = assemble(session, wanted)
    session.commit()
    return Served(served, exhausted=not served)


def mark_shown(session: Session, *, battle_id: str, voter: str, now: datetime) -> datetime:
    """Record that the battle is on the screen; from now on it lives for `SHOWN_LIFE`. Idempotent.

    Raises
    ------
    NotFound
        If there is no such battle of this voter.
    Gone
        If it expired before it was shown.
    """
    battle = own_battle(session, battle_id, voter)
    session.exec(
        update(Battle)
        .where(
            col(Battle.id) == battle_id,
            col(Battle.shown_at).is_(None),
            col(Battle.closed_at).is_(None),
            col(Battle.expires_at) > now,
        )
        .values(shown_at=now, expires_at=now + SHOWN_LIFE)
    )
    session.refresh(battle)
    shown_at = battle.shown_at or battle.closed_at
    is_over = battle.closed_how == "expired" or (_is_open(battle) and battle.expires_at <= now)
    if shown_at is None or is_over:
        raise Gone("expired", "This pair is no longer open. Ask for a new one.")
    session.commit()
    return shown_at


def own_battle(session: Session, battle_id: str, voter: str) -> Battle:
    """Return the battle if it is this voter's.

    Raises
    ------
    NotFound
        The same for a battle that does not exist and for somebody else's.
    """
    battle = session.get(Battle, battle_id)
    if battle is None or battle.voter_id != voter:
        raise NotFound("not_found", "There is no such battle of yours.")
    return battle


def expire_overdue(session: Session, now: datetime, limit: int = 1000) -> int:
    """Close every battle whose time is over and return the unshown ones to the pool."""
    overdue = session.exec(
        select(Battle)
        .where(col(Battle.closed_at).is_(None), col(Battle.expires_at) <= now)
        .order_by(col(Battle.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    count_exposure(session, served=[], returned=_expire(session, overdue, now))
    session.commit()
    return len(overdue)


def _expire(session: Session, battles: Sequence[Battle], now: datetime) -> list[Battle]:
    """Close open battles as expired; return those that were never shown: they count as never served."""
    returned = []
    for battle in battles:
        changed = session.exec(
            update(Battle)
            .where(col(Battle.id) == battle.id, col(Battle.closed_at).is_(None))
            .values(closed_at=now, closed_how="expired")
        )
        session.refresh(battle)
        if changed.rowcount and battle.shown_at is None:
            returned.append(battle)
    return returned


def _is_open(battle: Battle) -> bool:
    return battle.closed_at is None


def _live_categories(session: Session, slug: str | None) -> list[Category]:
    live = session.exec(select(Category).where(Category.status == "live")).all()
    if slug is not None:
        found = [category for category in live if category.slug == slug]
        if not found:
            raise NotFound("unknown_category", f"There is no live category {slug!r}.")
        return found
    served = served_by_category(session)
    return sorted(
        live, key=lambda category: (category.slug == PRACTICE, served.get(category.id, 0), category.slug)
    )


def _history(session: Session, voter: str) -> list[Battle]:
    statement = select(Battle).where(Battle.voter_id == voter).order_by(col(Battle.ordinal))
    return list(session.exec(statement))


def _release(session: Session, earlier: list[Battle], keep: list[Battle], now: datetime) -> list[Battle]:
    """Stay within `MAX_OPEN` by giving up what the voter left in other categories, unshown first."""
    others = sorted(
        (battle for battle in earlier if battle not in keep),
        key=lambda battle: (battle.shown_at is not None, battle.ordinal),
    )
    surplus = len(others) + len(keep) - MAX_OPEN
    return _expire(session, others[: max(surplus, 0)], now)


def _draw_new(
    session: Session,
    voter: str,
    category: Category,
    history: list[Battle],
    n: int,
    surroundings: tuple[datetime, random.Random, Sequence[Repeats]],
) -> list[Battle]:
    """Draw up to ``n`` battles one after the other; each is added to ``history`` for the next draw."""
    now, rng, repeats = surroundings
    if n <= 0:
        return []
    outputs = candidates(session, category)
    served = served_counts(session, category)
    drawn = []
    for _ in range(n):
        seen = [
            pair_of(battle.output_a_id, battle.output_b_id) for battle in history if not _returned(battle)
        ]
        eligible = next(filter(None, (eligible_pairs(outputs, seen, rule) for rule in repeats)), {})
        if not eligible:
            break
        draw = draw_battle(eligible, served, rng)
        served[draw.prompt][pair_of(draw.output_a, draw.output_b)] += 1
        ordinal = history[-1].ordinal + 1 if history else 1
        battle = _new_battle(draw, voter=voter, ordinal=ordinal, category=category, now=now, rng=rng)
        session.add(battle)
        session.flush()
        history.append(battle)
        drawn.append(battle)
    return drawn


def _new_battle(
    draw: Draw, *, voter: str, ordinal: int, category: Category, now: datetime, rng: random.Random
) -> Battle:
    return Battle(
        id=new_id(rng),
        voter_id=voter,
        ordinal=ordinal,
        category_id=known_id(category.id),
        category_version=category.version,
        prompt_id=draw.prompt,
        output_a_id=draw.output_a,
        output_b_id=draw.output_b,
        purpose="rating",
        propensity=draw.propensity,
        sampler=SAMPLER,
        served_at=now,
        expires_at=now + UNSHOWN_LIFE,
    )


def _returned(battle: Battle) -> bool:
    return battle.closed_how == "expired" and battle.shown_at is None
