"""One request to an endpoint that misbehaves, over real HTTP."""

import itertools
from collections.abc import Iterator
from email.utils import format_datetime

import pytest

from arena.core.generation.answers import Answer, Declined, TryAgain
from arena.core.generation.endpoint import asking, retry_after
from arena.core.generation.plan import Wanted
from arena.core.generation_spec import GenerationSpec
from arena.errors import EndpointRefused
from tests.conftest import Clock
from tests.core.generation import misbehaving as server_says
from tests.core.generation.misbehaving import Behaviour, Misbehaving, image, misbehaving, said, status
from tests.factories import png

WANTED = Wanted("poems-001", 1, "Write about *poems-001*.")


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with misbehaving() as server:
        yield server


def ask(
    server: Misbehaving, *behaviours: Behaviour, modality: str = "text", key: str | None = None, **settings
) -> Answer:
    server.script["poems-001"] = list(behaviours)
    spec = GenerationSpec(base_url=server.url, model="quartz-9", **settings)
    tick = itertools.count(step=0.25)
    with asking(spec, key, modality, monotonic=lambda: next(tick), silence=0.15) as send:
        return send(WANTED)


streamed_or_not = pytest.mark.parametrize("stream", [True, False])


@streamed_or_not
def test_an_answer_comes_with_its_tokens_and_its_end(server: Misbehaving, stream: bool):
    answer = ask(server, stream=stream)
    assert answer.text == "A verse on poems-001, made for a test."
    assert (answer.tokens_in, answer.tokens_out, answer.finish) == (11, 7, "stop")
    assert (answer.refusal, answer.answered_by) == (None, "quartz-9-exact")
    assert answer.seconds > 0


def test_only_a_stream_knows_when_the_first_words_came(server: Misbehaving):
    answer = ask(server, stream=True)
    assert answer.seconds_to_first is not None
    assert 0 < answer.seconds_to_first < answer.seconds
    assert answer.pieces == 2
    assert ask(server, stream=False).seconds_to_first is None


@streamed_or_not
def test_the_request_carries_exactly_the_settings(server: Misbehaving, stream: bool):
    parameters = {"temperature": 0.3, "max_tokens": 50, "min_p": 0.1, "seed": 4}
    ask(server, stream=stream, system="Be brief.", parameters=parameters, key="k-1")
    path, headers, body = server.requests[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer k-1"
    assert {name: body[name] for name in parameters} == parameters
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": WANTED.text},
    ]
    assert set(body) == {*parameters, "model", "messages", "stream"} | (
        {"stream_options"} if stream else set()
    )


@streamed_or_not
@pytest.mark.parametrize("number", [408, 429, 500, 502, 503, 529])
def test_a_passing_status_is_to_be_tried_again_and_costs_nothing(
    server: Misbehaving, number: int, stream: bool
):
    with pytest.raises(TryAgain, match=f"HTTP {number}: Told to say {number}") as caught:
        ask(server, status(number), stream=stream)
    assert not caught.value.may_cost
    assert caught.value.retry_after is None
    assert server.asked["poems-001"] == 1, "the client must not try again behind our back"


@pytest.mark.parametrize(
    "headers, seconds",
    [({"Retry_After": "7"}, 7), ({"retry_after_ms": "1500", "Retry_After": "9"}, 1.5)],
)
def test_the_wait_that_is_asked_for_is_handed_on(
    server: Misbehaving, headers: dict[str, str], seconds: float
):
    with pytest.raises(TryAgain) as caught:
        ask(server, status(429, **headers))
    assert caught.value.retry_after == seconds


def test_a_wait_until_a_date_is_read_against_the_endpoints_clock(clock: Clock):
    date = format_datetime(clock(), usegmt=True)
    later = format_datetime(clock.forward(seconds=90), usegmt=True)
    assert retry_after({"date": date, "retry-after": later}) == 90
    assert retry_after({"date": later, "retry-after": date}) == 0
    assert retry_after({"retry-after": later}) is None


@pytest.mark.parametrize("value", ["soon", "nan", ""])
def test_a_wait_that_is_no_wait_is_not_kept(value: str):
    assert retry_after({"retry-after": value}) is None


