"""What surrounds every answer: security headers, the guard before Gradio, the checks on writes."""

import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arena.api.errors import error_response
from arena.errors import BadOrigin, NotFound, TooLarge

MAX_BODY = 64 * 1024

# Gradio needs unsafe-eval and unsafe-inline for its templates (measured); nothing may leave the site.
GRADIO_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'self'; object-src 'none'; frame-ancestors 'self'"
)
STRICT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

# Of Gradio's own endpoints only these are reachable: plain events, and what its pages ask for on load.
_GRADIO_ALLOWED = re.compile(r"^/gradio_api/(run/predict|heartbeat/[\w-]+|startup-events|theme\.css)/?$")


class Guard:
    """ASGI middleware: answers 404 for addresses that cannot be and for Gradio endpoints we do not need."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        path = scope.get("path", "")
        if scope["type"] == "http" and _holds_null(scope):
            await error_response(NotFound("not_found", "No address here has a null character."))(
                scope, receive, send
            )
            return
        if scope["type"] == "http" and "/gradio_api" in path and not _GRADIO_ALLOWED.match(path):
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.app(scope, receive, send)


def _holds_null(scope: Scope) -> bool:
    """Say whether the address has a null character, which PostgreSQL refuses even to be asked about."""
    return "\0" in scope["path"] or b"\0" in unquote_to_bytes(scope["query_string"])


class SecurityHeaders:
    """ASGI middleware: content policy, no sniffing, no referrer; long caching for Gradio's hashed assets."""

    def __init__(self, app: ASGIApp, is_api: Callable[[str], bool]) -> None:
        self.app = app
        self.is_api = is_api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to every HTTP answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                policy = STRICT_POLICY if self.is_api(path) else GRADIO_POLICY
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                if path.startswith("/assets/") and message["status"] == 200:  # noqa: PLR2004
                    headers["Cache-Control"] = "public, max-age=31536000, immutable"
            await send(message)

        await self.app(scope, receive, send_with_headers)


class WriteChecks:
    """ASGI middleware: refuses oversize bodies and requests that another site made a browser send."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check origin and size before the body is read, and the size again while it is."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        host = headers.get("host")
        if origin is not None and origin not in (f"http://{host}", f"https://{host}"):
            await error_response(BadOrigin(origin))(scope, receive, send)
            return
        body = await _read_body(receive, headers)
        if body is None:
            await error_response(TooLarge(MAX_BODY))(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)


async def _read_body(receive: Receive, headers: Headers) -> bytes | None:
    """Return the body, or None when it is larger than `MAX_BODY`."""
    declared = headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > MAX_BODY:
        return None
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MAX_BODY:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
