"""1,670,250 human votes on 129 models of Chatbot Arena, up to 14 August 2024, as counts of pairs.

They lie in the wheel of leaderbot 0.4.3 (BSD-3-Clause), which is installed for this file alone: nothing of
its code is imported. Sides are not recorded; the first of each pair stands on side a.
"""

import functools
import importlib.metadata
import json

import numpy as np

from ratings import Battles

FILE = "chatbotarena_20240814.json"


@functools.cache
def counts():
    """Return names, pairs (P, 2) and counts (P, 4) of a, b, tie, both_bad."""
    found = [path for path in importlib.metadata.files("leaderbot") if path.name == FILE]
    data = json.loads(found[0].locate().read_text(encoding="utf-8"))
    return tuple(data["models"]), np.array(data["X"]), np.array(data["Y"])


@functools.cache
def weighted(*, both_bad=True):
    """Return the votes with one row for each pair and outcome, weighing as many votes as it stands for."""
    names, pairs, votes = counts()
    outcome = np.tile(np.arange(4, dtype=np.int8), len(pairs))
    a, b = (np.repeat(side, 4).astype(np.int32) for side in pairs.T)
    weight = votes.ravel().astype(float)
    keep = (weight > 0) & (both_bad | (outcome < 3))
    return Battles(contestants=names, a=a[keep], b=b[keep], outcome=outcome[keep], weight=weight[keep])


def single(rng):
    """Return the votes with one row each, shuffled, a coin deciding the sides."""
    rows = weighted()
    order = rng.permutation(np.repeat(np.arange(len(rows)), rows.weight.astype(int)))
    a, b, outcome = rows.a[order], rows.b[order], rows.outcome[order]
    swap = rng.random(len(order)) < 0.5
    return Battles(
        contestants=rows.contestants,
        a=np.where(swap, b, a),
        b=np.where(swap, a, b),
        outcome=np.where(swap & (outcome < 2), 1 - outcome, outcome).astype(np.int8),
    )
