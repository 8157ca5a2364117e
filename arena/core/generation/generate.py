"""From a category and a contestant to what is to be asked for, and back to the files."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from arena.core.catalog import CategoryFiles, ContestantSpec, read_catalog, shipped_catalog
from arena.core.generation.answers import Ask
from arena.core.generation.budget import Budget, spent_before
from arena.core.generation.ledger import Ledger, open_ledger
from arena.core.generation.patience import Surroundings
from arena.core.generation.plan import Plan, make_plan
from arena.core.generation.records import Clerk
from arena.core.generation.run import Progress, Report, Run, work_through
from arena.core.generation_spec import OPENAI, GenerationSpec
from arena.errors import Invalid, NotFound


@dataclass(frozen=True)
class Order:
    """What somebody asks for; address, name and key, where given, go before the contestant's own."""

    category: str
    contestant: str
    base_url: str | None = None
    model: str | None = None
    key_variable: str | None = None
    samples: int = 1
    cost_limit: float | None = None
    again: bool = False


@dataclass(frozen=True)
class Job:
    """An order, with everything that the files say about it."""

    files: CategoryFiles
    contestant: ContestantSpec
    settings: GenerationSpec
    plan: Plan
    budget: Budget


def read_job(roots: Sequence[Path], order: Order) -> Job:
    """Read what the files say about an order; nothing is written and nobody is asked.

    Raises
    ------
    NotFound
        If there is no such category or contestant.
    Invalid, Conflict
        If the order cannot be done as it stands.
    CatalogError
        If a data file is wrong.
    """
    # The rules of a whole catalog are for later: a category is not complete while its outputs are being made.
    catalog = read_catalog(roots)
    files = next((files for files in catalog.categories if files.spec.slug == order.category), None)
    if files is None:
        raise NotFound("unknown_category", f"There is no category {order.category!r}.")
    contestant = catalog.contestants.get(order.contestant)
    if contestant is None:
        raise NotFound("not_found", f"contestants.yaml has no contestant {order.contestant!r}.")
    settings = _settings(contestant, order)
    plan = make_plan(files, contestant, settings, samples=order.samples, again=order.again)
    budget = Budget(order.cost_limit, settings, contestant.price, files.spec.modality)
    budget.spent = spent_before(files, contestant.slug, budget)
    budget.check(plan.wanted)
    return Job(files, contestant, settings, plan, budget)


@contextmanager
def claimed_job(roots: Sequence[Path], order: Order) -> Iterator[tuple[Job, Ledger]]:
    """Take the contestant's files for this run alone, then read the order: now nothing changes any more.

    Raises
    ------
    Conflict
        If another run has them; and as ``read_job``.
    """
    if order.contestant != Path(order.contestant).name:  # no way out of the folder
        raise NotFound("not_found", f"contestants.yaml has no contestant {order.contestant!r}.")
    with open_ledger(_output_folder(roots, order.category), order.contestant) as ledger:
        yield read_job(roots, order), ledger


def do_job(
    job: Job,
    ledger: Ledger,
    ask: Ask,
    *,
    concurrency: int,
    surroundings: Surroundings,
    stop: threading.Event,
    report: Report,
) -> Progress:
    """Ask for what is missing and keep each answer before the next is asked for.

    Raises
    ------
    EndpointRefused
        If the endpoint refuses every request; what came before is kept.
    """
    clerk = Clerk(job.files.spec, job.contestant, job.settings)
    run = Run(job.plan, ask, clerk, ledger, job.budget, surroundings, stop, report)
    return work_through(run, concurrency)


def key_name(settings: GenerationSpec) -> str | None:
    """Return the environment variable that holds the key; None where the endpoint gets none.

    A key is for one host: without a named variable only OpenAI's own gets OpenAI's key.
    """
    return settings.key_variable or ("OPENAI_API_KEY" if settings.base_url.rstrip("/") == OPENAI else None)


def _settings(contestant: ContestantSpec, order: Order) -> GenerationSpec:
    names = ("base_url", "model", "key_variable")
    given = {name: value for name in names if (value := getattr(order, name)) is not None}
    if contestant.generation is None and "model" not in given:
        raise Invalid(
            "invalid",
            f"{contestant.slug} has no block 'generation' in contestants.yaml; give it one, or say --model.",
        )
    known = {} if contestant.generation is None else contestant.generation.model_dump()
    if given.get("base_url", known.get("base_url")) != known.get("base_url"):
        known.pop("key_variable", None)  # the key belongs to the address that was replaced
    try:
        return GenerationSpec.model_validate(known | given)
    except ValidationError as error:
        first = error.errors()[0]
        option = "--" + "-".join(str(part) for part in first["loc"]).replace("_", "-")
        raise Invalid("invalid", f"{option}: {first['msg']}.") from error


def _output_folder(roots: Sequence[Path], category: str) -> Path:
    is_name = category == Path(category).name  # no way out of the folder
    root = next((root for root in roots if is_name and (root / "prompts" / category).is_dir()), None)
    if root is None:
        raise NotFound("unknown_category", f"There is no category {category!r}.")
    if root == shipped_catalog() and root.name == "sample":
        raise Invalid(
            "invalid",
            f"{category} came with the package, which stays as it is. Copy it to a folder of your own and "
            "set ARENA_CATALOG_DIR.",
        )
    return root / "pregenerated" / category
