"""A small catalog with one contestant to be asked, and a time that only passes when somebody sleeps."""

import random
import threading
from pathlib import Path
from typing import Any

import yaml

from arena.core.catalog import FailureSpec, OutputSpec, read_catalog
from arena.core.generation.endpoint import asking
from arena.core.generation.generate import Order, claimed_job, do_job
from arena.core.generation.patience import Surroundings
from arena.core.generation.run import Progress
from tests.conftest import Clock
from tests.factories import write_catalog

PRICE = {"usd_per_million_in": 1000, "usd_per_million_out": 10_000, "stated_on": "2026-11-01"}


class Time:
    """Passes by what is slept; ``stop_after`` sleeps it says that the run is to stop."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.clock = Clock()
        self.elapsed = 0.0
        self.slept: list[float] = []
        self.stop_after = stop_after

    def sleep(self, seconds: float) -> bool:
        if seconds:
            self.slept.append(seconds)
        self.elapsed += seconds
        return self.stop_after is not None and len(self.slept) > self.stop_after

    def surroundings(self) -> Surroundings:
        return Surroundings(self.clock, lambda: self.elapsed, self.sleep, random.Random(3))


def write_asked(root: Path, url: str, *, modality: str = "text", prompts: int = 4, **changes: Any) -> Path:
    """Write a catalog whose contestant ``quartz`` has settings and no outputs; ``changes`` change them."""
    category = changes.pop("category", {})
    write_catalog(root, modality=modality, prompts=prompts, status="draft", **category)
    (root / "pregenerated/poems/quartz.jsonl").unlink()
    path = root / "pregenerated/contestants.yaml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    parameters = {"temperature": 0.5, "max_tokens": 40} if modality == "text" else {"size": "64x48"}
    settings = {"base_url": url, "model": "quartz-9", "parameters": parameters} | changes.pop(
        "generation", {}
    )
    quartz = next(entry for entry in entries if entry["slug"] == "quartz")
    quartz.update({"generation": settings, "price": PRICE} | changes)
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    return root


def work(root: Path, *, time: Time | None = None, concurrency: int = 1, **order: Any) -> Progress:
    """Do an order against its real endpoint, in a time of the test's own."""
    time = time or Time()
    with claimed_job([root], Order("poems", "quartz", **order)) as (job, ledger):
        modality = job.files.spec.modality
        with asking(job.settings, None, modality, monotonic=lambda: 0.0, silence=0.15) as ask:
            return do_job(
                job,
                ledger,
                ask,
                concurrency=concurrency,
                surroundings=time.surroundings(),
                stop=threading.Event(),
                report=lambda _progress: None,
            )


def outputs_of(root: Path, contestant: str = "quartz") -> tuple[OutputSpec, ...]:
    return read_catalog([root]).categories[0].outputs.get(contestant, ())


def failures_of(root: Path, contestant: str = "quartz") -> tuple[FailureSpec, ...]:
    return read_catalog([root]).categories[0].failures.get(contestant, ())
