"""How often each unit (a vote, a voter, a prompt) appears in a resample.

Every resample has a random stream of its own, so it is the same however many are drawn, and however many
of them are handled at a time. Units that are alike are drawn together: ``counts`` tells how many there are.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import numpy as np

from ratings.data.validation import FloatArray
from ratings.uncertainty.poisson import Counts, Drawer, poisson_drawer

Draws = Literal["multinomial", "poisson"]

SPARE = 3.0
"""Standard deviations of the total that are drawn one by one."""
FEW = 100
"""Units below which they are drawn in the plain way."""


def streams(n_resamples: int, rng: np.random.Generator) -> Iterator[np.random.Generator]:
    """Return one independent generator for each resample; takes eight numbers from ``rng`` at once."""
    seed = np.random.SeedSequence([int(word) for word in rng.integers(2**32, size=8)])
    return (np.random.default_rng(seed.spawn(1)[0]) for _ in range(n_resamples))


def drawer(counts: Counts, draws: Draws) -> Drawer:
    """Return what draws a resample of units: how often each kind appears, int array (u,).

    ``multinomial`` draws as many as there are, with replacement. ``poisson`` gives every unit a Poisson(1)
    number of copies: what a stream of votes can do without knowing its length.

    Parameters
    ----------
    counts : int array (u,)
        Number of units of each kind, at least 1.
    """
    if draws == "poisson":
        return poisson_drawer(counts.astype(np.float64))
    total = int(counts.sum())
    if total == len(counts):
        return lambda stream: np.bincount(stream.integers(total, size=total), minlength=total)
    if total < FEW:
        return lambda stream: stream.multinomial(total, counts / total)
    return _topped_up(counts, total)


def table_of_draws(draw: Drawer, resamples: Iterable[np.random.Generator]) -> FloatArray:
    """Return how often each kind is drawn in each resample, float array (u, B)."""
    return np.stack([draw(stream) for stream in resamples], axis=1).astype(np.float64)


def _topped_up(counts: Counts, total: int) -> Drawer:
    """Return what draws exactly multinomial numbers, more than twice as fast as binomials in turn.

    Poisson numbers of slightly too small a mean are, given their total, multinomial; the missing ones are
    drawn one by one. A total that overshoots, one in 740, is dropped for a plain draw.
    """
    share, ends = counts / total, np.cumsum(counts)
    poisson = poisson_drawer(share * (total - SPARE * np.sqrt(total)))

    def draw(stream: np.random.Generator) -> Counts:
        drawn = poisson(stream)
        missing = total - int(drawn.sum())
        if missing < 0:
            return stream.multinomial(total, share)
        # sorted, they are found several times faster, and their order says nothing
        one_by_one = np.sort(stream.integers(total, size=missing))
        found = np.searchsorted(ends, one_by_one, side="right")
        return np.asarray(drawn + np.bincount(found, minlength=len(drawn)), dtype=np.int64)

    return draw
