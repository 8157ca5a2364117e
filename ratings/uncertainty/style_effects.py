"""Effects of clusters on style-controlled fits: from battles to what a covariance is made of."""

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Battles
from ratings.data.counts import CodeArray, clusters_met
from ratings.data.style_rows import StyleRows, taken
from ratings.fits.style import StyleComparison, StyleControlResult, fitted_rows
from ratings.uncertainty.clusters import Correction, Influence
from ratings.uncertainty.style_influence import style_influence, view
from ratings.uncertainty.style_shares import StyleShares


def style_effects(
    fit: StyleControlResult | StyleComparison, counted: Battles, cluster: CodeArray, correction: Correction
) -> tuple[Influence, StyleShares]:
    """Return the effects of the clusters, and what each of them knows, of one fit or of both compared ones.

    Parameters
    ----------
    cluster : int array (n,)
        0 .. C - 1, one for each counted battle.
    """
    fits = (fit.controlled, fit.raw) if isinstance(fit, StyleComparison) else (fit,)
    rows = fitted_rows(fits[0], counted)
    if (cluster[1:] < cluster[:-1]).any():
        order = np.argsort(cluster, kind="stable")
        rows, cluster = taken(rows, order), cluster[order]
    views = [view(one, rows) for one in fits]
    influence = style_influence(views, cluster, correction)
    met = _met_two(rows, cluster)
    has_met = [part for one in fits for part in (met, np.ones(len(one.terms), dtype=bool))]
    is_estimable = influence.is_estimable & np.concatenate(has_met)
    return Influence(influence.outer, is_estimable), StyleShares(views, cluster)


def _met_two(rows: StyleRows, cluster: CodeArray) -> NDArray[np.bool_]:
    """Return which contestants met more than one cluster."""
    k = rows.n_contestants
    if len(cluster) == cluster[-1] + 1:  # single votes
        by_pair = np.bincount(rows.pair, minlength=len(rows.first))
        met = np.bincount(rows.first, by_pair, k) + np.bincount(rows.second, by_pair, k)
        return np.asarray(met > 1, dtype=np.bool_)
    return clusters_met(cluster, rows.first[rows.pair], rows.second[rows.pair], k) > 1
