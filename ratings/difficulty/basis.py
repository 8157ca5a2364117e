"""B-splines in difficulty: the shapes that a curve is made of, and how rough each shape is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline

from ratings.data.validation import FloatArray, read_only

CUBIC = 3
MOST_FUNCTIONS = 8
"""Basis functions of a curve; the penalty decides how many of them act, so more would change little."""
LINEAR_SHAPES = 2
"""Shapes without curvature: the constant and the straight line."""


@dataclass(frozen=True, eq=False)
class SplineBasis:
    """N B-splines on the range of the difficulties, which is mapped to 0..1.

    Attributes
    ----------
    lowest, highest : float
        The range; equal for a single difficulty.
    knots : float array (N + degree + 1,)
        On 0..1, the ends repeated.
    degree : int
        3 where there are at least four distinct difficulties, else one less than their number.
    roughness : float array (N, N)
        Integral over 0..1 of the products of second derivatives, exact.
    """

    lowest: float
    highest: float
    knots: FloatArray
    degree: int
    roughness: FloatArray

    @property
    def size(self) -> int:
        """The number N of functions."""
        return len(self.roughness)

    @property
    def n_curved(self) -> int:
        """Shapes with curvature: the rank of ``roughness``."""
        return max(self.size - LINEAR_SHAPES, 0)

    def at(self, difficulty: FloatArray) -> FloatArray:
        """Return the values (n, N) of the functions; they sum to 1. Beyond the range, those at its end."""
        width = self.highest - self.lowest
        place = np.clip((difficulty - self.lowest) / (width or 1.0), 0.0, 1.0)
        design = BSpline.design_matrix(place, self.knots, self.degree)
        return np.asarray(design.toarray(), dtype=np.float64)


def spline_basis(difficulty: FloatArray) -> SplineBasis:
    """Make the basis for difficulties (n,): never more functions than distinct values.

    The inner knots are quantiles of the distinct values, so that every function sees some of them.
    """
    values = np.unique(difficulty)
    degree = min(CUBIC, len(values) - 1)
    size = min(len(values), MOST_FUNCTIONS)
    places = (values - values[0]) / ((values[-1] - values[0]) or 1.0)
    inner = np.quantile(places, np.linspace(0.0, 1.0, size - degree + 1)[1:-1])
    knots = np.concatenate([np.zeros(degree + 1), inner, np.ones(degree + 1)])
    return SplineBasis(
        lowest=float(values[0]),
        highest=float(values[-1]),
        knots=read_only(knots),
        degree=degree,
        roughness=read_only(_roughness(knots, degree, size)),
    )


def _roughness(knots: FloatArray, degree: int, size: int) -> FloatArray:
    """Integrate products of second derivatives: straight between knots, so two Gauss points are exact."""
    if degree < LINEAR_SHAPES:
        return np.zeros((size, size))
    bend = BSpline(knots, np.eye(size), degree).derivative(2)
    ends: NDArray[np.float64] = np.unique(knots)
    half = np.diff(ends)[:, None] / 2.0
    node = np.array([-1.0, 1.0]) / np.sqrt(3.0)
    values = bend((ends[:-1, None] + half * (1.0 + node)).ravel())
    weight = np.repeat(half.ravel(), len(node))
    return np.asarray(values.T @ (weight[:, None] * values), dtype=np.float64)
