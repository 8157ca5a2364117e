"""The short study of coverage; tests/benchmarks/bench_difficulty.py is the long one."""

import numpy as np
import pytest

from tests.ratings.difficulty.held import PARALLEL, SLOPES, Setting, shares_held
from tests.ratings.difficulty.planted import Planted


@pytest.mark.parametrize("model", ["grounded", "half"])
@pytest.mark.parametrize("shape", [PARALLEL, SLOPES], ids=["parallel", "slopes"])
def test_bands_hold_planted_curves_and_roll_offs(shape, model):
    setting = Setting(Planted(**shape, prompt_sd=0.5, taste_sd=0.5), model, "prompt", 12, n_votes=2000)
    found = shares_held(setting, n_data_sets=12, rng=np.random.default_rng(12))
    assert found.everywhere >= 0.95 - 2 * found.error
    assert found.pointwise >= 0.92
    assert found.roll_off >= 0.88  # of 72, with an error of .026
    assert found.within_two >= 0.88
    if model == "grounded":
        assert found.absolute > 0.82  # six contestants share the field's error, so of twelve it is .06
