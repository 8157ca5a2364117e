"""Runs the peers that pin other versions of what ratings needs; started by ``peers.Worker``, never by hand.

Reads the votes once, then a JSON line for each run from standard input, and answers each with one.
"""

import json
import math
import sys
import time

import jax
import numpy as np
import pandas as pd
from arena_rank.models.bradley_terry import BradleyTerry
from arena_rank.models.contextual_bradley_terry import ContextualBradleyTerry
from arena_rank.utils.data_utils import ContextualPairDataset, PairDataset

jax.config.update("jax_enable_x64", True)

SCALE = 400 / math.log(10)
TIGHT = {"ftol": 0.0, "gtol": 1e-12}


def frames(path):
    """Return the votes as a frame of strings and one of categoricals, with features where there are any."""
    votes = np.load(path)
    names = votes["names"]
    sides = {name: names[votes[code]] for name, code in (("model_a", "a"), ("model_b", "b"))}
    winner = votes["outcomes"][votes["outcome"]]
    strings = pd.DataFrame({**sides, "winner": winner})
    features = [f"z{place}" for place in range(votes["z"].shape[1])] if "z" in votes else []
    for place, name in enumerate(features):
        strings[name] = votes["z"][:, place]
    categories = strings.astype({"model_a": "category", "model_b": "category", "winner": "category"})
    return {"strings": strings, "categories": categories}, features


def plain(frame, options):
    """Fit arena-rank with its sandwich intervals, as its documentation does."""
    data = PairDataset.from_pandas(frame)
    found = BradleyTerry(len(data.competitors), **options).compute_ratings_and_cis(data)
    return data.competitors, found["ratings"]


def style(frame, features, options):
    """Fit arena-rank's contextual model with its ridge off and the features as they are."""
    data = ContextualPairDataset.from_pandas(frame, features, reweighted=False, normalize_features=False)
    rater = ContextualBradleyTerry(len(data.competitors), len(features), reg=0.0, **options)
    return data.competitors, rater.compute_ratings_and_cis(data)["ratings"]


def main():
    """Answer until the input ends."""
    table, features = frames(sys.argv[1])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        request = json.loads(line)
        frame = table[request["columns"]]
        options = TIGHT if request["tight"] else {}
        wall, cpu = time.perf_counter(), time.process_time()
        if request["style"]:
            names, found = style(frame, features, options)
        else:
            names, found = plain(frame, options)
        found = np.asarray(found)
        seconds = (time.perf_counter() - wall, time.process_time() - cpu)
        centred = (found - found.mean()) / SCALE
        answer = {"seconds": seconds, "strengths": dict(zip(map(str, names), centred.tolist(), strict=True))}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
