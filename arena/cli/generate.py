"""Ask an endpoint for the outputs that a contestant lacks."""

import random
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from arena.cli.progress import ProgressLine, money, summary
from arena.core.context import utc_now
from arena.core.generation.answers import Ask
from arena.core.generation.generate import Job, Order, claimed_job, do_job, key_name, read_job
from arena.core.generation.patience import Surroundings
from arena.core.generation.run import Progress
from arena.core.operations import catalog_roots
from arena.errors import Invalid
from arena.settings import Settings, endpoint_key

MOST_WORKERS = 64


def generate(  # noqa: PLR0913, PLR0917  every option of a command is a parameter
    category: Annotated[str, typer.Argument(help="The category's slug.")],
    contestant: Annotated[str, typer.Option(metavar="ID", help="The contestant's slug.")],
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Address of the endpoint, up to /v1.")
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Its name at the endpoint.")] = None,
    key_variable: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The environment variable that holds the endpoint's key."),
    ] = None,
    samples: Annotated[int, typer.Option(metavar="N", min=1, help="Outputs for every prompt.")] = 1,
    concurrency: Annotated[
        int, typer.Option(metavar="K", min=1, max=MOST_WORKERS, help="Requests under way at once.")
    ] = 1,
    cost_limit: Annotated[
        float | None,
        typer.Option(
            metavar="USD", min=0, help="US dollars for this contestant here, earlier runs included."
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Ask again where an answer was refused, empty or cut off.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked, and ask nobody.")
    ] = False,
) -> None:
    """Ask an OpenAI-compatible endpoint for the outputs that a contestant lacks; run it again to go on."""
    order = Order(category, contestant, base_url, model, key_variable, samples, cost_limit, again)
    roots = catalog_roots(Settings())
    if dry_run:
        _tell(read_job(roots, order))
        return
    progress = _run(roots, order, concurrency)
    if progress.is_limit_reached:
        raise typer.Exit(1)


def _run(roots: Sequence[Path], order: Order, concurrency: int) -> Progress:
    with claimed_job(roots, order) as (job, ledger):
        _tell(job)
        if not job.plan.wanted:
            return Progress(0)
        line = ProgressLine(sys.stderr)
        stop = threading.Event()
        surroundings = Surroundings(utc_now, time.monotonic, stop.wait, random.SystemRandom())
        with _asking(job) as ask:
            try:
                progress = do_job(
                    job,
                    ledger,
                    ask,
                    concurrency=concurrency,
                    surroundings=surroundings,
                    stop=stop,
                    report=line.show,
                )
            finally:
                line.end()
    print(summary(progress, ledger.outputs, ledger.failures))
    return progress


def _asking(job: Job) -> AbstractContextManager[Ask]:
    try:
        from arena.core.generation.endpoint import asking  # noqa: PLC0415  an extra: not everybody has it
    except ModuleNotFoundError as error:
        raise Invalid(
            "not_installed", f"arena generate needs {error.name}: pip install 'paragone[generate]'"
        ) from error
    return asking(job.settings, _key(job), job.files.spec.modality, monotonic=time.monotonic)


def _key(job: Job) -> str | None:
    name = key_name(job.settings)
    if name is None:
        return None
    key = endpoint_key(name)
    if key is None:
        raise Invalid("invalid", f"{name} is not set; it holds the key for {job.settings.base_url}.")
    return key.get_secret_value()


def _tell(job: Job) -> None:
    """Print what is there and what will be asked for."""
    plan, settings, budget = job.plan, job.settings, job.budget
    print(f"{job.files.spec.slug}, {job.contestant.name}: {plan.present} there, {len(plan.wanted)} to make")
    if plan.settled:
        print(f"{plan.settled} answered before without an output; --again asks again")
    print(f"{settings.base_url} {settings.model} {settings.parameters}")
    worst = [budget.worst(wanted) for wanted in plan.wanted]
    if plan.wanted and None not in worst:
        print(f"costs at most {money(sum(filter(None, worst)))}, spent before at most {money(budget.spent)}")
