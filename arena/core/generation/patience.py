"""Asking until there is an answer: how often, and how long to wait between."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from arena.core.generation.answers import Answer, Ask, Declined, TryAgain
from arena.core.generation.budget import Budget, cost_of
from arena.core.generation.plan import Wanted
from arena.core.words import FailureReason
from arena.errors import EndpointRefused

ATTEMPTS = 6
#: Seconds: the first wait, twice as long each time, at most.
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
#: Seconds. An endpoint that asks for more is asked another day.
LONGEST_RETRY_AFTER = 900.0


class Stopped(Exception):
    """The run is to end; nothing is under way here."""


@dataclass(frozen=True)
class Surroundings:
    """Time and chance, as arguments.

    ``sleep`` waits for so many seconds and says whether the run is to stop (as ``Event.wait`` does).
    """

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], bool]
    rng: random.Random


@dataclass(frozen=True)
class Asked:
    """How asking ended. ``broken_off`` counts the attempts that gave nothing and may have to be paid."""

    answer: Answer | None
    attempts: int
    broken_off: int
    reason: FailureReason | None = None
    detail: str = ""


class Gate:
    """Holds all workers back while the endpoint asks for patience."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._lock = threading.Lock()
        self._until = surroundings.monotonic()

    def hold(self, seconds: float) -> None:
        """Let nobody through for so long from now, or longer if that was said before."""
        with self._lock:
            self._until = max(self._until, self._surroundings.monotonic() + seconds)

    def pass_through(self) -> None:
        """Wait until the gate is open.

        Raises
        ------
        Stopped
            If the run is to end.
        """
        while (seconds := self._until - self._surroundings.monotonic()) > 0:
            _wait(seconds, self._surroundings)
        if self._surroundings.sleep(0):
            raise Stopped


def ask_patiently(wanted: Wanted, ask: Ask, gate: Gate, budget: Budget, surroundings: Surroundings) -> Asked:
    """Ask until there is a whole answer or a final refusal, ``ATTEMPTS`` times at most.

    Waits double, and each is drawn from its upper half, so that requests that failed together do not come
    back together. ``Retry-After`` is kept, by all workers: a rate limit is the account's, not the request's.

    Raises
    ------
    EndpointRefused
        If the endpoint refuses every request, or wants to be left alone for long.
    LimitReached
        If another attempt could break the cost limit.
    Stopped
        If the run is to end.
    """
    broken_off = 0
    detail = ""
    for attempt in range(1, ATTEMPTS + 1):
        gate.pass_through()
        try:
            answer = _paid(wanted, ask, budget)
        except Declined as declined:
            return Asked(None, attempt, broken_off, declined.reason, declined.detail)
        except TryAgain as failed:
            broken_off += failed.may_cost
            detail = failed.detail
            if attempt < ATTEMPTS:
                _rest(failed, attempt, gate, surroundings)
        else:
            return Asked(answer, attempt, broken_off)
    return Asked(None, ATTEMPTS, broken_off, "failed", detail)


def _paid(wanted: Wanted, ask: Ask, budget: Budget) -> Answer:
    """Ask once, with the most that it can cost set aside meanwhile."""
    reserved = budget.reserve(wanted)
    cost: float | None = 0.0  # a request that is turned away is not paid
    try:
        answer = ask(wanted)
        cost = cost_of(answer, budget.price, budget.modality)
        return answer
    except TryAgain as failed:
        cost = None if failed.may_cost else 0.0
        raise
    finally:
        budget.settle(reserved, cost)


def _rest(failed: TryAgain, attempt: int, gate: Gate, surroundings: Surroundings) -> None:
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)) * surroundings.rng.uniform(0.5, 1)
    if failed.retry_after is None:
        _wait(wait, surroundings)
        return
    if failed.retry_after > LONGEST_RETRY_AFTER:
        raise EndpointRefused(f"{failed.detail}; it asks to wait {failed.retry_after:.0f} s. Run again then.")
    gate.hold(failed.retry_after + surroundings.rng.uniform(0, 0.5))


def _wait(seconds: float, surroundings: Surroundings) -> None:
    if surroundings.sleep(seconds):
        raise Stopped
