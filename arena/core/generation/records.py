"""From an answer to the line that is kept: an output where it is one, else a failure with its reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arena.core.catalog import CategorySpec, ContestantSpec, FailureSpec, OutputSpec
from arena.core.generation.answers import Answer
from arena.core.generation.budget import cost_of
from arena.core.generation.patience import Asked
from arena.core.generation.plan import Wanted, sent_parameters
from arena.core.generation_spec import GenerationSpec
from arena.core.images import ImageRefused, picture_size
from arena.core.render import RenderRefused, render_markdown
from arena.core.words import FailureReason

LONGEST_DETAIL = 500
_ENDINGS = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpg"), (b"RIFF", "webp"))


@dataclass(frozen=True)
class Clerk:
    """Knows what every line of one run has in common."""

    category: CategorySpec
    contestant: ContestantSpec
    settings: GenerationSpec

    def line(self, wanted: Wanted, asked: Asked, now: datetime) -> OutputSpec | FailureSpec:
        """Return what is to be kept of an answer, or of its absence."""
        answer = asked.answer
        values = self._facts(wanted, asked, now)
        if answer is None:
            return self._failure(values, asked.reason or "failed", asked.detail)
        reason, detail = _flaw(answer)
        if reason == "refused" and self.category.refusals == "shown" and (answer.refusal or answer.text):
            values["settings"] |= {"refused": True}
            return OutputSpec(**values | {"text": answer.refusal or answer.text})
        if reason is not None:
            return self._failure(values | {"text": _text(answer)}, reason, detail)
        if answer.picture is not None:
            return OutputSpec(**values, asset=f"{wanted.prompt_id}-{wanted.sample}.{_ending(answer.picture)}")
        return OutputSpec(**values, text=answer.text)

    def _facts(self, wanted: Wanted, asked: Asked, now: datetime) -> dict[str, Any]:
        answer = asked.answer
        return {
            "prompt_id": wanted.prompt_id,
            "sample": wanted.sample,
            "tokens": answer.tokens_out if answer else None,
            "seconds": round(answer.seconds, 3) if answer else None,
            "cost_usd": cost_of(answer, self.contestant.price, self.category.modality) if answer else None,
            "generated_at": now,
            "settings": self._asked_with(wanted) | _measured(asked),
        }

    def _asked_with(self, wanted: Wanted) -> dict[str, Any]:
        settings = self.settings
        return {
            "endpoint": settings.base_url,
            "model": settings.model,
            "system": settings.system,
            "parameters": sent_parameters(settings, wanted.sample),
            "stream": settings.stream and self.category.modality == "text",
            "mystery_shopper": settings.mystery_shopper,
        }

    @staticmethod
    def _failure(values: dict[str, Any], reason: FailureReason, detail: str) -> FailureSpec:
        return FailureSpec(**values, reason=reason, detail=_sayable(detail)[:LONGEST_DETAIL])


def _measured(asked: Asked) -> dict[str, Any]:
    facts: dict[str, Any] = {"attempts": asked.attempts, "broken_off": asked.broken_off}
    answer = asked.answer
    if answer is None:
        return facts
    first = None if answer.seconds_to_first is None else round(answer.seconds_to_first, 3)
    return facts | {
        "finish": answer.finish,
        "tokens_in": answer.tokens_in,
        "seconds_to_first": first,
        "pieces": answer.pieces,
        "answered_by": None if answer.answered_by is None else _sayable(answer.answered_by),
    }


def _flaw(answer: Answer) -> tuple[FailureReason | None, str]:
    """Return why an answer is no output, or None. Whether its sentences refuse is for people to say."""
    if answer.refusal is not None:
        return "refused", answer.refusal or "the endpoint filtered the answer"
    if answer.picture is not None:
        return _flaw_of_picture(answer.picture)
    text = answer.text or ""
    if not text.strip():
        return "empty", f"no text came; the answer ended with {answer.finish!r}"
    if answer.finish == "length":
        return "truncated", "the answer was cut off at the length that the parameters or the endpoint allow"
    return _flaw_of_text(text)


def _flaw_of_text(text: str) -> tuple[FailureReason | None, str]:
    try:
        render_markdown(text)
    except RenderRefused as error:
        return "unusable", str(error)
    return None, ""


def _flaw_of_picture(picture: bytes) -> tuple[FailureReason | None, str]:
    try:
        picture_size(picture)
    except ImageRefused as error:
        return "unusable", f"the image: {error}"
    return None, ""


def _text(answer: Answer) -> str | None:
    return _sayable(answer.text or "") or None


def _sayable(text: str) -> str:
    """Return a text that can be written as UTF-8: JSON can carry half a character."""
    return text.encode(errors="replace").decode()


def _ending(picture: bytes) -> str:
    return next((ending for start, ending in _ENDINGS if picture.startswith(start)), "avif")
