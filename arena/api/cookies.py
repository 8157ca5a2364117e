"""The voter cookie: a random id, signed, readable by no script."""

import random
from collections.abc import Callable

from itsdangerous import BadSignature, Signer
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arena.core.voters import new_id

COOKIE = "paragone_voter"
_YEAR = 365 * 24 * 3600


class VoterCookie:
    """Makes and reads the cookie that says which voter a browser is."""

    def __init__(self, key: str, *, secure: bool) -> None:
        self._signer = Signer(key, salt="paragone voter")
        self._secure = secure

    def read(self, connection: HTTPConnection) -> str | None:
        """Return the voter of a request, or None without a validly signed cookie."""
        value = connection.cookies.get(COOKIE)
        if value is None:
            return None
        try:
            return self._signer.unsign(value).decode()
        except BadSignature:
            return None

    def header(self, voter: str) -> str:
        """Return the Set-Cookie header for a voter."""
        value = self._signer.sign(voter).decode()
        secure = "; Secure" if self._secure else ""
        return f"{COOKIE}={value}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax{secure}"


class VoterCookieOnPages:
    """ASGI middleware: a browser that opens a page without a valid cookie gets one.

    No row is written: the voter exists from his first battle on.
    """

    def __init__(
        self, app: ASGIApp, cookie: VoterCookie, rng: random.Random, is_page: Callable[[str], bool]
    ) -> None:
        self.app = app
        self.cookie = cookie
        self.rng = rng
        self.is_page = is_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the cookie to the answer where it is missing."""
        if scope["type"] != "http" or scope["method"] != "GET" or not self.is_page(scope["path"]):
            await self.app(scope, receive, send)
            return
        known = self.cookie.read(HTTPConnection(scope)) is not None

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Cache-Control"] = "no-store"
                    if not known:
                        headers.append("Set-Cookie", self.cookie.header(new_id(self.rng)))
            await send(message)

        await self.app(scope, receive, send_with_cookie)
