"""One request to an OpenAI-compatible endpoint. Needs the package ``openai``; nothing else here does."""

import base64
import binascii
import email.utils
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import openai
from openai.types import ImagesResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from arena.core.generation.answers import Answer, Ask, Declined, TryAgain
from arena.core.generation.plan import Wanted, sent_parameters
from arena.core.generation_spec import GenerationSpec
from arena.core.words import Modality
from arena.errors import EndpointRefused

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam

#: Seconds without a byte, and for a whole answer.
SILENCE = 300.0
LONGEST_ANSWER = 1800.0
#: HTTP status that ends the run, and status with which the same request may do better later.
FINAL = (401, 403, 404)
PASSING = (408, 409, 425, 429)
SERVER_ERROR = 500
#: What endpoints call a refusal that is not a text.
REFUSAL_CODES = ("content_filter", "content_policy_violation", "moderation_blocked", "safety")
OUT_OF_MONEY = "insufficient_quota"

Monotonic = Callable[[], float]


@contextmanager
def asking(
    settings: GenerationSpec,
    key: str | None,
    modality: Modality,
    *,
    monotonic: Monotonic,
    silence: float = SILENCE,
) -> Iterator[Ask]:
    """Open a connection to the endpoint, and give the function that sends it one request.

    Parameters
    ----------
    silence
        Seconds after which an endpoint that sends nothing is given up.
    """
    client = openai.OpenAI(
        base_url=settings.base_url, api_key=key or "none-needed", max_retries=0, timeout=silence
    )
    ask = _image if modality == "image" else _streamed if settings.stream else _whole
    with client:
        yield partial(_asked, ask, client, settings, monotonic)


def _asked(
    ask: Callable[[openai.OpenAI, GenerationSpec, Wanted, Monotonic], Answer],
    client: openai.OpenAI,
    settings: GenerationSpec,
    monotonic: Monotonic,
    wanted: Wanted,
) -> Answer:
    with _our_errors():
        return ask(client, settings, wanted, monotonic)


def _messages(settings: GenerationSpec, wanted: Wanted) -> "list[ChatCompletionMessageParam]":
    user: ChatCompletionMessageParam = {"role": "user", "content": wanted.text}
    return [user] if settings.system is None else [{"role": "system", "content": settings.system}, user]


def _streamed(
    client: openai.OpenAI, settings: GenerationSpec, wanted: Wanted, monotonic: Monotonic
) -> Answer:
    begun_at = monotonic()
    stream = client.chat.completions.create(
        model=settings.model,
        messages=_messages(settings, wanted),
        stream=True,
        stream_options={"include_usage": True},
        extra_body=sent_parameters(settings, wanted.sample),
    )
    with stream, _broken_off():
        return _collected(_in_time(stream, begun_at, monotonic), begun_at, monotonic)


def _in_time(
    chunks: Iterator[ChatCompletionChunk], begun_at: float, monotonic: Monotonic
) -> Iterator[ChatCompletionChunk]:
    for chunk in chunks:
        if monotonic() - begun_at > LONGEST_ANSWER:
            raise TryAgain(f"no end of the answer in {LONGEST_ANSWER:.0f} s", may_cost=True)
        yield chunk


def _collected(chunks: Iterator[ChatCompletionChunk], begun_at: float, monotonic: Monotonic) -> Answer:
    pieces: list[str] = []
    refusals: list[str] = []
    first: float | None = None
    finish = answered_by = usage = None
    for chunk in chunks:
        usage, answered_by = chunk.usage or usage, chunk.model or answered_by
        for choice in chunk.choices or []:
            if choice.delta.content:
                first = monotonic() - begun_at if first is None else first
                pieces.append(choice.delta.content)
            if choice.delta.refusal:
                refusals.append(choice.delta.refusal)
            finish = choice.finish_reason or finish
    if finish is None:
        raise TryAgain("the stream ended before the answer did", may_cost=True)
    return Answer(
        seconds=monotonic() - begun_at,
        text="".join(pieces),
        refusal=_refusal("".join(refusals), finish),
        finish=finish,
        tokens_in=usage.prompt_tokens if usage else None,
        tokens_out=usage.completion_tokens if usage else None,
        seconds_to_first=first,
        pieces=len(pieces),
        answered_by=answered_by,
    )


