"""What a curve says in a few numbers: mean, gain at low difficulty, corner and roll-off."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from ratings.data.validation import FloatArray
from ratings.difficulty.bands import Band, Spread
from ratings.points import SCALE


@dataclass(frozen=True)
class ContestantResponse:
    """Figures of one contestant; points are 400 / ln 10 of strength, 0 the mean of the field.

    Attributes
    ----------
    contestant : str
    mean, mean_error : float
        Points against the field, averaged over the prompts, and the standard error.
    low_difficulty_gain, low_difficulty_gain_error : float
        Points against the field at the lowest difficulty.
    roll_off, roll_off_error : float
        Slope of the straight line through the relative curve, least squares over the prompts: points per unit
        of difficulty, negative for one that falls behind as prompts get harder. NaN for a single difficulty.
    roll_off_low, roll_off_high : float
        Student interval of it.
    corner : float or None
        Where P(acceptable) first falls through 1/2; None when it does not inside the range, or has no level.
    corner_low, corner_high : float or None
        The difficulties around it at which the pointwise band of P(acceptable) holds 1/2: an interval by
        inversion. Infinite where the band still holds 1/2 at the end of the range.
    """

    contestant: str
    mean: float
    mean_error: float
    low_difficulty_gain: float
    low_difficulty_gain_error: float
    roll_off: float
    roll_off_error: float
    roll_off_low: float
    roll_off_high: float
    corner: float | None
    corner_low: float | None
    corner_high: float | None


def trend_weights(values: FloatArray, difficulty: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the functions (2, N) that read mean and slope of a curve off its coefficients.

    Parameters
    ----------
    values : float array (Q, N)
        The basis at the prompts.
    difficulty, weight : float array (Q,)
        Of the prompts; the slope is NaN when they are all of one difficulty.
    """
    share = weight / weight.sum()
    centred = difficulty - share @ difficulty
    square = float(share @ centred**2)
    slope = share * centred / square if values.shape[1] > 1 else np.full(len(share), np.nan)
    return np.stack([share @ values, slope @ values])


def contestant_responses(
    contestants: tuple[str, ...],
    grid: FloatArray,
    relative: Band,
    absolute: Band | None,
    trend: tuple[FloatArray, Spread],
    level: float,
) -> tuple[ContestantResponse, ...]:
    """Read the figures off bands (G, K) and the mean and slope (2, K) with their spread."""
    value, spread = trend
    half = spread.error[1] * t.isf((1.0 - level) / 2.0, spread.degrees[1])
    rows = []
    for place, name in enumerate(contestants):
        corner = (None, None, None) if absolute is None else corner_of(grid, absolute, place)
        rows.append(
            ContestantResponse(
                contestant=name,
                mean=SCALE * float(value[0, place]),
                mean_error=SCALE * float(spread.error[0, place]),
                low_difficulty_gain=SCALE * float(relative.value[0, place]),
                low_difficulty_gain_error=SCALE * float(relative.error[0, place]),
                roll_off=SCALE * float(value[1, place]),
                roll_off_error=SCALE * float(spread.error[1, place]),
                roll_off_low=SCALE * float(value[1, place] - half[place]),
                roll_off_high=SCALE * float(value[1, place] + half[place]),
                corner=corner[0],
                corner_low=corner[1],
                corner_high=corner[2],
            )
        )
    return tuple(rows)


def corner_of(
    grid: FloatArray, absolute: Band, place: int
) -> tuple[float | None, float | None, float | None]:
    """Return where the curve of contestant ``place`` first falls through 0, and the interval around it."""
    curve, low, high = absolute.value[:, place], absolute.low[:, place], absolute.high[:, place]
    falls = np.flatnonzero((curve[:-1] >= 0) & (curve[1:] < 0))
    if len(falls) == 0:
        return None, None, None
    first = int(falls[0])
    before = np.flatnonzero(low[: first + 1] > 0)
    after = np.flatnonzero(high[first + 1 :] < 0)
    lower = _zero(grid, low, int(before[-1])) if len(before) else -np.inf
    upper = _zero(grid, high, first + int(after[0])) if len(after) else np.inf
    return _zero(grid, curve, first), lower, upper


def _zero(grid: FloatArray, curve: FloatArray, place: int) -> float:
    """Return where the straight line from ``place`` to the next point of the grid crosses 0."""
    share = curve[place] / (curve[place] - curve[place + 1])
    return float(grid[place] + np.clip(share, 0.0, 1.0) * (grid[place + 1] - grid[place]))
