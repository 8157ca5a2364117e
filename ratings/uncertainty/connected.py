"""Which resamples have finite strengths: those whose "beats" is strongly connected.

A full search of every resample would cost more than its fit. Nearly always the *backbone* answers: a tree of
pairs, the firmest there are, each won in both directions. While all of it is left, everyone is comparable;
only where a resample lost a part of it, the search has to tell.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from ratings.data.pairs import Pairs
from ratings.data.validation import FloatArray


def backbone(pairs: Pairs, won: FloatArray, lost: FloatArray) -> NDArray[np.int64]:
    """Return the places, int array (K - 1,), of the pairs of the tree; empty when no tree spans all.

    Parameters
    ----------
    won, lost : float array (P,)
        Wins of either side of each pair, pairs being sorted by i, then j.
    """
    k = pairs.n_contestants
    least = np.minimum(won, lost)
    both = least > 0
    graph = coo_array((1.0 / least[both], (pairs.i[both], pairs.j[both])), shape=(k, k))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    if tree.nnz < k - 1:
        return np.zeros(0, dtype=np.int64)
    return np.searchsorted(pairs.i * k + pairs.j, np.asarray(tree.row * k + tree.col, dtype=np.int64))


def connected(pairs: Pairs, won: FloatArray, lost: FloatArray, tree: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which resamples, columns of ``won`` and ``lost`` (P, B), are strongly connected: bool (B,)."""
    if not len(tree):
        return _searched(pairs, won, lost)
    found = np.asarray(((won[tree] > 0) & (lost[tree] > 0)).all(axis=0), dtype=np.bool_)
    unsure = np.flatnonzero(~found)
    if len(unsure):
        found[unsure] = _searched(pairs, won[:, unsure], lost[:, unsure])
    return found


def _searched(pairs: Pairs, won: FloatArray, lost: FloatArray) -> NDArray[np.bool_]:
    """Search all resamples in one graph: each is a copy of the contestants with its own edges."""
    k, n = pairs.n_contestants, won.shape[1]
    p, first = np.nonzero(won > 0)
    r, second = np.nonzero(lost > 0)
    winners = np.concatenate([first * k + pairs.i[p], second * k + pairs.j[r]])
    losers = np.concatenate([first * k + pairs.j[p], second * k + pairs.i[r]])
    graph = coo_array((np.ones(len(winners)), (winners, losers)), shape=(n * k, n * k)).tocsr()
    labels = connected_components(graph, directed=True, connection="strong")[1].reshape(n, k)
    return np.asarray((labels == labels[:, :1]).all(axis=1), dtype=np.bool_)
