"""An endpoint on this machine that speaks HTTP, counts, and misbehaves as it is told."""

import base64
import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.factories import png

USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


class Handler(BaseHTTPRequestHandler):
    """One request; what it gets is decided by the server's script for its prompt."""

    server: "Misbehaving"
    disable_nagle_algorithm = True  # else head and body of an answer come 40 ms apart

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        behaviour = self.server.next_behaviour(self.path, self.headers, body)
        self.close_connection = True
        behaviour(self, body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, status: int, body: object, kind: str = "application/json", **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def stream(self, *events: object) -> None:
        lines = [event if isinstance(event, bytes) else json.dumps(event).encode() for event in events]
        self.answer(200, b"".join(b"data: " + line + b"\n\n" for line in lines), "text/event-stream")


Behaviour = Callable[[Handler, dict[str, Any]], None]


class Misbehaving(ThreadingHTTPServer):
    """Answers well, except where ``script`` lists behaviours for a prompt: one for each request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: dict[str, list[Behaviour]] = {}
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.requests: list[tuple[str, Message, dict[str, Any]]] = []
        self.released = threading.Event()
        self.reached = threading.Event()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def next_behaviour(self, path: str, headers: Message, body: dict[str, Any]) -> Behaviour:
        prompt = prompt_of(body)
        with self._lock:
            self.requests.append((path, headers, body))
            self.asked[prompt] += 1
            script = self.script.get(prompt, [])
            return script.pop(0) if script else good

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are what is tested."""


def prompt_of(body: dict[str, Any]) -> str:
    said = body["prompt"] if "prompt" in body else body["messages"][-1]["content"]
    found = re.search(r"\*(.+)\*", said)
    return found[1] if found else said


@contextmanager
def misbehaving() -> Iterator[Misbehaving]:
    server = Misbehaving()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def chunk(content: str | None = None, finish: str | None = None, **delta: str) -> dict[str, Any]:
    return {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "quartz-9-exact",
        "choices": [
            {
                "index": 0,
                "delta": delta | ({} if content is None else {"content": content}),
                "finish_reason": finish,
            }
        ],
    }


def usage_chunk() -> dict[str, Any]:
    return chunk() | {"choices": [], "usage": USAGE}


def whole(content: str | None, finish: str = "stop", **message: str) -> dict[str, Any]:
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "quartz-9-exact",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content} | message,
                "finish_reason": finish,
            }
        ],
        "usage": USAGE,
    }


def good(handler: Handler, body: dict[str, Any]) -> None:
    if "prompt" in body:
        image(png())(handler, body)
    else:
        said(f"A verse on {prompt_of(body)}, made for a test.")(handler, body)
    handler.server.answered[prompt_of(body)] += 1


def said(text: str | None, finish: str = "stop", **delta: str) -> Behaviour:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if not body["stream"]:
            handler.answer(200, whole(text, finish, **delta))
            return
        half = len(text or "") // 2
        pieces = [text[:half], text[half:]] if text else [None]
        chunks = [chunk(piece, **delta) for piece in pieces]
        handler.stream(*chunks, chunk(finish=finish), usage_chunk(), b"[DONE]")

    return behave


def image(content: bytes) -> Behaviour:
    encoded = base64.b64encode(content).decode()
    return lambda handler, _: handler.answer(200, {"created": 1, "data": [{"b64_json": encoded}]})


def status(number: int, code: str | None = None, **headers: str) -> Behaviour:
    body = {"error": {"message": f"Told to say {number}.", "type": "test", "code": code}}
    return lambda handler, _: handler.answer(number, body, **headers)


def slow(handler: Handler, _: object) -> None:
    """Say nothing until the server ends."""
    handler.server.reached.set()
    handler.server.released.wait(20)


def broken_json(handler: Handler, body: dict[str, Any]) -> None:
    if body.get("stream"):
        handler.stream(chunk("A ver"), b'{"id": "1", "choices": [{"del')
    else:
        handler.answer(200, b'{"id": "1", "choices": [{"mess')


def hang_up(handler: Handler, _: object) -> None:
    """Close the connection without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def hang_up_midway(handler: Handler, _: object) -> None:
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b"data: " + json.dumps(chunk("A ver")).encode() + b"\n\n")


def stop_midway(handler: Handler, _: object) -> None:
    """End the stream in order, before the answer has an end."""
    handler.stream(chunk("A ver"))


def error_midway(handler: Handler, _: object) -> None:
    handler.stream(chunk("A ver"), {"error": {"message": "The machine is too busy."}})
