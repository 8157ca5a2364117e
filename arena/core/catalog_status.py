"""How far a category has come: which outputs are there, and what is needed before people may vote on it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from arena.core.catalog import Catalog, CategoryFiles, ContestantSpec
from arena.core.catalog_rules import check_catalog
from arena.core.leaks import leak_report
from arena.errors import CatalogError

FEWEST = 2
"""Contestants that a battle needs."""
MOST_NAMED = 5


@dataclass(frozen=True)
class Cell:
    """One contestant on one prompt.

    Attributes
    ----------
    samples : int
        Outputs that are there.
    refused, failed : int
        Samples that were asked for, never came, and were refused or failed otherwise.
    findings : int
        Findings of the leak linter that nobody resolved.
    """

    samples: int
    refused: int
    failed: int
    findings: int


@dataclass(frozen=True)
class CategoryStatus:
    """The grid of a category's active prompts and contestants, and what is needed for it to go live.

    Attributes
    ----------
    cells : dict of (prompt, contestant) to Cell
        For every pair.
    needed : tuple of str
        Empty where nothing is.
    """

    slug: str
    version: str
    status: str
    prompts: tuple[str, ...]
    contestants: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    needed: tuple[str, ...]


def category_status(files: CategoryFiles, contestants: Mapping[str, ContestantSpec]) -> CategoryStatus:
    """Look at a category that was read, and need not be right yet.

    Parameters
    ----------
    contestants
        All of the catalog's.
    """
    prompts = tuple(prompt.id for prompt in files.prompts if prompt.status == "active")
    active = tuple(
        slug
        for slug in sorted({*files.outputs, *files.failures})
        if slug in contestants and contestants[slug].status == "active"
    )
    broken = _broken_rule(files, contestants)
    # The linter reads the files of the outputs, which are there where no rule is broken.
    report = None if broken else leak_report(files, contestants)
    leaks = report.unresolved if report else ()
    findings = Counter((leak.prompt_id, leak.contestant) for leak in leaks)
    cells = {
        (prompt, slug): _cell(files, prompt, slug, findings[prompt, slug])
        for prompt in prompts
        for slug in active
    }
    needed = [*_missing(files, active, cells), *([broken] if broken else [])]
    if leaks:
        needed.append(f"resolve {_many(len(leaks), 'finding')} that arena catalog check lists")
    spec = files.spec
    return CategoryStatus(spec.slug, spec.version, spec.status, prompts, active, cells, tuple(needed))


def _cell(files: CategoryFiles, prompt: str, slug: str, findings: int) -> Cell:
    samples = {output.sample for output in files.outputs.get(slug, ()) if output.prompt_id == prompt}
    # Of what was asked for again and again the last word counts.
    failures = {
        failure.sample: failure.reason
        for failure in files.failures.get(slug, ())
        if failure.prompt_id == prompt and failure.sample not in samples
    }
    refused = sum(reason == "refused" for reason in failures.values())
    return Cell(len(samples), refused, len(failures) - refused, findings)


def _missing(
    files: CategoryFiles, active: tuple[str, ...], cells: Mapping[tuple[str, str], Cell]
) -> list[str]:
    """Say what a live category has and this one has not."""
    prompts = [prompt for prompt in files.prompts if prompt.status == "active"]
    answering = [slug for slug in active if files.outputs.get(slug)]
    needed = []
    if not prompts:
        needed.append("write prompts: there is none")
    if len(answering) < FEWEST:
        needed.append(f"add outputs of at least {FEWEST} contestants: there are {len(answering)}")
    if ungraded := [prompt.id for prompt in prompts if prompt.difficulty is None]:
        needed.append(f"grade the difficulty of {_named(ungraded)}")
    for slug in answering if files.spec.complete else ():
        if empty := [prompt.id for prompt in prompts if not cells[prompt.id, slug].samples]:
            needed.append(f"{slug}: {_many(len(empty), 'output')} missing, for {_named(empty)}")
    return needed


def _broken_rule(files: CategoryFiles, contestants: Mapping[str, ContestantSpec]) -> str | None:
    """Return the first rule that is broken, those of a live category apart."""
    draft = replace(files, spec=files.spec.model_copy(update={"status": "draft"}))
    try:
        check_catalog(Catalog((draft,), dict(contestants)))
    except CatalogError as error:
        return error.message
    return None


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _named(names: list[str]) -> str:
    """Name the first few."""
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
