"""What runs beside the requests: publish snapshots that are due, close battles whose time is over."""

import logging
import threading
from typing import get_args

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from arena.core.battles import expire_overdue
from arena.core.categories import find_category
from arena.core.context import Context
from arena.core.snapshots import board_news, draft_snapshot, is_due, read_board_state, store_snapshot
from arena.core.words import Origin
from arena.db.tables import Category
from arena.errors import NotComputed, NotConfirmed, NotFound

logger = logging.getLogger(__name__)


def publish(context: Context, category: str, origin: Origin, *, force: bool) -> str | None:
    """Publish a board's snapshot if one is due; return its id, or None.

    Parameters
    ----------
    force
        Publish whatever votes there are (at least one).

    Raises
    ------
    NotFound
        If there is no such category.
    NotComputed
        If its votes give no table.
    """
    cut_off = context.now()
    is_local = context.settings.is_local
    with context.query() as session:
        row = find_category(session, category)
        news = board_news(session, row, origin)
        if not news.votes or not (force or is_due(news, cut_off, at_once=is_local)):
            return None
        state = read_board_state(session, row, origin, cut_off)
    if not state.votes:  # all of them came after the cut-off
        return None
    if state.last is not news.last and not force:  # published by another process since it was found due
        return None
    draft = draft_snapshot(state, cut_off=cut_off, now=context.now(), is_local=is_local, rng=context.rng)
    with context.command() as session:
        return draft.snapshot.id if store_snapshot(session, draft) else None


def work_once(context: Context) -> list[str]:
    """Do everything that is due now; return the ids of the snapshots that were published."""
    with context.command() as session:
        expire_overdue(session, context.now())
    with context.query() as session:
        slugs = list(session.exec(select(Category.slug).where(Category.status != "draft")))
    published = [_publish_if_due(context, slug, origin) for slug in slugs for origin in get_args(Origin)]
    return [snapshot for snapshot in published if snapshot is not None]


def _publish_if_due(context: Context, category: str, origin: Origin) -> str | None:
    """Publish a board if it is due; one that cannot be published does not hold up the others."""
    try:
        return publish(context, category, origin, force=False)
    except (NotComputed, NotFound) as error:  # not found: it became a draft just now
        logger.error("%s", error.message)
        return None


def work_until(context: Context, stop: threading.Event, *, pause: float) -> None:
    """Work every ``pause`` seconds until told to stop; what the database refused is tried again."""
    while not stop.is_set():
        try:
            for snapshot in work_once(context):
                logger.info("published snapshot %s", snapshot)
        except NotConfirmed:
            logger.warning("the database did not answer; trying again in %s s", pause)
        except SQLAlchemyError:
            logger.exception("the database refused the worker; trying again in %s s", pause)
        stop.wait(pause)
