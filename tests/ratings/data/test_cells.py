import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.data.battles import Battles, Outcome
from ratings.data.cells import N_OUTCOMES, cell_keys, outcome_cells


@st.composite
def any_battles(draw):
    k = draw(st.integers(2, 5))
    pairs = [(a, b) for a in range(k) for b in range(k) if a != b]
    cell = st.tuples(st.sampled_from(pairs), st.integers(0, 3), st.sampled_from([0.25, 1.0, 3.0]))
    rows = draw(st.lists(cell, min_size=1, max_size=25))
    return Battles(
        contestants=tuple("ABCDE"[:k]),
        a=np.array([row[0][0] for row in rows]),
        b=np.array([row[0][1] for row in rows]),
        outcome=np.array([row[1] for row in rows]),
        weight=np.array([row[2] for row in rows]),
    )


@pytest.mark.parametrize("oriented", [True, False])
@pytest.mark.parametrize("pooled", [True, False])
@given(battles=any_battles())
@settings(max_examples=20)
def test_cells_are_the_distinct_keys_with_their_weights(battles, oriented, pooled):
    keys = cell_keys(battles, oriented=oriented, pooled=pooled)
    cells = outcome_cells(battles, oriented=oriented, pooled=pooled)
    distinct, code = np.unique(keys, return_inverse=True)
    made = (cells.a * cells.n_contestants + cells.b) * N_OUTCOMES + cells.outcome
    np.testing.assert_array_equal(made, distinct)
    np.testing.assert_allclose(cells.weight, np.bincount(code, battles.weight))
    if not oriented:
        assert (cells.a < cells.b).all()
    if pooled:
        assert Outcome.BOTH_BAD not in cells.outcome


def test_a_battle_seen_from_the_other_side_is_the_same_cell_where_sides_do_not_matter():
    one = Battles(contestants=("A", "B"), a=np.array([0, 1]), b=np.array([1, 0]), outcome=np.array([0, 1]))
    cells = outcome_cells(one, oriented=False, pooled=True)
    assert (cells.a.tolist(), cells.b.tolist(), cells.outcome.tolist()) == ([0], [1], [Outcome.A])
    assert cells.weight.tolist() == [2.0]
    assert len(outcome_cells(one, oriented=True, pooled=True).weight) == 2
