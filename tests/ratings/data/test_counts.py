import tracemalloc
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.data.battles import Battles, Outcome
from ratings.data.counts import clusters_met, dense_codes, met_matrix, outcome_counts, win_matrix
from tests.ratings.samples import battles_of

codes = st.lists(st.integers(0, 40), max_size=30).map(lambda values: np.array(values, dtype=np.int64))


def crowd(n, k, *, kind=np.int32, weight=None, seed=7):
    """n battles of k contestants with random sides and outcomes."""
    rng = np.random.default_rng(seed)
    a = rng.integers(k, size=n)
    b = (a + rng.integers(1, k, size=n)) % k
    return Battles(
        contestants=tuple(f"c{place}" for place in range(k)),
        a=a.astype(kind),
        b=b.astype(kind),
        outcome=rng.integers(4, size=n).astype(np.int8),
        weight=weight,
    )


def test_counts_by_hand():
    rows = [("A", "B", "a", 2.0), ("B", "A", "a", 0.5), ("A", "B", "tie", 3.0), ("A", "B", "tie", 0.25)]
    battles = battles_of(rows, columns="model_a model_b winner weight")
    expected = np.zeros((2, 2, 4))
    expected[0, 1, Outcome.A], expected[1, 0, Outcome.A], expected[0, 1, Outcome.TIE] = 2.0, 0.5, 3.25
    np.testing.assert_array_equal(outcome_counts(battles), expected)
    np.testing.assert_array_equal(win_matrix(battles), [[0, 3.625], [2.125, 0]])
    np.testing.assert_array_equal(met_matrix(battles), [[0, 5.75], [5.75, 0]])


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.uint16, np.uint32, np.int64, np.uint64])
def test_codes_of_any_integer_type_are_counted_without_overflow(kind):
    """With 100 contestants a cell's number passes 39,999, far beyond int8 and int16."""
    narrow, wide = crowd(3000, 100, kind=kind), crowd(3000, 100)
    np.testing.assert_array_equal(outcome_counts(narrow), outcome_counts(wide))


@pytest.mark.parametrize("weight", [None, np.linspace(0.5, 2.0, 1000)])
def test_counting_in_pieces_gives_the_whole(monkeypatch, weight):
    expected = np.zeros((3, 3, 4))
    battles = crowd(1000, 3, weight=weight)
    np.add.at(expected, (battles.a, battles.b, battles.outcome), battles.weight)
    monkeypatch.setattr("ratings.data.counts.CHUNK", 1)
    np.testing.assert_allclose(outcome_counts(battles), expected, rtol=1e-12)


def test_counting_takes_far_less_memory_than_a_column():
    battles = crowd(3_000_000, 20, kind=np.int8)
    tracemalloc.start()
    outcome_counts(battles)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(battles)  # bytes: less than one column of the smallest type


def test_battles_are_counted_once_and_their_counts_go_with_them():
    battles = crowd(50, 4)
    kept = weakref.ref(outcome_counts(battles))
    assert outcome_counts(battles) is kept()
    del battles
    assert kept() is None


def test_counts_cannot_be_changed_by_who_asks_for_them():
    with pytest.raises(ValueError, match="read-only"):
        outcome_counts(crowd(50, 4))[0, 1, 0] = 1


@settings(max_examples=30)
@given(codes, st.sampled_from([1, 1000]))
def test_dense_codes_number_what_occurs_in_its_order(values, gap):
    expected = np.unique(values, return_inverse=True)
    found, n = dense_codes(values * gap)
    np.testing.assert_array_equal(found, expected[1])
    assert n == len(expected[0])


@pytest.mark.parametrize("table", [0, 1 << 20])
@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_clusters_met_are_counted_once_each(table, rows):
    met = [{c for c, i, j in rows if k in (i, j)} for k in range(4)]
    cluster, i, j = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ratings.data.counts.TABLE", table)
        assert clusters_met(cluster, i, j, 4).tolist() == [len(clusters) for clusters in met]
