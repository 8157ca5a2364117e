"""Which address a request counts against."""

import pytest
from starlette.requests import HTTPConnection

from arena.api.limits import address_of


def connection(*forwarded: str) -> HTTPConnection:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return HTTPConnection({"type": "http", "client": ("10.0.0.1", 5), "headers": headers})


@pytest.mark.parametrize(
    "trusted, forwarded, address",
    [
        (0, ["1.1.1.1"], "10.0.0.1"),
        (1, [], "10.0.0.1"),
        (1, ["1.1.1.1"], "1.1.1.1"),
        (1, ["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
        (1, ["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
        (2, ["6.6.6.6, 1.1.1.1", "2.2.2.2"], "1.1.1.1"),
        (2, ["2.2.2.2"], "10.0.0.1"),
    ],
)
def test_only_what_trusted_proxies_appended_is_believed(trusted: int, forwarded: list[str], address: str):
    """Some proxies lengthen the client's line, some add a line of their own behind it."""
    assert address_of(connection(*forwarded), trusted) == address


@pytest.mark.parametrize(
    "address, key",
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_addresses_of_one_ipv6_network_share_a_limit(address: str, key: str):
    scope = {"type": "http", "headers": [], "client": (address, 1)}
    assert address_of(HTTPConnection(scope), 0) == key
