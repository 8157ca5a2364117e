"""The effect of one cluster on a style-controlled fit, solved in full: ``(H - H_g)^-1 s_g``."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError

from ratings.data.validation import FloatArray
from ratings.uncertainty.clusters import NOTHING


def leave_out(
    h: FloatArray, own: FloatArray, score: FloatArray, labels: NDArray[np.int32]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the effect (D,) of a cluster, and the parameters (D,) on which the others hold no information.

    Parameters
    ----------
    h, own : float array (D, D)
        The whole information, and the cluster's share of it.
    score : float array (D,)
        The cluster's gradient.
    labels : int array (K,)
        Components of the comparison graph without the cluster; each is centred on its own.
    """
    k = len(labels)
    remaining = h - own
    strengths = remaining[:k, :k]  # a view: the gauge goes into ``remaining``
    is_together = labels[:, None] == labels
    strengths[~is_together] = 0.0
    strengths += np.trace(h[:k, :k]) / k**2 * is_together
    effect, is_lost = np.zeros(len(h)), np.zeros(len(h), dtype=bool)
    try:
        is_lost[k:] = _uninformed(remaining, np.diag(h)[k:], k)
        kept = np.flatnonzero(~is_lost)
        effect[kept] = np.linalg.solve(remaining[np.ix_(kept, kept)], score[kept])
    except LinAlgError:  # beside an enormous weight the others' votes are rounding
        is_lost[:] = True
    return effect, is_lost


def _uninformed(remaining: FloatArray, whole: FloatArray, k: int) -> NDArray[np.bool_]:
    """Tell which terms have next to no information left once the strengths are free, alone or together."""
    cross = remaining[:k, k:]
    left = remaining[k:, k:] - cross.T @ np.linalg.solve(remaining[:k, :k], cross)
    left /= np.sqrt(np.outer(whole, whole))
    is_lost = left.diagonal() <= NOTHING
    kept = np.flatnonzero(~is_lost)
    try:
        np.linalg.cholesky(left[np.ix_(kept, kept)] - NOTHING * np.eye(len(kept)))
    except LinAlgError:  # some mixture of them is lost: none can be told from the others
        is_lost[:] = True
    return np.asarray(is_lost, dtype=np.bool_)
