"""How many votes, added, would lift one contestant over another: the price of rigging.

Three attackers vote for the same aim and differ in what they are served: only the pair itself; only battles
of the target, for which they always vote; any battle, in which they vote for the side whose win raises
``target - above`` (the sign of ``(e_target - e_above)' G (e_a - e_b)``, G the inverse information: a vote on
two others moves the aim through their opponents). Opponents and battles are drawn uniformly from the pairs
that have met, and votes enter as their expected shares, so that no chance is left. Each count is the smallest
that an exact refit confirms. (Direct, target-only and omnipresent voting: Min et al. 2025, "Improving Your
Model Ranking on Chatbot Arena by Vote Rigging".)
"""

from dataclasses import dataclass

import numpy as np

from ratings.data.battles import Battles
from ratings.data.counts import win_matrix
from ratings.data.validation import FloatArray
from ratings.diagnostics.refits import is_above, places, refitted, smallest
from ratings.errors import InvalidOptionError
from ratings.fits.bradley_terry import BradleyTerryResult, check_fitted_to
from ratings.fits.newton import mean_zero_inverse


@dataclass(frozen=True)
class VotesToLift:
    """Votes to be added until ``target`` stands above ``above``.

    Attributes
    ----------
    target, above : str
        The contestant to be lifted, and the one that it has to pass.
    direct : int
        Votes for the target in battles of these two.
    target_only : int
        Votes for the target against opponents drawn uniformly from those that it has met.
    battles_for_target : int
        Battles that must be served for these, when each pair of contestants is served equally often: the
        target is in 2 of K.
    any_battle : int
        Directed votes on pairs drawn uniformly from those that have met.
    """

    target: str
    above: str
    direct: int
    target_only: int
    battles_for_target: int
    any_battle: int


def votes_to_lift(fit: BradleyTerryResult, battles: Battles, target: str, above: str) -> VotesToLift:
    """Count the votes that three kinds of attacker need to lift ``target`` over ``above``.

    Raises
    ------
    InvalidOptionError
        When a name is not a contestant of the fit, or ``target`` is not below ``above``.
    """
    low, high = places(fit, target, above)
    if fit.strengths[low] >= fit.strengths[high]:
        raise InvalidOptionError(f"{target!r} is not below {above!r}")
    counted = battles.counted(fit.both_bad)
    check_fitted_to(fit, counted)
    wins = win_matrix(counted)
    met = wins + wins.T > 0
    k = len(wins)
    direct, single = np.zeros((k, k)), np.zeros((k, k))
    direct[low, high] = 1.0
    single[low] = met[low] / met[low].sum()
    g = mean_zero_inverse(fit.information)
    direction = g[low] - g[high]
    directed = met & (direction[:, None] > direction)
    counts = [_needed(fit, wins, votes, low, high) for votes in (direct, single, directed / directed.sum())]
    return VotesToLift(
        target=target,
        above=above,
        direct=counts[0],
        target_only=counts[1],
        battles_for_target=round(counts[1] * k / 2),
        any_battle=counts[2],
    )


def _needed(fit: BradleyTerryResult, wins: FloatArray, votes: FloatArray, low: int, high: int) -> int:
    """Return how often ``votes`` (K, K), the expected wins of one vote, must be added."""

    def is_lifted(n: int) -> bool:
        strengths = refitted(wins + n * votes, fit.strengths)
        return strengths is not None and is_above(strengths, low, high)

    most = 1
    while not is_lifted(most):  # ends: the added wins outweigh any finite number of votes
        most *= 2
    return smallest(is_lifted, most // 2, most)
