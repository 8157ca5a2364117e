"""What a fit of curves is asked: the cells, the basis, the model, and how much smoothing."""

from dataclasses import dataclass
from typing import Literal

from ratings.data.validation import FloatArray
from ratings.difficulty.basis import SplineBasis
from ratings.difficulty.cells import Cells
from ratings.fits.outcome_models import MODELS

CurveModel = Literal["half", "grounded"]


@dataclass(frozen=True, eq=False)
class CurveProblem:
    """What is fitted: cells, the values (P, N) of the basis at their difficulties, and the model."""

    cells: Cells
    basis: SplineBasis
    values: FloatArray
    model: CurveModel

    @property
    def n_coefficients(self) -> int:
        """K * N, without the tie parameter."""
        return self.cells.n_contestants * self.basis.size

    @property
    def has_level(self) -> bool:
        """Whether the mean of the curves is real."""
        return MODELS[self.model].has_level

    @property
    def n_parameters(self) -> int:
        """Coefficients, and the tie parameter behind them where the model has one."""
        return self.n_coefficients + MODELS[self.model].has_tie_parameter


@dataclass(frozen=True)
class Smoothing:
    """Weights of the two penalties; 0 is no penalty."""

    field: float
    relative: float
