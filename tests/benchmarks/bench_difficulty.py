"""How often the bands of the difficulty response hold planted curves, and how long a fit takes.

Run with ``pytest tests/benchmarks/bench_difficulty.py -s``; about twelve minutes on one core.
"""

import sys
import time
from dataclasses import fields

import numpy as np
import pytest

from ratings.difficulty.prompt_difficulty import estimated_difficulty
from ratings.difficulty.response import difficulty_response
from ratings.points import SCALE
from tests.ratings.difficulty.held import BENDS, PARALLEL, SLOPES, Held, Setting, line, shares_held
from tests.ratings.difficulty.planted import LEVELS, Planted, draw

SHAPES = {"parallel": PARALLEL, "slopes": SLOPES, "bends": BENDS}
N_DATA_SETS = 200
TASTES = {"prompt_sd": 0.5, "taste_sd": 0.5}
SPEED = [(100_000, 15, 250, 2.0), (1_000_000, 40, 1000, 6.0)]


@pytest.fixture(scope="module", autouse=True)
def _header():
    names = " ".join(f"{field.name[:7]:>7}" for field in fields(Held))
    sys.stdout.write(f"\n     shape     model  cluster  prompts {names}\n")


@pytest.mark.parametrize("model", ["grounded", "half"])
@pytest.mark.parametrize(
    ("tastes", "cluster", "per_level"),
    [({}, "prompt", 20), (TASTES, "prompt", 20), (TASTES, "two_way", 8)],
    ids=["independent", "tastes", "few prompts"],
)
@pytest.mark.parametrize("name", SHAPES)
def test_bands_hold_planted_curves(name, tastes, cluster, per_level, model):
    setting = Setting(Planted(**SHAPES[name], **tastes), model, cluster, per_level)
    found = shares_held(setting, n_data_sets=N_DATA_SETS, rng=np.random.default_rng([2026, per_level]))
    sys.stdout.write(line(name, setting, found) + "\n")
    sys.stdout.flush()
    assert found.everywhere >= 0.95 - 2 * found.error
    assert found.roll_off >= 0.95 - 2 * found.error
    assert found.within_two >= 0.94 - 2 * found.error


def estimated_response(planted, rng):
    """Response of 6000 votes on 100 prompts whose difficulty, of deviation 1, only the votes tell."""
    battles = draw(planted, 3.0 + rng.normal(size=100), n_votes=6000, rng=rng)
    return difficulty_response(battles, estimated_difficulty(battles), cluster="prompt")


def test_with_estimated_difficulty_parallel_contestants_stay_flat():
    planted = Planted(**PARALLEL | {"slope": (-1.0,) * 6, "bend": (0.0,) * 6}, taste_sd=0.5)
    rng, flat, held = np.random.default_rng(7), [], []
    for _ in range(N_DATA_SETS):
        found = estimated_response(planted, rng)
        band = found.relative
        flat.append(np.mean(band.low_everywhere.max(axis=0) <= band.high_everywhere.min(axis=0)))
        held.append(np.mean([row.roll_off_low <= 0.0 <= row.roll_off_high for row in found.rows]))
    error = np.std(held, ddof=1) / np.sqrt(N_DATA_SETS)
    sys.stdout.write(
        f"estimated, parallel: a flat line in {np.mean(flat):.3f} of bands, 0 in {np.mean(held):.3f} "
        f"of roll-off intervals, error {error:.3f}\n"
    )
    assert np.mean(flat) >= 0.95
    assert np.mean(held) >= 0.95 - 2 * error


def test_with_estimated_difficulty_slopes_keep_their_size():
    slope = np.array((-0.7, -1.3, -1.0, -1.0, -0.8, -1.2))
    planted = Planted(**PARALLEL | {"slope": tuple(slope), "bend": (0.0,) * 6})
    rng = np.random.default_rng(8)
    found = [[row.roll_off for row in estimated_response(planted, rng).rows] for _ in range(50)]
    ratio = np.mean(found, axis=0) @ (slope + 1.0) / (SCALE * np.sum((slope + 1.0) ** 2))
    sys.stdout.write(f"estimated, slopes: {ratio:.2f} of the planted ones\n")
    assert 0.8 < ratio < 1.25


@pytest.mark.parametrize(("n_votes", "k", "n_prompts", "seconds"), SPEED)
def test_time_of_a_fit(n_votes, k, n_prompts, seconds):
    planted = Planted(tuple(np.linspace(2.0, 0.2, k)), (-0.6,) * k, (-0.1,) * k, **TASTES)
    difficulty = np.repeat(LEVELS, n_prompts // len(LEVELS))
    battles = draw(planted, difficulty, n_votes=n_votes, n_voters=n_votes // 50, rng=np.random.default_rng(1))
    taken = {}
    for cluster in ("prompt", "two_way"):
        start = time.process_time()
        difficulty_response(battles, difficulty, cluster=cluster)
        taken[cluster] = time.process_time() - start
    start = time.process_time()
    difficulty_response(battles, estimated_difficulty(battles), cluster="prompt")
    taken["estimated"] = time.process_time() - start
    shown = ", ".join(f"{name} {value:.2f} s" for name, value in taken.items())
    verdict = "met" if max(taken["prompt"], taken["two_way"]) <= seconds else "NOT met"
    sys.stdout.write(f"{n_votes} votes, {k} contestants, 5 levels, CPU: {shown}; {seconds} s {verdict}\n")
