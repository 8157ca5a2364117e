"""Do the bands hold planted curves? The study behind the short test and the benchmark."""

from dataclasses import dataclass, fields

import numpy as np

from ratings.difficulty.response import difficulty_response
from ratings.points import SCALE
from tests.ratings.difficulty.planted import LEVELS, Planted, draw, endless, relative

GRID = np.linspace(1.0, 5.0, 41)
LEVEL_OF = (1.8, 1.4, 1.2, 1.0, 0.6, 0.2)
PARALLEL = {"level": LEVEL_OF, "slope": (-0.6,) * 6, "bend": (-0.1,) * 6}
SLOPES = PARALLEL | {"slope": (-0.3, -0.9, -0.6, -0.6, -0.4, -0.8)}
BENDS = PARALLEL | {"bend": (-0.25, 0.1, -0.1, -0.1, 0.0, -0.1)}


@dataclass(frozen=True)
class Setting:
    """What is simulated and how it is analysed."""

    planted: Planted
    model: str
    cluster: str
    prompts_per_level: int
    n_votes: int = 4000


@dataclass(frozen=True)
class Held:
    """Shares over data sets and contestants; NaN without an absolute level.

    ``pointwise`` and ``everywhere`` are of relative curves, ``roll_off`` of its interval and ``within_two``
    of two standard errors around it, ``error`` the Monte Carlo error of ``everywhere``.
    """

    pointwise: float
    everywhere: float
    roll_off: float
    within_two: float
    absolute: float
    absolute_everywhere: float
    corner: float
    error: float


def shares_held(setting, *, n_data_sets, rng):
    """Draw data sets, fit each, and count how often bands and intervals hold the truth."""
    curves = target(setting)
    difficulty = np.repeat(LEVELS, setting.prompts_per_level)
    found = []
    for _ in range(n_data_sets):
        battles = draw(setting.planted, difficulty, n_votes=setting.n_votes, rng=rng)
        response = difficulty_response(battles, difficulty, cluster=setting.cluster, model=setting.model)
        found.append(one_data_set(response, curves))
    table = np.array(found)
    error = float(table[:, 1].std(ddof=1) / np.sqrt(n_data_sets))
    shares = [np.nanmean(column) if np.isfinite(column).any() else np.nan for column in table.T]
    return Held(*map(float, shares), error)


def target(setting):
    """Curves (41, 6): planted ones where the model is true, else those of endless votes."""
    planted = setting.planted
    is_true = setting.model == "grounded" and planted.prompt_sd == planted.taste_sd == 0
    return planted.at(GRID) if is_true else endless(planted, setting.model)


def one_data_set(response, curves):
    """Shares of contestants held in one data set, in the order of ``Held``."""
    against_field = relative(curves)
    slope = SCALE * ((LEVELS - 3.0) @ against_field[::10]) / 10.0
    rows = response.rows
    roll_off = [row.roll_off_low <= s <= row.roll_off_high for row, s in zip(rows, slope, strict=True)]
    within = [abs(row.roll_off - s) <= 2 * row.roll_off_error for row, s in zip(rows, slope, strict=True)]
    first = [*band_shares(response.relative, against_field), np.mean(roll_off), np.mean(within)]
    if response.absolute is None:
        return [*first, np.nan, np.nan, np.nan]
    return [*first, *band_shares(response.absolute, curves), corner_share(rows, curves)]


def band_shares(band, curves):
    """Share of points in the pointwise band, and of whole curves in the simultaneous one."""
    pointwise = (band.low <= curves) & (curves <= band.high)
    everywhere = (band.low_everywhere <= curves) & (curves <= band.high_everywhere)
    return pointwise.mean(), everywhere.all(axis=0).mean()


def corner_share(rows, curves):
    """Share of corners held, of those that exist and were found; NaN without any."""
    held = []
    for row, curve in zip(rows, curves.T, strict=True):
        falls = np.flatnonzero((curve[:-1] >= 0) & (curve[1:] < 0))
        if row.corner is not None and len(falls):
            at = falls[0]
            corner = GRID[at] + (GRID[1] - GRID[0]) * curve[at] / (curve[at] - curve[at + 1])
            held.append(row.corner_low <= corner <= row.corner_high)
    return np.mean(held) if held else np.nan


def line(name, setting, found):
    """A line of the table that the benchmark prints."""
    shown = " ".join(f"{getattr(found, field.name):7.3f}" for field in fields(found))
    return f"{name:>10} {setting.model:>9} {setting.cluster:>8} {setting.prompts_per_level:>8} {shown}"
