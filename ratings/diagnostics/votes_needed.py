"""How many more votes would separate two contestants.

Two forecasts, which both hold the present difference d and the critical value z (Student's, at the present
degrees of freedom) fixed. With the present variance V of d, from N votes:

* **same mix**: all contestants keep being voted on as now, so V falls like 1/N and the interval leaves zero
  at ``N (z^2 V / d^2)``.
* **direct**: only the two meet. m votes add the information ``m p (1 - p) / f``, where p is the chance that
  one beats the other and ``f = V / (c' G c)`` how much more V is than independent votes would give (the
  design effect of the clusters; G the inverse information):

      m = f / (p (1 - p)) * ((z / d)^2 - 1 / V).

Without any votes so far (1 / V = 0) and with independent ones (f = 1) that is the textbook's
``(z / d)^2 / (p (1 - p))``. Both take it that voters
and prompts grow in number with the votes; where the same few go on, more votes are needed.
"""

import math
from dataclasses import dataclass

from scipy.special import expit

from ratings.data.battles import Battles
from ratings.diagnostics.refits import places
from ratings.fits.bradley_terry import BradleyTerryResult
from ratings.fits.newton import TOLERANCE, mean_zero_inverse
from ratings.uncertainty.contrasts import Covariance
from ratings.uncertainty.intervals import difference_interval


@dataclass(frozen=True)
class VotesNeeded:
    """Votes still needed until the interval of a difference leaves zero; 0 where it has.

    Attributes
    ----------
    first, second : str
        The contestants.
    difference, standard_error : float
        Log-odds, now; the error is NaN where none exists.
    same_mix : float
        More votes on all contestants, whole; infinite between equals, NaN without an interval.
    direct : float
        More votes on these two alone, whole; infinite between equals, NaN without an interval.
    level : float
        Of the interval.
    """

    first: str
    second: str
    difference: float
    standard_error: float
    same_mix: float
    direct: float
    level: float


def votes_needed(
    fit: BradleyTerryResult,
    cov: Covariance,
    battles: Battles,
    first: str,
    second: str,
    *,
    level: float = 0.95,
) -> VotesNeeded:
    """Forecast how many more votes separate two contestants, in the same mix and on these two alone.

    Parameters
    ----------
    fit, cov
        Fitted to ``battles``, and its covariance; its clusters carry over to the votes to come.

    Raises
    ------
    InvalidOptionError
        When a name is not a contestant of the fit, or both are the same.
    """
    one, other = places(fit, first, second)
    found = difference_interval(fit, cov, first, second, level=level)
    gap, error = float(fit.strengths[one] - fit.strengths[other]), float(found.standard_error[0])
    same_mix = direct = math.nan
    if not math.isnan(error):
        z = float(found.high[0] - found.low[0]) / (2 * error)
        target = 0.0 if abs(gap) <= TOLERANCE else (gap / z) ** 2
        g = mean_zero_inverse(fit.information)
        design = error**2 / float(g[one, one] + g[other, other] - 2 * g[one, other])
        per_vote = float(expit(gap) * expit(-gap)) / design
        now = float(battles.counted(fit.both_bad).weight.sum())
        same_mix = _more(now * error**2, target, now)
        direct = _more(1.0 / per_vote, target, 1.0 / (per_vote * error**2))
    return VotesNeeded(first, second, gap, error, same_mix, direct, level)


def _more(unit: float, target: float, present: float) -> float:
    """Return the whole votes beyond ``present`` until ``unit / votes`` falls to ``target``."""
    return math.inf if target == 0 else max(0.0, float(math.ceil(unit / target - present)))
