"""Difficulty response: strength against the field, and P(acceptable), as functions of prompt difficulty.

Both outputs of a battle answer the same prompt, so wins show only how a contestant stands against the others
at each difficulty. Where the curves as a whole lie, both-bad votes tell: in the grounded model a contestant
of level theta is acceptable with probability ``1 / (1 + exp(-theta))``. Like an amplifier, a contestant has
a gain at low difficulty, a corner where it stops being acceptable, and a roll-off.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ratings.data.battles import Battles, Outcome
from ratings.data.cells import outcome_cells
from ratings.data.counts import cluster_codes
from ratings.data.validation import FloatArray, check_level, read_only
from ratings.difficulty.bands import Band, band, spread
from ratings.difficulty.basis import spline_basis
from ratings.difficulty.cells import collapse
from ratings.difficulty.curves import CurveFit
from ratings.difficulty.figures import ContestantResponse, contestant_responses, trend_weights
from ratings.difficulty.influence import CurveCluster, CurveCovariance, curve_covariance
from ratings.difficulty.problem import CurveModel, CurveProblem, Smoothing
from ratings.difficulty.prompt_difficulty import EstimatedDifficulty
from ratings.difficulty.smoothing import smooth_curves
from ratings.errors import InvalidBattlesError, InvalidOptionError
from ratings.fits.existence import check_existence
from ratings.fits.layout import Layout
from ratings.fits.outcome_models import MODELS

GRID = 41
"""Difficulties at which curves are given, evenly spaced; on levels 1 to 5, every tenth."""
ANCHORS = 5
"""Places on the grid at which degrees of freedom are counted; the places between take the nearest."""
NO_LEVEL = "no both-bad votes, or no ties, so the absolute level does not exist: relative curves only"


@dataclass(frozen=True, eq=False)
class DifficultyResponse:
    """Curves over difficulty, with bands.

    Attributes
    ----------
    contestants : tuple of str
        Names, in the order of the K columns.
    difficulty : float array (G,)
        The grid, from the lowest to the highest difficulty met; a single value when all prompts are alike.
    relative : Band
        Strength against the field in log-odds: the curve less the mean of all curves, at each difficulty.
    absolute : Band or None
        The curve itself in log-odds; None in ``half``, where it does not exist.
    acceptable : Band or None
        P(acceptable), 0 to 1.
    rows : tuple of ContestantResponse
        The figures of each contestant, in points.
    model : {"grounded", "half"}
    note : str
        Why there is no absolute level, else empty.
    floored : tuple of str
        Contestants for whom the two-way variance fell below a one-way one somewhere, which then stands.
    smoothing : Smoothing
        Weights of the two penalties, chosen by restricted marginal likelihood.
    tie_parameter : float or None
        ``log(lambda - 1)`` of the grounded model.
    log_likelihood : float
        Natural log, without the penalty.
    cluster, level, n_clusters
        The parameters of the bands; the numbers of clusters, for ``two_way`` of voters and of prompts.
    """

    contestants: tuple[str, ...]
    difficulty: FloatArray
    relative: Band
    absolute: Band | None
    acceptable: Band | None
    rows: tuple[ContestantResponse, ...]
    model: CurveModel
    note: str
    floored: tuple[str, ...]
    smoothing: Smoothing
    tie_parameter: float | None
    log_likelihood: float
    cluster: CurveCluster
    level: float
    n_clusters: tuple[int, ...]


def difficulty_response(
    battles: Battles,
    difficulty: FloatArray | EstimatedDifficulty,
    *,
    cluster: CurveCluster,
    model: CurveModel | None = None,
    level: float = 0.95,
) -> DifficultyResponse:
    """Fit a curve of strength against difficulty for every contestant.

    Parameters
    ----------
    difficulty : float array (Q,) or EstimatedDifficulty
        By prompt code, in any unit, as fixed by the author before the votes; or that of
        ``estimated_difficulty(battles)`` for the same battles.
    cluster : {"voter", "prompt", "two_way"}
        What may be dependent inside, as for ``covariance``.
    model : {"grounded", "half"}, optional
        With an absolute level from both-bad votes, or half-win Bradley-Terry. By default grounded where there
        are both-bad votes and ties.

    Raises
    ------
    InvalidBattlesError, InvalidOptionError
        When a prompt has no difficulty, or a contestant was met at one difficulty only.
    DisconnectedError, UnboundedError
        When even the fit without difficulty has no finite maximum, or a curve has none.
    ConvergenceError
        When the fit does not settle, or the votes leave some shape of a curve free.
    TooFewClustersError
        When a column is missing, or a contestant's curve hangs on one cluster.
    """
    check_level(level)
    is_counted = battles.weight > 0
    by_battle = _by_battle(battles, difficulty)[is_counted]
    counted = battles if is_counted.all() else battles.where(is_counted)
    problem = _problem(counted, by_battle, _chosen_model(counted, model))
    fit = smooth_curves(problem)
    cov = curve_covariance(problem, fit, counted, cluster)
    return _response(problem, fit, cov, _prompt_weights(counted, by_battle), level)


def _by_battle(battles: Battles, difficulty: FloatArray | EstimatedDifficulty) -> FloatArray:
    """Return the difficulty (n,) of each battle, every one a number."""
    if isinstance(difficulty, EstimatedDifficulty):
        if len(difficulty.battle) != len(battles):
            raise InvalidBattlesError(
                f"difficulty was estimated for {len(difficulty.battle)} battles, but there are {len(battles)}"
            )
        return difficulty.battle
    prompt = cluster_codes(battles, "prompt")
    by_prompt = np.asarray(difficulty, dtype=np.float64)
    if by_prompt.ndim != 1 or len(by_prompt) <= prompt.max(initial=-1):
        raise InvalidBattlesError(
            f"difficulty has shape {by_prompt.shape}; it needs a number for each prompt, and their codes go "
            f"up to {prompt.max(initial=-1)}"
        )
    found = by_prompt[prompt]
    wrong = ~np.isfinite(found)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidBattlesError(f"prompt {prompt[row]} has difficulty {found[row]}, not a number", row + 1)
    return np.asarray(found, dtype=np.float64)


def _chosen_model(battles: Battles, model: CurveModel | None) -> CurveModel:
    has_level = all((battles.outcome == outcome).any() for outcome in (Outcome.TIE, Outcome.BOTH_BAD))
    if model not in (None, "half", "grounded"):
        raise InvalidOptionError(f"model {model!r} is not one of half, grounded")
    if model == "grounded" and not has_level:
        raise InvalidOptionError("model 'grounded' needs both-bad votes and ties; 'half' does not")
    return model or ("grounded" if has_level else "half")


def _problem(battles: Battles, by_battle: FloatArray, model: CurveModel) -> CurveProblem:
    layout = Layout(MODELS[model], battles.n_contestants, has_side=False)
    pooled = outcome_cells(battles, oriented=False, pooled=not layout.model.has_level)
    check_existence(layout, battles, pooled, has_prior=False)
    cells = collapse(battles, by_battle)
    basis = spline_basis(by_battle)
    if basis.size > 1:
        _refuse_single_difficulty(battles, by_battle)
    return CurveProblem(cells, basis, basis.at(cells.difficulty), model)


def _refuse_single_difficulty(battles: Battles, by_battle: FloatArray) -> None:
    lowest, highest = np.full(battles.n_contestants, np.inf), np.full(battles.n_contestants, -np.inf)
    for side in (battles.a, battles.b):
        np.minimum.at(lowest, side, by_battle)
        np.maximum.at(highest, side, by_battle)
    if not (lowest < highest).all():
        names = ", ".join(np.array(battles.contestants, dtype=object)[~(lowest < highest)])
        raise InvalidBattlesError(f"{names} met prompts of a single difficulty; a curve needs at least two")


def _prompt_weights(battles: Battles, by_battle: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return difficulties (Q,) and weights (Q,) of the prompts: one each, at the mean over its battles."""
    _, prompt = np.unique(cluster_codes(battles, "prompt"), return_inverse=True)
    votes = np.bincount(prompt, battles.weight)
    return np.bincount(prompt, battles.weight * by_battle) / votes, np.ones(len(votes))


