"""What an operator does: prepare the database, take the catalog in."""

import logging
from pathlib import Path

from arena.core.catalog import Catalog, shipped_catalog
from arena.core.catalog_rules import load_catalog
from arena.core.context import Context
from arena.core.leaks import leak_report
from arena.core.sync import SyncReport, sync_catalog
from arena.db import schema
from arena.settings import Settings

logger = logging.getLogger(__name__)


def catalog_roots(settings: Settings) -> list[Path]:
    """Return the folders whose prompts/ and pregenerated/ make the catalog: shipped, then local."""
    roots = [settings.catalog_dir or shipped_catalog()]
    if (settings.data_dir / "prompts").is_dir():
        roots.append(settings.data_dir)
    return roots


def configured_catalog(settings: Settings, *, names_unsaid: bool = True) -> Catalog:
    """Read and check the catalog; ``names_unsaid`` as in ``load_catalog``.

    Raises
    ------
    CatalogError
        At the first thing that is wrong, with file and line.
    """
    return load_catalog(catalog_roots(settings), names_unsaid=names_unsaid)


def prepare(context: Context, *, names_unsaid: bool = True) -> SyncReport:
    """Bring the database to the newest schema and take the catalog in; arguments as in ``load_catalog``.

    Raises
    ------
    CatalogError
        If a data file is wrong; the database stays as it was.
    """
    schema.upgrade(context.engine)
    catalog = configured_catalog(context.settings, names_unsaid=names_unsaid)
    with context.command() as session:
        report = sync_catalog(session, catalog, now=context.now(), progress=_say)
    if names_unsaid:
        _warn_of_leaks(catalog)
    return report


def _warn_of_leaks(catalog: Catalog) -> None:
    """Say what a check would refuse: a running arena is not stopped for it."""
    for files in catalog.categories:
        leaks = leak_report(files, catalog.contestants).unresolved
        if leaks:
            logger.warning(
                "%s: %s findings may tell who made an output; see `arena catalog check`",
                files.spec.slug,
                len(leaks),
            )


def _say(category: str) -> None:
    logger.info("catalog: %s", category)
