"""Who wins how often against whom: as observed, as predicted, and how badly they differ.

A vote on (i, j) gives i the share y of a win. Under half-win Bradley-Terry ``E y = p``; with a chance
``4 tau p (1 - p)`` of no winner, taken in equal parts from both sides, ``Var y = (1 - tau) p (1 - p)``. The
overall rate tau comes from the votes: weight without a winner / sum of ``4 p (1 - p)``.

The fit has seen the votes that it is compared with, which shrinks the residuals. For a pair with the
information ``I = n p (1 - p)``, the contrast ``x = e_i - e_j`` and ``S = sum of w^2 Var y`` the residual
``r = won - n p`` has to first order, the votes being independent,

    Var r = S - 2 I (x' G x) S + I^2 x' G B G x,   B = sum over pairs of S x x'.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ratings.data.battles import Battles, Outcome
from ratings.data.counts import win_matrix
from ratings.data.validation import FloatArray, read_only
from ratings.fits.bradley_terry import BradleyTerryResult, check_fitted_to
from ratings.fits.newton import mean_zero_inverse

NO_FREEDOM = 1e-9
"""Share of its variance below which a residual is zero by construction: the pair decides its own fit."""


@dataclass(frozen=True, eq=False)
class WinRates:
    """Win rates of the row against the column, all arrays float (K, K).

    Attributes
    ----------
    contestants : tuple of str
        Names, in the order of rows and columns.
    votes : float array (K, K)
        Weight of the battles of each pair, symmetric.
    observed : float array (K, K)
        Share of the wins of the row, half a win where there was no winner; NaN for pairs that never met.
    predicted : float array (K, K)
        The fit's share; NaN on the diagonal.
    z : float array (K, K)
        Standardised residual of each pair, antisymmetric; about Normal(0, 1) where the fit holds and votes
        are independent. NaN for pairs that never met, or that alone decide their own fit.
    undecided_rate : float
        tau: the chance of no winner between equals, at most 1.
    """

    contestants: tuple[str, ...]
    votes: FloatArray
    observed: FloatArray
    predicted: FloatArray
    z: FloatArray
    undecided_rate: float


def win_rates(fit: BradleyTerryResult, battles: Battles) -> WinRates:
    """Compare the win rates of all pairs with those that ``fit``, fitted to ``battles``, predicts."""
    counted = battles.counted(fit.both_bad)
    check_fitted_to(fit, counted)
    wins = win_matrix(counted)
    votes = wins + wins.T
    p = expit(fit.strengths[:, None] - fit.strengths)
    without_winner = float(counted.weight[counted.outcome >= Outcome.TIE].sum())
    most = float((votes * 4 * p * (1 - p)).sum() / 2)
    tau = min(without_winner / most, 1.0)
    own = (1 - tau) * p * (1 - p) * _squared_weight(counted)
    observed = np.divide(wins, votes, out=np.full_like(wins, np.nan), where=votes > 0)
    np.fill_diagonal(p, np.nan)
    return WinRates(
        contestants=fit.contestants,
        votes=read_only(votes),
        observed=read_only(observed),
        predicted=read_only(p),
        z=read_only(
            _standardised(fit, wins - votes * np.nan_to_num(p), votes * np.nan_to_num(p * (1 - p)), own)
        ),
        undecided_rate=tau,
    )


def _squared_weight(battles: Battles) -> FloatArray:
    """Return the sums of squared weights (K, K) of the battles of each pair, symmetric."""
    k = battles.n_contestants
    if battles.is_unweighted:
        wins = win_matrix(battles)
        return wins + wins.T
    cell = battles.a.astype(np.int64) * k + battles.b
    total = np.bincount(cell, battles.weight**2, minlength=k * k).reshape(k, k)
    return np.asarray(total + total.T, dtype=np.float64)


def _standardised(
    fit: BradleyTerryResult, residual: FloatArray, information: FloatArray, own: FloatArray
) -> FloatArray:
    g = mean_zero_inverse(fit.information)
    middle = g @ (np.diag(own.sum(axis=1)) - own) @ g
    spread, swept = (np.diag(v)[:, None] + np.diag(v) - 2 * v for v in (g, middle))
    variance = own - 2 * information * spread * own + information**2 * swept
    exists = variance > NO_FREEDOM * own
    return np.where(exists, residual / np.sqrt(np.where(exists, variance, 1.0)), np.nan)
