"""Who is compared with whom, and how surely: what all rank statements start from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr

from ratings.data.validation import FloatArray, read_only
from ratings.errors import InvalidOptionError
from ratings.fits.bradley_terry import BradleyTerryResult
from ratings.uncertainty.contrasts import ROUNDING, Covariance
from ratings.uncertainty.intervals import strength_intervals

CANCELLED = 1e-12
"""Share of both variances up to which that of the difference is rounding: no cluster tells the two apart."""


ROUNDED = 1e-8
"""Relative asymmetry, or negative eigenvalue, of a covariance that rounding can make."""


@dataclass(frozen=True, eq=False)
class Comparisons:
    """The R of K contestants that can be ranked, **in the order of their names**, and their differences.

    Attributes
    ----------
    contestants : tuple of str
        All K names, in the order of the fit.
    members : int array (R,)
        Place in ``contestants`` of those that are compared.
    strengths : float array (R,)
        Natural log-odds.
    errors : float array (R, R)
        Standard error of each difference; infinite where there is none, so that it never separates.
    spread : float array (R, R)
        A covariance, without negative eigenvalues, that draws of the strengths follow; mean zero.
    degrees : float array (R,)
        Degrees of freedom of each contestant's interval; infinite where the covariance is taken as known.
    """

    contestants: tuple[str, ...]
    members: NDArray[np.int64]
    strengths: FloatArray
    errors: FloatArray
    spread: FloatArray
    degrees: FloatArray

    def deviates(self) -> FloatArray:
        """Return, (R, R), how surely the row stands above the column, as a standard normal deviate.

        ``z = Phi^-1(F(difference / error))`` with F Student's at the smaller of both contestants' degrees of
        freedom: a difference of few clusters has to be larger to count as much.
        """
        t = (self.strengths[:, None] - self.strengths[None, :]) / self.errors
        degrees = np.minimum(self.degrees[:, None], self.degrees[None, :])
        few = np.isfinite(degrees)
        z = t.copy()
        z[few] = -np.sign(t[few]) * ndtri(stdtr(degrees[few], -np.abs(t[few])))
        return np.asarray(z, dtype=np.float64)

    def spread_over(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Spread values (R,) of the members over all contestants (K,), 0 elsewhere."""
        found = np.zeros(len(self.contestants), dtype=np.int64)
        found[self.members] = values
        return found


def comparisons(
    fit: BradleyTerryResult, cov: Covariance, *, among: NDArray[np.bool_] | None = None
) -> Comparisons:
    """Compare the contestants of ``fit`` that have an interval under ``cov``.

    Two ways, the variance of a difference is that of its interval: at least the larger one-way variance. That
    rule gives no matrix to draw from, and the two-way matrix can have negative eigenvalues; so draws follow
    the sum of the one-way matrices, which has none, scaled to the same mean variance of a difference.

    Parameters
    ----------
    among : bool array (K,), optional
        Contestants to rank; all by default. The ranks count these alone.
    """
    chosen = np.ones(len(fit.strengths), dtype=bool) if among is None else among
    degrees = strength_intervals(fit, cov, centre=chosen).degrees
    places = np.flatnonzero(chosen & ~np.isnan(degrees))
    members = np.array(sorted(places, key=lambda place: fit.contestants[place]), dtype=np.int64)
    block = np.ix_(members, members)
    matrices = [cov.matrix[block], *(other.matrix[block] for other in cov.one_way)]
    variances = np.max([_of_differences(matrix) for matrix in matrices], axis=0)
    spread = np.sum(matrices[1:], axis=0) if cov.one_way else matrices[0]
    return _compared(fit.contestants, members, fit.strengths, variances, spread, degrees[members])


def normal_comparisons(
    contestants: tuple[str, ...], strengths: FloatArray, matrix: FloatArray
) -> Comparisons:
    """Compare contestants whose strengths (K,) have the known covariance ``matrix`` (K, K), in log-odds."""
    k = len(contestants)
    if np.shape(strengths) != (k,) or np.shape(matrix) != (k, k):
        raise InvalidOptionError(f"strengths and matrix must have the shapes {(k,)} and {(k, k)}")
    scale = max(float(np.abs(matrix).max(initial=0.0)), np.finfo(float).tiny)
    is_covariance = (
        np.isfinite(matrix).all()
        and np.abs(matrix - matrix.T).max(initial=0.0) <= ROUNDED * scale
        and np.linalg.eigvalsh(matrix).min(initial=0.0) >= -ROUNDED * scale
    )
    if not is_covariance:
        raise InvalidOptionError(
            "matrix is no covariance: it must be symmetric, without negative eigenvalues"
        )
    members = np.array(sorted(range(k), key=lambda place: contestants[place]), dtype=np.int64)
    spread = matrix[np.ix_(members, members)]
    return _compared(contestants, members, strengths, _of_differences(spread), spread, np.full(k, np.inf))


def _compared(
    contestants: tuple[str, ...],
    members: NDArray[np.int64],
    strengths: FloatArray,
    variances: FloatArray,
    spread: FloatArray,
    degrees: FloatArray,
) -> Comparisons:
    exists = variances > ROUNDING
    drawn = _of_differences(spread)[exists].sum()
    centre = np.eye(len(members)) - 1.0 / max(len(members), 1)
    centred = centre @ spread @ centre
    if drawn > 0:
        centred *= variances[exists].sum() / drawn
    return Comparisons(
        contestants=contestants,
        members=members,
        strengths=read_only(strengths[members]),
        errors=read_only(np.sqrt(np.where(exists, variances, np.inf))),
        spread=read_only(centred),
        degrees=read_only(degrees),
    )


def _of_differences(matrix: FloatArray) -> FloatArray:
    """Return the variance (R, R) of each difference; 0 where subtracting leaves rounding alone."""
    own = np.diag(matrix)
    both = own[:, None] + own[None, :]
    variance = both - 2.0 * matrix
    return np.where(variance > CANCELLED * both, variance, 0.0)
