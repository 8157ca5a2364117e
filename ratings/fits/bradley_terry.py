"""Bradley-Terry strengths by Newton's method on collapsed counts.

``P(i beats j) = 1 / (1 + exp(strength_j - strength_i))``; a tie, and with ``both_bad="half"`` a both-bad, is
half a win for both (Bradley and Terry 1952, Biometrika 39, 324-345; the half win is the field's convention).
"""

from dataclasses import dataclass

from scipy.special import log_expit

from ratings.data.battles import Battles, BothBad
from ratings.data.counts import pair_counts, win_matrix
from ratings.data.graph import beats_graph, is_strongly_connected
from ratings.data.pairs import Pairs
from ratings.data.validation import FloatArray, read_only
from ratings.errors import DisconnectedError, InvalidBattlesError
from ratings.fits.newton import TOLERANCE, first_strengths, information, newton

SAME_FIT = 1e-9
"""Relative difference of log-likelihoods that rounding can make."""

FEWEST = 2
"""Contestants below which there is nothing to compare."""


@dataclass(frozen=True, eq=False)
class BradleyTerryResult:
    """Maximum-likelihood strengths.

    Attributes
    ----------
    contestants : tuple of str
        Names, in the order of the arrays.
    strengths : float array (K,)
        Natural log-odds, mean zero.
    information : float array (K, K)
        Negative Hessian of the log-likelihood at the strengths; the constant vector is its null vector.
    log_likelihood : float
        Natural log; a tie contributes half of each side's term.
    n_iterations : int
        Newton steps taken.
    both_bad, tolerance
        The parameters of the fit.
    """

    contestants: tuple[str, ...]
    strengths: FloatArray
    information: FloatArray
    log_likelihood: float
    n_iterations: int
    both_bad: BothBad
    tolerance: float


def bradley_terry(battles: Battles, *, both_bad: BothBad = "half") -> BradleyTerryResult:
    """Fit Bradley-Terry strengths to all contestants of ``battles``.

    Parameters
    ----------
    battles : Battles
        Battles of weight 0 are left out.
    both_bad : {"half", "drop"}
        Count a both-bad as half a win for both, or leave it out.

    Raises
    ------
    InvalidBattlesError
        When there are fewer than two contestants.
    DisconnectedError
        When the "beats" graph is not strongly connected; names the contestants outside the largest group.
    ConvergenceError
        When the tolerance is not reached, as with weights that differ by hundreds of powers of ten.
    """
    if battles.n_contestants < FEWEST:
        raise InvalidBattlesError(f"fewer than {FEWEST} contestants; there is nothing to compare")
    counted = battles.counted(both_bad)
    wins = win_matrix(counted)
    if not is_strongly_connected(wins):
        raise DisconnectedError(beats_graph(counted).groups)
    pairs, won, lost = pair_counts(wins)
    start = first_strengths(pairs, won, lost)
    found, n_iterations = newton(pairs, won[None, :], lost[None, :], start[None, :])
    strengths = found[0] - found[0].mean()
    return BradleyTerryResult(
        contestants=battles.contestants,
        strengths=read_only(strengths),
        information=read_only(information(pairs, won + lost, strengths)),
        log_likelihood=_log_likelihood(pairs, won, lost, strengths),
        n_iterations=n_iterations,
        both_bad=both_bad,
        tolerance=TOLERANCE,
    )


def check_fitted_to(fit: BradleyTerryResult, counted: Battles) -> None:
    """Refuse battles that are not those of the fit: their errors would be those of other strengths.

    Raises
    ------
    InvalidBattlesError
        When the contestants differ, or the log-likelihood at the fitted strengths.
    """
    check_same_contestants(fit.contestants, counted)
    here = _log_likelihood(*pair_counts(win_matrix(counted)), fit.strengths)
    if not abs(here - fit.log_likelihood) <= SAME_FIT * abs(fit.log_likelihood):
        raise InvalidBattlesError(
            f"these are not the battles that were fitted: their log-likelihood is {here:.6g}, "
            f"that of the fit {fit.log_likelihood:.6g}"
        )


def check_same_contestants(contestants: tuple[str, ...], battles: Battles) -> None:
    """Refuse battles whose contestants are not those of a fit, in the same order."""
    if contestants != battles.contestants:
        raise InvalidBattlesError(
            f"these are not the battles that were fitted: {len(contestants)} contestants were, "
            f"beginning with {contestants[0]!r}; these {len(battles.contestants)} are others"
        )


def _log_likelihood(pairs: Pairs, won: FloatArray, lost: FloatArray, strengths: FloatArray) -> float:
    gap = strengths[pairs.i] - strengths[pairs.j]
    log_p = log_expit(gap)
    return float(won @ log_p + lost @ (log_p - gap))
