"""How many clusters a contrast really rests on: the degrees of freedom of its interval.

Forty voters of whom one cast half of all votes are not forty. With ``a_g`` the share of cluster g in the
information on a contrast, the effective number of clusters is ``1 / sum of a_g^2`` (Kish 1965, "Survey
Sampling", section 11.7; for clustered variances Carter, Schnepel and Steigerwald 2017, Review of Economics
and Statistics 99, 698-709). It is C for C clusters of equal shares; the degrees of freedom are one less.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.special import expit

from ratings.data.counts import PairSums
from ratings.data.validation import FloatArray
from ratings.fits.bradley_terry import BradleyTerryResult
from ratings.fits.newton import mean_zero_inverse

BLOCK = 4_000_000
"""Most shares held at once; bounds the memory, not the result."""


@dataclass(frozen=True, eq=False)
class ClusterShares:
    """What each cluster knows of each pair.

    Attributes
    ----------
    i, j : int array (P,)
        The pairs that met, i < j.
    information : sparse float array (C, P)
        Curvature of the log-likelihood by cluster and pair.
    inverse : float array (K, K)
        Inverse of the whole information on mean-zero vectors.
    """

    i: NDArray[np.int64]
    j: NDArray[np.int64]
    information: csr_array
    inverse: FloatArray

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.information.shape[0])

    def held(self, contrasts: FloatArray) -> FloatArray:
        """Return what each cluster holds of the information on contrasts (m, K): float (C, m).

        With ``u = G c`` that is its sum of ``information * (u_i - u_j)^2``.
        """
        pull = self.inverse @ contrasts.T
        return np.asarray(self.information @ (pull[self.i] - pull[self.j]) ** 2, dtype=np.float64)


class Shares(Protocol):
    """What each of some clusters holds of the information on any contrast; every kind of fit has its own."""

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""

    def held(self, contrasts: FloatArray) -> FloatArray:
        """Return what each cluster holds of the information on contrasts (m, D): float (C, m)."""


def cluster_shares(fit: BradleyTerryResult, sums: PairSums) -> ClusterShares:
    """Collect the shares of the clusters of ``sums`` in the information of ``fit``."""
    k = len(fit.strengths)
    names, pair = np.unique(sums.i * k + sums.j, return_inverse=True)
    gap = fit.strengths[sums.i] - fit.strengths[sums.j]
    curvature = (sums.won + sums.lost) * expit(gap) * expit(-gap)
    shape = (sums.n_clusters, len(names))
    return ClusterShares(
        i=names // k,
        j=names % k,
        information=coo_array((curvature, (sums.cluster, pair)), shape=shape).tocsr(),
        inverse=mean_zero_inverse(fit.information),
    )


def effective_degrees(shares: Shares, contrasts: FloatArray) -> FloatArray:
    """Return the degrees of freedom (m,) of contrasts (m, D): at least 1, at most the clusters less 1."""
    n_clusters = shares.n_clusters
    per_block = max(1, BLOCK // n_clusters)
    blocks = [
        _effective_clusters(shares, contrasts[first : first + per_block])
        for first in range(0, len(contrasts), per_block)
    ]
    return np.clip(np.concatenate([np.zeros(0), *blocks]) - 1.0, 1.0, n_clusters - 1.0)


def _effective_clusters(shares: Shares, contrasts: FloatArray) -> FloatArray:
    """Return ``1 / sum of squared shares``; the shares of a cluster are what it holds of the whole."""
    held = shares.held(contrasts)
    share = held / held.sum(axis=0)
    return np.asarray(1.0 / np.sum(share**2, axis=0), dtype=np.float64)
