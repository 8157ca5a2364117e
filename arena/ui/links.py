"""Addresses of pages and files, in one place."""

from urllib.parse import urlencode

from arena.ui.loop import API_BASE

BOARD_FILES = ("leaderboard.csv", "votes.csv", "metadata.json")


def vote_link(category: str) -> str:
    """Return the address of the vote page for one category."""
    return "/?" + urlencode({"category": category})


def board_link(category: str, origin: str) -> str:
    """Return the address of one board."""
    return "/leaderboard?" + urlencode({"category": category, "origin": origin})


def snapshot_file_link(snapshot: str, name: str) -> str:
    """Return the address of a snapshot's file; it never changes."""
    return f"{API_BASE}/snapshots/{snapshot}/{name}"


def newest_file_link(category: str, origin: str, name: str) -> str:
    """Return the address of a file of the board's newest snapshot."""
    return f"{API_BASE}/leaderboards/{category}/{name}?" + urlencode({"origin": origin})
