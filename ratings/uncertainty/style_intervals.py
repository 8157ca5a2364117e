"""Intervals of style-controlled fits: coefficients, raw and controlled strengths, and the style tax."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratings.fits.style import StyleComparison, StyleControlResult
from ratings.uncertainty.contrasts import Covariance, Intervals, contrast_intervals
from ratings.uncertainty.intervals import centred_contrasts


@dataclass(frozen=True, eq=False)
class StyleIntervals:
    """Intervals of the two fits of a ``StyleComparison`` and of their difference, one per contestant.

    Attributes
    ----------
    raw, controlled : Intervals
        Of the strengths, as differences from the mean of the field.
    tax : Intervals
        Of raw less controlled. Its variance is that of the difference of what each cluster does to both fits;
        adding the variances of two fits to the same votes would make it far too wide.
    """

    raw: Intervals
    controlled: Intervals
    tax: Intervals


def coefficient_intervals(fit: StyleControlResult, cov: Covariance, *, level: float = 0.95) -> Intervals:
    """Return intervals of the coefficients of ``fit.terms``, in log-odds per unit.

    ``cov`` is the covariance of ``fit``, or of a comparison whose controlled fit it is.
    """
    k, n_terms = len(fit.strengths), len(fit.terms)
    contrasts = np.eye(n_terms, k + n_terms, k)
    return contrast_intervals(contrasts, fit.coefficients, cov, cov.is_estimable[k : k + n_terms], level)


def style_intervals(
    both: StyleComparison,
    cov: Covariance,
    *,
    level: float = 0.95,
    centre: NDArray[np.bool_] | None = None,
) -> StyleIntervals:
    """Return the intervals of a comparison.

    Parameters
    ----------
    cov : Covariance
        That of ``both``.
    centre : bool array (K,), optional
        Contestants whose mean is the reference; all by default. Those without an interval are left out of it.
    """
    k, ahead = len(both.raw.strengths), len(both.controlled.parameters)
    contrasts, exists = centred_contrasts(cov, k, centre)
    controlled = np.pad(contrasts, ((0, 0), (0, ahead)))
    raw = np.pad(contrasts, ((0, 0), (ahead, 0)))
    field = slice(None) if centre is None else centre
    of_raw = both.raw.strengths - both.raw.strengths[field].mean()
    of_controlled = both.controlled.strengths - both.controlled.strengths[field].mean()
    return StyleIntervals(
        raw=contrast_intervals(raw, of_raw, cov, exists, level),
        controlled=contrast_intervals(controlled, of_controlled, cov, exists, level),
        tax=contrast_intervals(raw - controlled, of_raw - of_controlled, cov, exists, level),
    )
