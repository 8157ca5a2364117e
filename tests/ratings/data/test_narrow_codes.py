"""Codes of any integer type give the same numbers: products of small codes must not overflow."""

from dataclasses import replace

import numpy as np
import pytest

from ratings import Battles, bootstrap, bradley_terry, covariance, rating_table
from ratings.data.counts import win_matrix
from ratings.tables.floor import LOCAL_FLOOR

K, N = 120, 4000  # K * K overflows 8 bits and 13 bits, and K * K * 30 voters overflows 16


def drawn():
    rng = np.random.default_rng(3)
    a = rng.integers(0, K, N)
    return Battles(
        contestants=tuple(f"c{i:03d}" for i in range(K)),
        a=a,
        b=(a + rng.integers(1, K, N)) % K,
        outcome=rng.integers(0, 4, N),
        voter=rng.integers(0, 30, N),
        prompt=rng.integers(0, 100, N),
    )


def narrowed(battles, dtype):
    names = ("a", "b", "outcome", "voter", "prompt")
    return replace(battles, weight=None, **{name: getattr(battles, name).astype(dtype) for name in names})


WIDE = drawn()


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.uint32, np.uint64])
def test_codes_of_any_integer_type_give_the_same_fit_and_intervals(dtype):
    narrow = narrowed(WIDE, dtype)
    np.testing.assert_array_equal(win_matrix(narrow), win_matrix(WIDE))
    fit = bradley_terry(narrow)
    np.testing.assert_array_equal(fit.strengths, bradley_terry(WIDE).strengths)
    for cluster in ("vote", "voter", "prompt", "two_way"):
        found, expected = (covariance(fit, battles, cluster=cluster) for battles in (narrow, WIDE))
        np.testing.assert_allclose(found.matrix, expected.matrix, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.int8, np.uint64])
def test_codes_of_any_integer_type_give_the_same_table_and_bootstrap(dtype):
    narrow = narrowed(WIDE, dtype)
    assert rating_table(narrow, floor=LOCAL_FLOOR) == rating_table(WIDE, floor=LOCAL_FLOOR)
    for cluster in ("voter", "prompt", "two_way"):
        found, expected = (
            bootstrap(battles, cluster=cluster, n_resamples=2, rng=np.random.default_rng(1))
            for battles in (narrow, WIDE)
        )
        np.testing.assert_array_equal(found.strengths, expected.strengths)
