"""What comes back from an endpoint, and the ways in which nothing does."""

from collections.abc import Callable
from dataclasses import dataclass

from arena.core.generation.plan import Wanted
from arena.core.words import FailureReason


@dataclass(frozen=True)
class Answer:
    """A whole answer.

    Attributes
    ----------
    text, picture
        The one that the category's modality asks for.
    refusal : str or None
        The endpoint's own word that it refuses, empty where it only marks the answer as filtered. What a text
        says in its sentences is not looked at here.
    finish : str or None
        The endpoint's word for why the answer ended, ``stop`` or ``length`` for instance.
    seconds, seconds_to_first
        From sending the request to the end, and to the first words; the latter only of a stream.
    pieces : int or None
        Parts in which a stream brought words. Not tokens, though some servers send one at a time.
    answered_by : str or None
        The name with which the endpoint signs, often more exact than the one it was asked for.
    """

    seconds: float
    text: str | None = None
    picture: bytes | None = None
    refusal: str | None = None
    finish: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    seconds_to_first: float | None = None
    pieces: int | None = None
    answered_by: str | None = None


Ask = Callable[[Wanted], Answer]


class TryAgain(Exception):
    """No whole answer this time; the same request may get one.

    ``retry_after`` is what the endpoint asks to wait, seconds. ``may_cost`` says that the endpoint had begun
    to work, so that it may want to be paid.
    """

    def __init__(self, detail: str, *, retry_after: float | None = None, may_cost: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after
        self.may_cost = may_cost


class Declined(Exception):
    """The endpoint will not answer this request, however often it is asked."""

    def __init__(self, detail: str, reason: FailureReason) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reason: FailureReason = reason
