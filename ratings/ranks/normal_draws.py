"""Normal draws that any machine repeats, and the quantiles that are read off them."""

import math

import numpy as np
from scipy.special import ndtri

from ratings.data.validation import FloatArray, check_level
from ratings.errors import InvalidOptionError

RANK_DRAWS = 10_000
"""Draws of a published table: a critical value of about 3 is then known to about .02."""

RANK_SEED = 20240814
"""Seed of a published table; any number would do, but it has to be the same for everyone."""


def normal_draws(covariance: FloatArray, *, n_draws: int, seed: int) -> FloatArray:
    """Draw from N(0, covariance): float (R, n_draws), one row a contestant.

    Neither the machine nor the version of a library shows. The raw stream of PCG64 is guaranteed by NumPy,
    its normal numbers are not; and of all square roots of a matrix the symmetric one alone is unique and
    moves little when the matrix does, where eigenvectors or a Cholesky factor of a singular matrix can jump.
    """
    raw = np.random.PCG64(seed).random_raw((n_draws, len(covariance)))
    standard = ndtri(((raw >> np.uint64(11)) + 0.5) * 2.0**-53)
    values, vectors = np.linalg.eigh(covariance)
    is_rounding = values <= len(values) * np.finfo(np.float64).eps * values.max(initial=0.0)
    root = (vectors * np.sqrt(np.where(is_rounding, 0.0, values))) @ vectors.T
    return np.asarray(root @ standard.T, dtype=np.float64)


def upper_quantile(drawn: FloatArray, level: float) -> FloatArray:
    """Return, along the last axis, the draw that the next one stays below with probability ``level``."""
    place = _place(drawn.shape[-1], level)
    return np.asarray(np.partition(drawn, place, axis=-1)[..., place], dtype=np.float64)


def check_draws(level: float, n_draws: int, seed: int) -> None:
    """Refuse a level outside 0..1, too few draws to see it, and a negative seed."""
    check_level(level)
    if n_draws < 1 or _place(n_draws, level) >= n_draws:
        least = math.ceil(level / (1.0 - level))
        raise InvalidOptionError(f"n_draws {n_draws} is too few for level {level}: at least {least}")
    if seed < 0:
        raise InvalidOptionError(f"seed {seed} is not at least 0")


def _place(n_draws: int, level: float) -> int:
    """Return the place, from 0, of the order statistic; rounding in ``level`` must not move it up."""
    return math.ceil(level * (n_draws + 1) - 1e-9) - 1