def _response(
    problem: CurveProblem,
    fit: CurveFit,
    cov: CurveCovariance,
    prompts: tuple[FloatArray, FloatArray],
    level: float,
) -> DifficultyResponse:
    basis = problem.basis
    grid = np.linspace(basis.lowest, basis.highest, GRID if basis.size > 1 else 1)
    curves = fit.parameters[: problem.n_coefficients].reshape(problem.cells.n_contestants, -1).T
    against_field = curves - curves.mean(axis=1, keepdims=True)
    values = basis.at(grid)
    near = spread(problem, fit, cov, values, is_relative=True, n_anchors=ANCHORS)
    relative, absolute = band(values @ against_field, near, level), None
    if problem.has_level:
        far = spread(problem, fit, cov, values, is_relative=False, n_anchors=ANCHORS)
        absolute = band(values @ curves, far, level)
    functions = trend_weights(basis.at(prompts[0]), *prompts)
    trend = spread(problem, fit, cov, functions, is_relative=True, n_anchors=len(functions))
    floored: NDArray[np.bool_] = np.any(near.is_floored, axis=0)
    names = problem.cells.contestants
    return DifficultyResponse(
        contestants=names,
        difficulty=read_only(grid),
        relative=relative,
        absolute=absolute,
        acceptable=None if absolute is None else _probabilities(absolute),
        rows=contestant_responses(names, grid, relative, absolute, (functions @ against_field, trend), level),
        model=problem.model,
        note="" if problem.has_level else NO_LEVEL,
        floored=tuple(name for name, is_low in zip(names, floored, strict=True) if is_low),
        smoothing=fit.smoothing,
        tie_parameter=float(fit.parameters[-1]) if problem.has_level else None,
        log_likelihood=fit.derivatives.value,
        cluster=cov.cluster,
        level=level,
        n_clusters=tuple(one.n_clusters for one in cov.one_way),
    )


def _probabilities(curve: Band) -> Band:
    """Turn a band of log-odds into one of P(acceptable); its standard error by the delta method."""
    value = expit(curve.value)
    return Band(
        value=read_only(value),
        error=read_only(curve.error * value * (1.0 - value)),
        low=read_only(expit(curve.low)),
        high=read_only(expit(curve.high)),
        low_everywhere=read_only(expit(curve.low_everywhere)),
        high_everywhere=read_only(expit(curve.high_everywhere)),
    )
