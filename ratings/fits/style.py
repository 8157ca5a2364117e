"""Style control: strengths with the form of the outputs held equal.

    log-odds that side a wins = strength_a - strength_b + side + sum over features of coefficient * z

with z of ``ratings.data.style_rows`` and ties as half a win for both. Nothing is penalised, so the estimates
approach the truth as votes grow; a penalty added to a mean loss would not fade, and would leave most of the
style in the strengths.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, eigvalsh

from ratings.data.battles import Battles, BothBad
from ratings.data.style_rows import SIDE, Scales, StyleRows, style_rows
from ratings.data.validation import FloatArray, read_only
from ratings.errors import ConfoundedFeaturesError, UnboundedError
from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.style_moments import Curve, curve, fixed_gauge, gauged_inverse

TOLERANCE = 1e-9
"""Largest last step in log-odds, as for Bradley-Terry."""
MAX_ITERATIONS = 100
MAX_HALVINGS = 40
ROUNDING = 1e-10
"""Share of the log-likelihood by which it may seem to fall through rounding."""

FLAT = 1e-14
"""Curvature in some direction, of a Hessian with ones on its diagonal, that is rounding alone."""

MAX_DETERMINED = 0.98
"""Most of a term's information (R squared) that the contestants' identities may explain."""
MAX_CONDITION = 1e6
"""Largest condition number of the information that is left on the coefficients."""


@dataclass(frozen=True, eq=False)
class StyleControlResult:
    """Maximum-likelihood strengths and coefficients.

    Attributes
    ----------
    contestants : tuple of str
        Names, in the order of ``strengths``.
    strengths : float array (K,)
        Natural log-odds between outputs of equal form on equal sides; mean zero.
    terms : tuple of str
        "side", where it was fitted, then the features.
    coefficients : float array (T,)
        Log-odds by which one unit of a term favours side a; a feature's unit is its scale.
    scales : float array (T,)
        Units of the terms: of ``(f_a - f_b) / (f_a + f_b)`` for a feature; 1 for "side".
    dropped : tuple of str
        Features that differ in no battle and therefore have no coefficient.
    information : float array (K + T, K + T)
        Negative Hessian of the log-likelihood, by strengths then coefficients.
    log_likelihood : float
        Natural log; a tie contributes half of each side's term.
    n_iterations : int
        Newton steps taken.
    both_bad, tolerance
        The parameters of the fit.
    """

    contestants: tuple[str, ...]
    strengths: FloatArray
    terms: tuple[str, ...]
    coefficients: FloatArray
    scales: FloatArray
    dropped: tuple[str, ...]
    information: FloatArray
    log_likelihood: float
    n_iterations: int
    both_bad: BothBad
    tolerance: float

    @property
    def features(self) -> tuple[str, ...]:
        """The features that have a coefficient."""
        return tuple(name for name in self.terms if name != SIDE)

    @property
    def side(self) -> float | None:
        """Advantage of side a in log-odds; None where it was not fitted."""
        return float(self.coefficients[0]) if SIDE in self.terms else None

    @property
    def parameters(self) -> FloatArray:
        """Strengths, then coefficients: (K + T,)."""
        return np.concatenate([self.strengths, self.coefficients])


@dataclass(frozen=True, eq=False)
class StyleComparison:
    """Two fits to the same votes: with the form of the outputs held equal, and with its effect left in.

    Attributes
    ----------
    controlled : StyleControlResult
        With all features.
    raw : StyleControlResult
        Without features. It keeps the advantage of side a if ``controlled`` has it, so that the two differ by
        style alone; where sides were drawn by lot it is Bradley-Terry to within chance.
    """

    controlled: StyleControlResult
    raw: StyleControlResult

    @property
    def tax(self) -> FloatArray:
        """What style adds to each strength, (K,), log-odds: raw less controlled; sums to zero."""
        return self.raw.strengths - self.controlled.strengths


def style_control(
    battles: Battles,
    *,
    features: tuple[str, ...] | None = None,
    scales: Scales | None = None,
    side: bool = True,
    both_bad: BothBad = "half",
) -> StyleControlResult:
    """Fit strengths, the advantage of side a and the coefficients of style features together.

    Parameters
    ----------
    battles : Battles
        With feature columns. Equal rows may be merged into one of their summed weight: the fit is the same,
        and so is every clustered covariance if the merged rows share their clusters.
    features : tuple of str, optional
        The features to control for; all by default, ``()`` for the advantage of side a alone.
    scales : mapping of str to float, optional
        Fixed unit of each feature, to compare coefficients between data sets; by default the root mean square
        of these battles.
    side : bool
        Whether to fit the advantage of side a; turn off where the sides were not drawn by lot.
    both_bad : {"half", "drop"}
        Count a both-bad as half a win for both, or leave it out.

    Raises
    ------
    ConfoundedFeaturesError
        When features nearly tell who the contestants are, or one another.
    DisconnectedError
        When the "beats" graph is not strongly connected.
    UnboundedError
        When no finite coefficients exist, as where a feature predicts every winner.
    InvalidOptionError
        When a feature does not exist, or has no positive scale among ``scales``.
    """
    counted = battles.counted(both_bad)
    rows = style_rows(counted, features=features, scales=scales, side=side)
    plain = bradley_terry(counted, both_bad=both_bad)
    start = np.concatenate([plain.strengths, np.zeros(len(rows.terms))])
    parameters, there, n_iterations = _maximise(rows, start)
    k = rows.n_contestants
    return StyleControlResult(
        contestants=battles.contestants,
        strengths=read_only(parameters[:k] - parameters[:k].mean()),
        terms=rows.terms,
        coefficients=read_only(parameters[k:]),
        scales=read_only(rows.scales),
        dropped=rows.dropped,
        information=read_only(there.information),
        log_likelihood=there.log_likelihood,
        n_iterations=n_iterations,
        both_bad=both_bad,
        tolerance=TOLERANCE,
    )


def compare_style(
    battles: Battles,
    *,
    features: tuple[str, ...] | None = None,
    scales: Scales | None = None,
    side: bool = True,
    both_bad: BothBad = "half",
) -> StyleComparison:
    """Fit the battles with and without their style features; arguments and errors as ``style_control``."""
    return StyleComparison(
        controlled=style_control(battles, features=features, scales=scales, side=side, both_bad=both_bad),
        raw=style_control(battles, features=(), side=side, both_bad=both_bad),
    )


def fitted_rows(fit: StyleControlResult, counted: Battles) -> StyleRows:
    """Return the rows of the counted battles in the terms and units of ``fit``."""
    scales = dict(zip(fit.terms, fit.scales, strict=True))
    return style_rows(counted, features=fit.features, scales=scales, side=SIDE in fit.terms)


def _maximise(rows: StyleRows, start: FloatArray) -> tuple[FloatArray, Curve, int]:
    """Take Newton steps, halved where the log-likelihood, which is concave, would fall."""
    parameters, there = start, curve(rows, start)
    _refuse_confounded(rows, there.information)
    for iteration in range(1, MAX_ITERATIONS + 1):
        step = _step(rows, there)
        if np.abs(step).max() < TOLERANCE:
            _refuse_flat(rows, there.information)
            return parameters + step, there, iteration
        parameters, there = _uphill(rows, parameters, there, step)
    raise UnboundedError(_runaway(rows, step))


def _step(rows: StyleRows, there: Curve) -> FloatArray:
    k = rows.n_contestants
    try:
        step = np.linalg.solve(fixed_gauge(there.information, k), there.slope)
    except LinAlgError as error:
        raise UnboundedError(_runaway(rows, np.zeros(rows.n_parameters))) from error
    step[:k] -= step[:k].mean()
    return np.asarray(step, dtype=np.float64)


def _uphill(
    rows: StyleRows, parameters: FloatArray, there: Curve, step: FloatArray
) -> tuple[FloatArray, Curve]:
    least = there.log_likelihood - ROUNDING * abs(there.log_likelihood)
    for halvings in range(MAX_HALVINGS):
        moved = parameters + step / 2**halvings
        found = curve(rows, moved)
        if found.log_likelihood >= least:
            return moved, found
    raise UnboundedError(_runaway(rows, step))


def _runaway(rows: StyleRows, step: FloatArray) -> str:
    """Say why there is no maximum, and which term was still moving most."""
    moving = np.abs(step[rows.n_contestants :])
    name = f"; {rows.terms[int(np.argmax(moving))]} moves most" if moving.any() else ""
    return f"no finite coefficients: features and contestants together seem to predict every winner{name}"


def _refuse_flat(rows: StyleRows, information: FloatArray) -> None:
    """Refuse a maximum at which some direction has no curvature left but rounding: it lies at infinity."""
    h = fixed_gauge(information, rows.n_contestants)
    scale = np.sqrt(np.diag(h))
    if eigvalsh(h / np.outer(scale, scale))[0] < FLAT:
        raise UnboundedError(_runaway(rows, np.zeros(rows.n_parameters)))


def _refuse_confounded(rows: StyleRows, information: FloatArray) -> None:
    """Compare the information on each term with what is left of it once the strengths are free."""
    k = rows.n_contestants
    if not rows.terms:
        return
    cross = information[:k, k:]
    whole = np.diag(information)[k:]
    left = information[k:, k:] - cross.T @ gauged_inverse(information[:k, :k], k) @ cross
    determined = 1.0 - np.diag(left) / whole
    for name, share in zip(rows.terms, determined, strict=True):
        if share > MAX_DETERMINED:
            raise ConfoundedFeaturesError(
                f"{name} is nearly determined by who the contestants are (R squared {share:.3f}, at most "
                f"{MAX_DETERMINED}), so its effect and their strengths cannot be told apart"
            )
    eigenvalues = eigvalsh(left / np.sqrt(np.outer(whole, whole)))
    condition = eigenvalues[-1] / max(eigenvalues[0], np.finfo(np.float64).tiny)
    if condition > MAX_CONDITION:
        raise ConfoundedFeaturesError(
            f"{', '.join(rows.terms)} nearly determine one another (condition number {condition:.1e}, "
            f"at most {MAX_CONDITION:.0e}); leave one out"
        )
