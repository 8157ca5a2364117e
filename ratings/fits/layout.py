"""Where the parameters of an outcome model lie, and what each battle says of them.

The parameters of K contestants are K strengths, then the tie parameter tau where the model has one, then the
side intercept alpha where it is fitted. A battle of a on side a with b on side b has the levels

    u = strength_a + alpha / 2,   v = strength_b - alpha / 2.

A model without an absolute level sees them only through ``u - v``. The *coordinates* of a battle are what its
probabilities depend on: ``u - v`` and tau, or ``u``, ``v`` and tau. Few coordinates keep the algebra small.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Outcome
from ratings.data.validation import FloatArray
from ratings.fits.outcome_models import TAU, OutcomeModel, U, V, log_probability, probabilities


@dataclass(frozen=True, eq=False)
class Layout:
    """The parameters of one model for ``n_contestants``, with or without a side intercept."""

    model: OutcomeModel
    n_contestants: int
    has_side: bool

    @property
    def tie_place(self) -> int | None:
        """Index of tau."""
        return self.n_contestants if self.model.has_tie_parameter else None

    @property
    def side_place(self) -> int | None:
        """Index of alpha."""
        return self.n_contestants + self.model.has_tie_parameter if self.has_side else None

    @property
    def n_parameters(self) -> int:
        """Number of parameters."""
        return self.n_contestants + self.model.has_tie_parameter + self.has_side

    @property
    def coordinates(self) -> list[int]:
        """Which of u, v and tau to differentiate by; without a level u stands for u - v."""
        levels = [U, V] if self.model.has_level else [U]
        return levels + [TAU] * self.model.has_tie_parameter

    @property
    def slopes(self) -> FloatArray:
        """Derivatives (r, c) of the r coordinates by the c parameters that ``columns`` lists."""
        levels = [[1, 0, 0, 0.5], [0, 1, 0, -0.5]] if self.model.has_level else [[1, -1, 0, 1]]
        rows = np.array([*levels, [0, 0, 1, 0]], dtype=np.float64)
        return rows[: len(self.coordinates)][:, [True, True, self.model.has_tie_parameter, self.has_side]]

    def columns(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the indices (n, c) of the parameters of battles of a with b: two strengths, tau, alpha."""
        others = [place for place in (self.tie_place, self.side_place) if place is not None]
        return np.stack([a, b, *(np.full_like(a, place) for place in others)], axis=1)

    def levels(self, parameters: FloatArray, a: NDArray[np.int64], b: NDArray[np.int64]) -> FloatArray:
        """Return u, v and tau (n, 3) of battles of a with b."""
        half = 0.0 if self.side_place is None else parameters[self.side_place] / 2
        tau = 0.0 if self.tie_place is None else parameters[self.tie_place]
        return np.stack([parameters[a] + half, parameters[b] - half, np.full(len(a), tau)], axis=1)

    def derivatives(
        self, levels: FloatArray, outcome: NDArray[np.int64]
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return log-probabilities (n,), their gradients (n, r) and Hessians (n, r, r) by the coordinates."""
        places = self.coordinates
        value = np.empty(len(outcome))
        gradient = np.empty((len(outcome), len(places)))
        hessian = np.empty((len(outcome), len(places), len(places)))
        for code in Outcome:
            rows = np.flatnonzero(outcome == code)
            if len(rows):
                value[rows], first, second = log_probability(self.model, code, levels[rows])
                gradient[rows] = first[:, places]
                hessian[rows] = second[:, places][:, :, places]
        return value, gradient, hessian

    def expected_information(self, levels: FloatArray) -> FloatArray:
        """Return the Fisher information (n, r, r) of a battle at these levels: never negative.

        For half-win Bradley-Terry, which gives ties no probability, it is the curvature, alike for all
        outcomes; for the others the mean of the squared gradient over the outcomes.
        """
        n, places = len(levels), self.coordinates
        if not self.model.has_tie_parameter:
            return -self.derivatives(levels, np.full(n, Outcome.A))[2]
        total = np.zeros((n, len(places), len(places)))
        for code, share in zip(Outcome, probabilities(self.model, levels).T, strict=True):
            gradient = log_probability(self.model, code, levels)[1][:, places]
            total += share[:, None, None] * gradient[:, :, None] * gradient[:, None, :]
        return total

    def gather(self, columns: NDArray[np.int64], values: FloatArray) -> FloatArray:
        """Add values by coordinate (n, r) to their parameters (p,)."""
        onto = values @ self.slopes
        return np.asarray(np.bincount(columns.ravel(), onto.ravel(), self.n_parameters), dtype=np.float64)

    def gather_squares(self, columns: NDArray[np.int64], values: FloatArray) -> FloatArray:
        """Add matrices by coordinate (n, r, r) to their pairs of parameters (p, p)."""
        p = self.n_parameters
        onto = self.slopes.T @ values @ self.slopes
        places = columns[:, :, None] * p + columns[:, None, :]
        return np.asarray(np.bincount(places.ravel(), onto.ravel(), p * p).reshape(p, p), dtype=np.float64)

    @property
    def gauge(self) -> FloatArray:
        """The direction (p,) that changes nothing where there is no level: 1 on strengths, 0 elsewhere."""
        return (np.arange(self.n_parameters) < self.n_contestants).astype(np.float64)


def inverse_information(information: FloatArray, gauge: FloatArray, *, has_level: bool) -> FloatArray:
    """Invert the information (p, p) of all parameters; without a level, on mean-zero strengths.

    With v = ``gauge`` (1 on the K strengths, 0 elsewhere) that is ``(H + c v v')^-1 - v v' / (c K^2)``, c on
    the scale of H: the null direction is named, never guessed from small eigenvalues.
    """
    if has_level:
        inverse = np.linalg.inv(information)
    else:
        k = gauge.sum()
        c = float(np.trace(information)) / k**2
        square = np.outer(gauge, gauge)
        inverse = np.linalg.inv(information + c * square) - square / (c * k**2)
    return np.asarray((inverse + inverse.T) / 2, dtype=np.float64)
