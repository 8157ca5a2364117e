"""What handlers are given: context, voter, limits."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from arena.api.cookies import VoterCookie
from arena.api.limits import RateLimit, address_of
from arena.core.context import Context
from arena.errors import VoterRequired


@dataclass(frozen=True)
class Edge:
    """What the HTTP side adds to the context: the cookie and the limits."""

    context: Context
    cookie: VoterCookie
    by_voter: RateLimit
    by_address: RateLimit
    new_voters: RateLimit


def make_edge(context: Context, cookie: VoterCookie) -> Edge:
    """Build the limits from the settings."""
    settings = context.settings
    return Edge(
        context=context,
        cookie=cookie,
        by_voter=RateLimit(settings.requests_per_minute, 60, context.now),
        by_address=RateLimit(settings.address_requests_per_minute, 60, context.now),
        new_voters=RateLimit(settings.new_voters_per_hour, 3600, context.now),
    )


def _edge(request: Request) -> Edge:
    edge: Edge = request.app.state.edge
    return edge


def _context(request: Request) -> Context:
    return _edge(request).context


def _voter(request: Request) -> str:
    voter = _edge(request).cookie.read(request)
    if voter is None:
        raise VoterRequired
    return voter


def limited_address(request: Request) -> None:
    """Count a write against its address.

    Raises
    ------
    TooManyRequests
        If the address has sent too many.
    """
    edge = _edge(request)
    if not edge.context.settings.is_local:
        edge.by_address.use(address_of(request, edge.context.settings.trusted_proxies))


def limited_new_voter(request: Request) -> None:
    """Count a new voter against the address he comes from.

    Raises
    ------
    TooManyRequests
        If too many new voters came from there.
    """
    edge = _edge(request)
    if not edge.context.settings.is_local:
        edge.new_voters.use(address_of(request, edge.context.settings.trusted_proxies))


def _limited_voter(request: Request, voter: Annotated[str, Depends(_voter)]) -> str:
    edge = _edge(request)
    limited_address(request)
    if not edge.context.settings.is_local:
        edge.by_voter.use(voter)
    return voter


EdgeDep = Annotated[Edge, Depends(_edge)]
ContextDep = Annotated[Context, Depends(_context)]
ReadingVoter = Annotated[str, Depends(_voter)]
WritingVoter = Annotated[str, Depends(_limited_voter)]
