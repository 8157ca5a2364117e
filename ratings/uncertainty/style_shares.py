"""What each cluster knows of contrasts of strengths and coefficients: the source of degrees of freedom."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ratings.data.counts import CodeArray
from ratings.data.validation import FloatArray
from ratings.uncertainty.style_influence import View

BLOCK = 1_000_000
"""Most numbers held at once: bounds the memory, not the result."""


@dataclass(frozen=True, eq=False)
class StyleShares:
    """The rows of one or several fits, sorted by cluster.

    Attributes
    ----------
    views : sequence of View
        The fits; the first has all terms, and its curvature counts.
    cluster : int array (n,)
        0 .. C - 1, ascending.
    """

    views: Sequence[View]
    cluster: CodeArray

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.cluster[-1]) + 1

    def held(self, contrasts: FloatArray) -> FloatArray:
        """Return what each cluster holds of the information on contrasts (m, D): float (C, m).

        With ``u = G c``, stacked over the fits, a row holds ``curvature * (x . u)^2``; the sum over all rows
        is the variance ``c' G c`` that independent votes would give.
        """
        whole = self.views[0]
        rows, k = whole.rows, whole.rows.n_contestants
        pull = self._pull(contrasts)
        held = np.zeros((self.n_clusters, len(contrasts)))
        by_pair = pull[rows.first] - pull[rows.second]
        size = max(1, BLOCK // max(1, len(contrasts)))
        for start in range(0, len(rows), size):
            part = slice(start, start + size)
            seen = by_pair[rows.pair[part]] + rows.z[:, part].T @ pull[k:]
            seen *= seen
            seen *= whole.curvature[part, None]
            own = self.cluster[part]
            firsts = np.flatnonzero(np.diff(own, prepend=-1))
            held[own[firsts]] += np.add.reduceat(seen, firsts, axis=0)
        return held

    def _pull(self, contrasts: FloatArray) -> FloatArray:
        """Return u (D, m) in the terms of the first fit; the others see some of the same."""
        total = np.zeros((self.views[0].rows.n_parameters, len(contrasts)))
        start = 0
        for one in self.views:
            width = one.rows.n_parameters
            total[:width] += one.inverse @ contrasts[:, start : start + width].T
            start += width
        return total