def _whole(client: openai.OpenAI, settings: GenerationSpec, wanted: Wanted, monotonic: Monotonic) -> Answer:
    begun_at = monotonic()
    reply = client.chat.completions.create(
        model=settings.model,
        messages=_messages(settings, wanted),
        stream=False,
        extra_body=sent_parameters(settings, wanted.sample),
    )
    if not isinstance(reply, ChatCompletion) or not reply.choices:
        raise TryAgain("what came is not a chat's answer", may_cost=True)
    choice = reply.choices[0]
    return Answer(
        seconds=monotonic() - begun_at,
        text=choice.message.content or "",
        refusal=_refusal(choice.message.refusal or "", choice.finish_reason),
        finish=choice.finish_reason,
        tokens_in=reply.usage.prompt_tokens if reply.usage else None,
        tokens_out=reply.usage.completion_tokens if reply.usage else None,
        answered_by=reply.model,
    )


def _image(client: openai.OpenAI, settings: GenerationSpec, wanted: Wanted, monotonic: Monotonic) -> Answer:
    begun_at = monotonic()
    reply = client.images.generate(
        model=settings.model,
        prompt=wanted.text,
        n=1,
        extra_body=sent_parameters(settings, wanted.sample),
    )
    if not isinstance(reply, ImagesResponse) or not reply.data:
        raise TryAgain("what came holds no image", may_cost=True)
    if reply.data[0].b64_json is None:
        raise Declined("an address came in place of an image; set response_format: b64_json", "unusable")
    return Answer(
        seconds=monotonic() - begun_at,
        picture=_decoded(reply.data[0].b64_json),
        tokens_in=reply.usage.input_tokens if reply.usage else None,
        tokens_out=reply.usage.output_tokens if reply.usage else None,
    )


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise TryAgain(f"the image is not base64: {error}", may_cost=True) from error


def _refusal(said: str, finish: str | None) -> str | None:
    return said if said or finish == "content_filter" else None


@contextmanager
def _broken_off() -> Iterator[None]:
    """Say of what goes wrong in here that the endpoint had begun to work."""
    try:
        with _our_errors():
            yield
    except TryAgain as error:
        error.may_cost = True
        raise


@contextmanager
def _our_errors() -> Iterator[None]:
    """Turn the client's errors into what is to be done about them."""
    try:
        yield
    except openai.APITimeoutError as error:
        raise TryAgain("no answer in time", may_cost=_was_sent(error)) from error
    except openai.APIConnectionError as error:
        detail = f"the connection broke: {error.__cause__ or error}"
        raise TryAgain(detail, may_cost=_was_sent(error)) from error
    except openai.APIStatusError as error:
        _raise_for_status(error)
    except openai.APIError as error:
        raise TryAgain(f"the answer holds an error: {error.message}", may_cost=True) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise TryAgain(f"the answer is not JSON: {error}", may_cost=True) from error


def _was_sent(error: openai.APIConnectionError) -> bool:
    """Say whether the endpoint may have the request; the errors do not say it, their causes do."""
    return type(error.__cause__).__name__ not in ("ConnectError", "ConnectTimeout")


def _raise_for_status(error: openai.APIStatusError) -> NoReturn:
    status, detail = error.status_code, f"HTTP {error.status_code}: {_said(error)}"
    if error.code in REFUSAL_CODES:
        raise Declined(detail, "refused") from error
    if status in FINAL or error.code == OUT_OF_MONEY:
        raise EndpointRefused(detail) from error
    if status in PASSING or status >= SERVER_ERROR:
        raise TryAgain(detail, retry_after=retry_after(error.response.headers)) from error
    raise Declined(detail, "failed") from error


def _said(error: openai.APIStatusError) -> str:
    """Return the endpoint's own sentence, where it gave one, in one short line."""
    body = error.body
    said = body.get("message") if isinstance(body, dict) else body
    return " ".join(str(said or error.message).split())[:300]


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that an endpoint asks to wait, in any of the forms in use, or None.

    A date is read against the endpoint's own clock.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        return max(0.0, seconds) if seconds == seconds else None  # noqa: PLR0124  not a number
    try:
        until = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
        now = email.utils.parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    return max(0.0, (until - now).total_seconds())