@pytest.mark.parametrize(
    "behaviour, detail",
    [
        (server_says.slow, "no answer in time"),
        (server_says.hang_up, "the connection broke"),
        (server_says.hang_up_midway, "the connection broke"),
        (server_says.broken_json, "the answer is not JSON"),
        (server_says.stop_midway, "the stream ended before the answer did"),
        (server_says.error_midway, "the answer holds an error: The machine is too busy."),
    ],
)
def test_what_breaks_off_is_to_be_tried_again_and_may_cost(
    server: Misbehaving, behaviour: Behaviour, detail: str
):
    with pytest.raises(TryAgain, match=detail) as caught:
        ask(server, behaviour)
    assert caught.value.may_cost


@pytest.mark.parametrize(
    "behaviour, detail",
    [
        (server_says.slow, "no answer in time"),
        (server_says.hang_up, "the connection broke"),
        (server_says.broken_json, "the answer is not JSON"),
        (lambda handler, _: handler.answer(200, b"<html>", "text/html"), "not a chat's answer"),
        (lambda handler, _: handler.answer(200, {"choices": []}), "not a chat's answer"),
    ],
)
def test_without_a_stream_too(server: Misbehaving, behaviour: Behaviour, detail: str):
    with pytest.raises(TryAgain, match=detail) as caught:
        ask(server, behaviour, stream=False)
    assert caught.value.may_cost


def test_an_endpoint_that_is_not_there_costs_nothing():
    with misbehaving() as server:
        pass
    with pytest.raises(TryAgain, match="the connection broke") as caught:
        ask(server)
    assert not caught.value.may_cost


def test_an_answer_without_an_end_is_given_up(server: Misbehaving, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("arena.core.generation.endpoint.LONGEST_ANSWER", 0.5)
    with pytest.raises(TryAgain, match="no end of the answer") as caught:
        ask(server)
    assert caught.value.may_cost


@pytest.mark.parametrize("number", [401, 403, 404])
def test_a_wrong_key_address_or_name_ends_everything(server: Misbehaving, number: int):
    with pytest.raises(EndpointRefused, match=f"HTTP {number}"):
        ask(server, status(number))


def test_an_empty_account_ends_everything(server: Misbehaving):
    with pytest.raises(EndpointRefused, match="HTTP 429"):
        ask(server, status(429, "insufficient_quota"))


@pytest.mark.parametrize(
    "number, code, reason",
    [(400, "content_policy_violation", "refused"), (403, "content_filter", "refused"), (400, None, "failed")],
)
def test_a_request_that_is_declined_is_declined_for_good(
    server: Misbehaving, number: int, code: str | None, reason: str
):
    with pytest.raises(Declined, match=f"HTTP {number}") as caught:
        ask(server, status(number, code))
    assert caught.value.reason == reason


@streamed_or_not
def test_a_refusal_is_the_endpoints_own_word(server: Misbehaving, stream: bool):
    assert ask(server, said(None, refusal="I will not."), stream=stream).refusal == "I will not."
    assert ask(server, said("Half a", finish="content_filter"), stream=stream).refusal == ""
    # A polite letter may say this: whether a text refuses is not decided here.
    assert ask(server, said("I am sorry, I cannot help you on Friday."), stream=stream).refusal is None


@streamed_or_not
def test_an_empty_answer_is_an_answer(server: Misbehaving, stream: bool):
    assert ask(server, said(None), stream=stream).text == ""


def test_an_image_comes_as_its_bytes(server: Misbehaving):
    answer = ask(server, modality="image", parameters={"size": "64x48"})
    assert answer.picture == png()
    path, _, body = server.requests[0]
    assert path == "/v1/images/generations"
    assert body == {"model": "quartz-9", "prompt": WANTED.text, "n": 1, "size": "64x48"}


@pytest.mark.parametrize(
    "behaviour, error",
    [
        (lambda handler, _: handler.answer(200, {"created": 1, "data": []}), TryAgain),
        (lambda handler, _: handler.answer(200, {"data": [{"b64_json": "no*base64"}]}), TryAgain),
        (lambda handler, _: handler.answer(200, {"data": [{"url": "http://127.0.0.1/x"}]}), Declined),
        (status(400, "moderation_blocked"), Declined),
    ],
)
def test_what_is_no_image_is_none(server: Misbehaving, behaviour: Behaviour, error: type[Exception]):
    with pytest.raises(error):
        ask(server, behaviour, modality="image")


def test_an_image_of_nothing_is_handed_on_to_be_judged(server: Misbehaving):
    assert ask(server, image(b"no image"), modality="image").picture == b"no image"
