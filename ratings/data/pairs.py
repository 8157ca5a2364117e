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
        """Add pair values (B, P) to their contestants, + for i and - for j: (B, K)."""
        k, n = self.n_contestants, len(values)
        offset = np.arange(n)[:, None] * k
        plus = np.bincount((offset + self.i).ravel(), values.ravel(), n * k)
        minus = np.bincount((offset + self.j).ravel(), values.ravel(), n * k)
        return np.asarray((plus - minus).reshape(n, k), dtype=np.float64)

    def laplacian(self, values: FloatArray) -> FloatArray:
        """Return the weighted graph Laplacians (B, K, K) of pair values (B, P)."""
        k = self.n_contestants
        matrix = np.zeros((len(values), k, k))
        matrix[:, self.i, self.j] = -values
        matrix[:, self.j, self.i] = -values
        matrix[:, np.arange(k), np.arange(k)] = -matrix.sum(axis=2)
        return matrix
