"""What an answer cost, and a limit that is kept before a request is sent, not after."""

import threading
from dataclasses import dataclass, field

from arena.core.catalog import CategoryFiles
from arena.core.generation.answers import Answer
from arena.core.generation.plan import Wanted
from arena.core.generation_spec import GenerationSpec, PriceSpec
from arena.core.words import Modality
from arena.errors import Invalid

MILLION = 1_000_000
#: Tokens that a chat's own marks may add to a request, at most.
MARKS = 64
LENGTH_LIMITS = ("max_completion_tokens", "max_tokens")


class LimitReached(Exception):
    """The next request might cost more than the limit leaves."""


def cost_of(answer: Answer, price: PriceSpec | None, modality: Modality) -> float | None:
    """Return what an answer cost by its contestant's price, US dollars; None where that is not known."""
    if price is None:
        return None
    if modality == "image" and price.usd_per_image is not None:
        return price.usd_per_image
    sent = _priced(answer.tokens_in, price.usd_per_million_in)
    answered = _priced(answer.tokens_out, price.usd_per_million_out)
    return None if sent is None or answered is None else sent + answered


def _priced(tokens: int | None, rate: float | None) -> float | None:
    if rate == 0:  # costs nothing, however much it was
        return 0.0
    return None if tokens is None or rate is None else tokens * rate / MILLION


def worst_cost(
    wanted: Wanted, settings: GenerationSpec, price: PriceSpec | None, modality: Modality
) -> float | None:
    """Return what one request can cost at most, US dollars; None where nothing bounds it.

    A token is at least one byte, so a request has no more tokens than bytes; the answer is bounded by the
    parameter ``max_tokens`` or ``max_completion_tokens``.
    """
    if price is None:
        return None
    if modality == "image" and price.usd_per_image is not None:
        return price.usd_per_image
    longest = next((settings.parameters[name] for name in LENGTH_LIMITS if name in settings.parameters), None)
    sent = _priced(len(f"{settings.system or ''}{wanted.text}".encode()) + MARKS, price.usd_per_million_in)
    answered = _priced(longest if isinstance(longest, int) else None, price.usd_per_million_out)
    return None if sent is None or answered is None else sent + answered


@dataclass
class Budget:
    """Keeps what is spent and what is under way together below a limit; safe between threads."""

    limit: float | None
    settings: GenerationSpec
    price: PriceSpec | None
    modality: Modality
    spent: float = 0.0
    _reserved: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, wanted: tuple[Wanted, ...]) -> None:
        """Refuse a limit that could not be kept.

        Raises
        ------
        Invalid
            If a limit is set and nothing bounds what a request costs.
        """
        if self.limit is not None and any(self.worst(item) is None for item in wanted):
            raise Invalid(
                "invalid",
                "a cost limit needs the contestant's price, and max_tokens or max_completion_tokens "
                "among its parameters: else nothing bounds what a request costs.",
            )

    def worst(self, wanted: Wanted) -> float | None:
        """Return what one request can cost at most, US dollars."""
        return worst_cost(wanted, self.settings, self.price, self.modality)

    def reserve(self, wanted: Wanted) -> float:
        """Set the most that a request can cost aside, and return it.

        Raises
        ------
        LimitReached
            If that does not fit below the limit.
        """
        most = self.worst(wanted) or 0.0
        with self._lock:
            if self.limit is not None and self.spent + self._reserved + most > self.limit:
                raise LimitReached
            self._reserved += most
        return most

    def settle(self, reserved: float, cost: float | None) -> None:
        """Count what a request did cost in place of what was set aside; unknown counts as the most."""
        with self._lock:
            self._reserved -= reserved
            self.spent += reserved if cost is None else cost


def spent_before(files: CategoryFiles, contestant: str, budget: Budget) -> float:
    """Return what a contestant's records of this category cost; what is not known counts as the most."""
    texts = {prompt.id: prompt.text for prompt in files.prompts}
    total = 0.0
    for record in (*files.outputs.get(contestant, ()), *files.failures.get(contestant, ())):
        wanted = Wanted(record.prompt_id, record.sample, texts.get(record.prompt_id, ""))
        most = budget.worst(wanted) or 0.0
        if "model" in record.settings:
            unknown = record.settings.get("broken_off", 0)
            is_answer = "finish" in record.settings
            total += unknown * most + (record.cost_usd if record.cost_usd is not None else is_answer * most)
    return total
