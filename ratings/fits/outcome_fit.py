"""Strengths under a model of all outcomes: half-win Bradley-Terry, Rao-Kupper, Davidson, or grounded.

The models stand in ``ratings.fits.outcome_models``. The fit maximises

    sum over battles of weight * log P(outcome)  -  sum over contestants of strength^2 / (2 prior_sd^2),

the second part only where ``prior_sd`` is given: strengths are then drawn from Normal(0, prior_sd^2).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ratings.data.battles import Battles, Outcome
from ratings.data.cells import OutcomeCells, outcome_cells
from ratings.data.validation import FloatArray, read_only
from ratings.errors import InvalidOptionError
from ratings.fits.ascent import TOLERANCE, Slope, ascend, check_maximum
from ratings.fits.existence import check_existence
from ratings.fits.layout import Layout, inverse_information
from ratings.fits.outcome_models import MODELS, OutcomeModelName

TIE_NAMES: dict[OutcomeModelName, str] = {"rao_kupper": "eta", "davidson": "nu", "grounded": "lambda"}
"""Natural name of the tie parameter: eta = log(1 + e^tau), nu = e^tau, lambda = 1 + e^tau."""


PRIOR_SD = (1e-3, 1e4)
"""Narrowest and widest prior in log-odds; beyond, it says all, or nothing that doubles could hold."""


@dataclass(frozen=True, eq=False, kw_only=True)
class OutcomeFit:
    """Maximum-likelihood (with a prior, maximum a posteriori) parameters of an outcome model.

    Attributes
    ----------
    contestants : tuple of str
        Names, in the order of the arrays.
    strengths : float array (K,)
        Natural log-odds, mean zero.
    level : float or None
        Mean of the absolute strengths, which are ``strengths + level``; None where the model has no level.
    tie_parameter, tie_error : float or None
        On its natural scale (``TIE_NAMES``), with its model-based standard error; None for ``half``.
    side_intercept, side_error : float or None
        Log-odds by which side a is favoured, with its model-based standard error; None unless fitted.
    parameters : float array (p,)
        K absolute strengths, tau where the model has a tie parameter, alpha where a side intercept is fitted.
    information : float array (p, p)
        Negative Hessian at the parameters, the prior's included.
    log_likelihood : float
        Natural log, of the votes alone; for ``half`` a tie contributes half of each side's term.
    n_battles : int
        Battles of positive weight.
    n_iterations : int
        Newton steps taken.
    model, side, prior_sd, tolerance
        The parameters of the fit.
    """

    contestants: tuple[str, ...]
    strengths: FloatArray
    level: float | None
    tie_parameter: float | None
    tie_error: float | None
    side_intercept: float | None
    side_error: float | None
    parameters: FloatArray
    information: FloatArray
    log_likelihood: float
    n_battles: int
    n_iterations: int
    model: OutcomeModelName
    side: bool
    prior_sd: float | None
    tolerance: float

    @property
    def layout(self) -> Layout:
        """Where each parameter lies."""
        return Layout(MODELS[self.model], len(self.contestants), self.side)

    @property
    def has_level(self) -> bool:
        """Whether strengths have an absolute zero: of the model, or of the prior."""
        return MODELS[self.model].has_level or self.prior_sd is not None


def fit_outcomes(
    battles: Battles, *, model: OutcomeModelName, side: bool = False, prior_sd: float | None = None
) -> OutcomeFit:
    """Fit an outcome model to all contestants of ``battles``; all but ``grounded`` count both-bad as a tie.

    Parameters
    ----------
    battles : Battles
        Battles of weight 0 are left out. Leave out both-bad ones with ``battles.counted("drop")``.
    side : bool
        Fit a side intercept alpha: ``u = strength_a + alpha / 2``, ``v = strength_b - alpha / 2``.
    prior_sd : float, optional
        Standard deviation, in log-odds, of the Normal prior of mean 0 on every strength. Disconnected
        contestants then get finite strengths, which owe their distance to the prior alone.

    Raises
    ------
    InvalidOptionError
        On an unknown model, or a ``prior_sd`` outside ``PRIOR_SD``.
    DisconnectedError, UnboundedError
        When no finite maximum exists; see ``ratings.fits.existence``.
    ConvergenceError
        When no maximum is reached.
    """
    if model not in MODELS:
        raise InvalidOptionError(f"model {model!r} is not one of {', '.join(MODELS)}")
    if prior_sd is not None and not PRIOR_SD[0] <= prior_sd <= PRIOR_SD[1]:
        raise InvalidOptionError(
            f"prior_sd {prior_sd} is not between {PRIOR_SD[0]} and {PRIOR_SD[1]} log-odds"
        )
    layout = Layout(MODELS[model], battles.n_contestants, side)
    counted = battles.counted("half")
    cells = outcome_cells(counted, oriented=side, pooled=not layout.model.has_level)
    check_existence(layout, counted, cells, has_prior=prior_sd is not None)
    precision = np.zeros(layout.n_parameters)
    precision[: layout.n_contestants] = 0.0 if prior_sd is None else prior_sd**-2.0
    slope = _slope(layout, cells, precision)
    start = _start(layout, cells)
    parameters, n_iterations = ascend(slope, start, _free(layout), scale=cells.weight.sum())
    value, _, information = slope(parameters)
    check_maximum(information, _free(layout))
    if not layout.model.has_level:
        parameters[: layout.n_contestants] -= parameters[: layout.n_contestants].mean()
    return OutcomeFit(
        contestants=battles.contestants,
        parameters=read_only(parameters),
        information=read_only(information),
        log_likelihood=value + float(precision @ parameters**2) / 2,
        n_battles=len(counted),
        n_iterations=n_iterations,
        model=model,
        side=side,
        prior_sd=prior_sd,
        tolerance=TOLERANCE,
        **_reading(layout, parameters, information, model, has_level=prior_sd is not None),
    )


def _slope(layout: Layout, cells: OutcomeCells, precision: FloatArray) -> Slope:
    """Return the objective of the fit as a function of the parameters."""
    columns = layout.columns(cells.a, cells.b)

    def slope(parameters: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        levels = layout.levels(parameters, cells.a, cells.b)
        value, gradient, hessian = layout.derivatives(levels, cells.outcome)
        up = layout.gather(columns, gradient * cells.weight[:, None])
        information = layout.gather_squares(columns, -hessian * cells.weight[:, None, None])
        penalty = precision * parameters
        return (
            float(value @ cells.weight - penalty @ parameters / 2),
            up - penalty,
            information + np.diag(precision),
        )

    return slope


def _start(layout: Layout, cells: OutcomeCells) -> FloatArray:
    """Start from equal strengths and the parameters that then explain the shares of the outcomes."""
    start = np.zeros(layout.n_parameters)
    if layout.tie_place is None:
        return start
    total = cells.weight.sum()
    tie, both_bad = (
        float(cells.weight[cells.outcome == code].sum() / total) for code in (Outcome.TIE, Outcome.BOTH_BAD)
    )
    win = (1.0 - tie - both_bad) / 2
    if not layout.model.has_level:
        start[layout.tie_place] = math.log(tie / win)  # exact for Davidson, and for Rao-Kupper: lambda - 1
        return start
    level = (1.0 / both_bad - 1.0) / 2
    start[: layout.n_contestants] = math.log(level)
    start[layout.tie_place] = math.log((level / win - 1.0) / level - 1.0)
    return start


def _free(layout: Layout) -> FloatArray:
    """Return the direction that the votes do not determine (p,), or zeros.

    A prior determines it, but too weakly to be left to it: its maximum has mean zero, which is set exactly.
    """
    return np.zeros(layout.n_parameters) if layout.model.has_level else layout.gauge


def _reading(
    layout: Layout,
    parameters: FloatArray,
    information: FloatArray,
    model: OutcomeModelName,
    *,
    has_level: bool,
) -> dict[str, Any]:
    """Return the fields of ``OutcomeFit`` that are read off the parameters and their information."""
    has_level = has_level or layout.model.has_level
    inverse = inverse_information(information, layout.gauge, has_level=has_level)
    absolute = parameters[: layout.n_contestants]
    level = float(absolute.mean())
    tie = tie_error = side = side_error = None
    if layout.tie_place is not None:
        tau = float(parameters[layout.tie_place])
        tie, slope = natural_tie(model, tau)
        tie_error = slope * math.sqrt(inverse[layout.tie_place, layout.tie_place])
    if layout.side_place is not None:
        side = float(parameters[layout.side_place])
        side_error = math.sqrt(inverse[layout.side_place, layout.side_place])
    return {
        "strengths": read_only(absolute - level),
        "level": level if has_level else None,
        "tie_parameter": tie,
        "tie_error": tie_error,
        "side_intercept": side,
        "side_error": side_error,
    }


def natural_tie(model: OutcomeModelName, tau: float) -> tuple[float, float]:
    """Return the tie parameter on its natural scale and its derivative by tau."""
    if model == "rao_kupper":
        return math.log1p(math.exp(tau)), 1.0 / (1.0 + math.exp(-tau))
    return math.exp(tau) + (model == "grounded"), math.exp(tau)
