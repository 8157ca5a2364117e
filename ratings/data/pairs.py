"""Unordered pairs of contestants, and sums over them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratings.data.validation import FloatArray


@dataclass(frozen=True, eq=False)
class Pairs:
    """Unordered pairs i < j, int arrays (P,), of K contestants."""

    i: NDArray[np.int64]
    j: NDArray[np.int64]
    n_contestants: int

    def gather(self, values: FloatArray) -> FloatArray:
        """Add pair values (P,) to their contestants, + for i and - for j: (K,)."""
        k = self.n_contestants
        return np.asarray(np.bincount(self.i, values, k) - np.bincount(self.j, values, k), dtype=np.float64)

    def laplacian(self, values: FloatArray) -> FloatArray:
        """Return the weighted graph Laplacian (K, K) of pair values (P,)."""
        k = self.n_contestants
        matrix = np.zeros((k, k))
        matrix[self.i, self.j] = -values
        matrix[self.j, self.i] = -values
        matrix.flat[:: k + 1] = -matrix.sum(axis=1)
        return matrix
