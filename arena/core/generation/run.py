"""Several workers that ask, keep, and ask for the next, until all is there or something says stop."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from arena.core.catalog import FailureSpec
from arena.core.generation.answers import Ask
from arena.core.generation.budget import Budget, LimitReached
from arena.core.generation.ledger import Ledger
from arena.core.generation.patience import Asked, Gate, Stopped, Surroundings, ask_patiently
from arena.core.generation.plan import Plan, Wanted
from arena.core.generation.records import Clerk
from arena.errors import EndpointRefused

#: Failures one after the other after which the endpoint is taken for dead.
DEAD_AFTER = 5


@dataclass
class Progress:
    """How far a run is. ``seconds`` since it began; ``spent`` in US dollars, earlier runs included."""

    wanted: int
    outputs: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    spent: float = 0.0
    seconds: float = 0.0
    is_limit_reached: bool = False

    @property
    def done(self) -> int:
        """How many of the wanted are settled, by an output or by a failure."""
        return self.outputs + sum(self.failures.values())

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; None before the first is done."""
        return self.seconds / self.done * (self.wanted - self.done) if self.done else None


Report = Callable[[Progress], None]


@dataclass
class Run:
    """What the workers of one run share."""

    plan: Plan
    ask: Ask
    clerk: Clerk
    ledger: Ledger
    budget: Budget
    surroundings: Surroundings
    stop: threading.Event
    report: Report

    def __post_init__(self) -> None:
        """Set everything to the beginning."""
        self.gate = Gate(self.surroundings)
        self.progress = Progress(len(self.plan.wanted), spent=self.budget.spent)
        self._begun_at = self.surroundings.monotonic()
        self._next: Iterator[Wanted] = iter(self.plan.wanted)
        self._failed_in_a_row = 0
        self._lock = threading.Lock()

    def work(self) -> None:
        """Ask and keep, one after the other, until nothing is left or the run is to stop."""
        while (wanted := self._take()) is not None:
            try:
                asked = ask_patiently(wanted, self.ask, self.gate, self.budget, self.surroundings)
            except Stopped:
                return
            except LimitReached:
                self.progress.is_limit_reached = True
                return
            self._keep(wanted, asked)

    def _take(self) -> Wanted | None:
        with self._lock:
            return None if self.stop.is_set() else next(self._next, None)

    def _keep(self, wanted: Wanted, asked: Asked) -> None:
        line = self.clerk.line(wanted, asked, self.surroundings.now())
        if isinstance(line, FailureSpec):
            self.ledger.keep_failure(line)
        else:
            self.ledger.keep_output(line, asked.answer.picture if asked.answer else None)
        with self._lock:
            self._count(line.reason if isinstance(line, FailureSpec) else None)
            self.report(self.progress)
            self._refuse_the_dead(asked)

    def _count(self, reason: str | None) -> None:
        progress = self.progress
        if reason is None:
            progress.outputs += 1
        else:
            progress.failures[reason] = progress.failures.get(reason, 0) + 1
        progress.spent = self.budget.spent
        progress.seconds = self.surroundings.monotonic() - self._begun_at

    def _refuse_the_dead(self, asked: Asked) -> None:
        self._failed_in_a_row = self._failed_in_a_row + 1 if asked.reason == "failed" else 0
        if self._failed_in_a_row >= DEAD_AFTER:
            raise EndpointRefused(f"{DEAD_AFTER} requests failed in a row; the last: {asked.detail}")


def work_through(run: Run, concurrency: int) -> Progress:
    """Let ``concurrency`` workers do the run, and return how far it came.

    Answers that are under way when something says stop are waited for and kept: they are paid.

    Raises
    ------
    EndpointRefused
        If the endpoint refuses every request, or seems dead.
    """
    with ThreadPoolExecutor(concurrency) as workers:
        try:
            for done in as_completed([workers.submit(run.work) for _ in range(concurrency)]):
                done.result()
        finally:
            run.stop.set()
    return run.progress
