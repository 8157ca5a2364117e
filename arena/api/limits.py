"""A simple rate limit in the memory of the process: nothing about an address is ever stored."""

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from arena.api.errors import error_response
from arena.errors import TooManyRequests

_MOST_KEYS = 100_000


class RateLimit:
    """Token buckets: ``amount`` uses per ``seconds``, refilled evenly."""

    def __init__(self, amount: int, seconds: float, now: Callable[[], datetime]) -> None:
        self._amount = amount
        self._rate = amount / seconds
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def use(self, key: str) -> None:
        """Take one use of a key.

        Raises
        ------
        TooManyRequests
            If none is left; it says when there will be.
        """
        at = self._now().timestamp()
        with self._lock:
            left, since = self._buckets.get(key, (float(self._amount), at))
            left = min(self._amount, left + max(0.0, at - since) * self._rate)
            allowed = left >= 1
            self._buckets[key] = (left - 1 if allowed else left, at)
            self._buckets.move_to_end(key)
            if len(self._buckets) > _MOST_KEYS:
                self._buckets.popitem(last=False)
        if not allowed:
            raise TooManyRequests(max(1, round((1 - left) / self._rate)))


def address_of(connection: HTTPConnection, trusted_proxies: int) -> str:
    """Return the address a request comes from; of an IPv6 one the network of 2^64 that it lies in.

    Each trusted proxy appends the address it saw to X-Forwarded-For; only that many entries, counted
    from the end, are believed.
    """
    seen = connection.client.host if connection.client else "unknown"
    # A proxy may append a line of its own instead of lengthening the one that the client sent.
    lines = ",".join(connection.headers.getlist("x-forwarded-for"))
    forwarded = [part.strip() for part in lines.split(",") if part.strip()]
    if trusted_proxies and len(forwarded) >= trusted_proxies:
        seen = forwarded[-trusted_proxies]
    return _network(seen)


def _network(address: str) -> str:
    """Return the address, or the network of an IPv6 one: a home has 2^64 of those."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))  # noqa: PLR2004


class LimitedForms:
    """ASGI middleware: what is sent through the pages' own forms counts against its address too."""

    def __init__(self, app: ASGIApp, limit: RateLimit, trusted_proxies: int) -> None:
        self.app = app
        self.limit = limit
        self.trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http" and scope["method"] == "POST" and "/gradio_api/" in scope["path"]:
            try:
                self.limit.use(address_of(HTTPConnection(scope), self.trusted_proxies))
            except TooManyRequests as refusal:
                await error_response(refusal)(scope, receive, send)
                return
        await self.app(scope, receive, send)
