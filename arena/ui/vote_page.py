"""The page at ``/``: a battle, not a menu."""

from arena.core.words import PRACTICE
from arena.ui.loop import arena_loop


def add_vote_page() -> None:
    """Add the vote loop to the page that is being built; everything it shows comes from the JSON API."""
    arena_loop(PRACTICE)
