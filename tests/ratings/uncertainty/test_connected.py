import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.data.graph import strong_components
from ratings.data.pairs import Pairs
from ratings.uncertainty.connected import backbone, connected
from tests.ratings.samples import connected_wins


def pairs_of(wins):
    i, j = np.nonzero(np.triu(wins + wins.T))
    return Pairs(i, j, len(wins)), wins[i, j], wins[j, i]


@settings(max_examples=60)
@given(wins=connected_wins(), seed=st.integers(0, 99))
def test_a_resample_is_connected_where_its_own_graph_is(wins, seed):
    pairs, won, lost = pairs_of(wins)
    drawn = (
        np.random.default_rng(seed).poisson(np.stack([won, lost])[:, :, None], (2, len(won), 8)).astype(float)
    )
    found = connected(pairs, *drawn, backbone(pairs, won, lost))
    for resample, is_connected in enumerate(found):
        again = np.zeros_like(wins)
        again[pairs.i, pairs.j], again[pairs.j, pairs.i] = drawn[:, :, resample]
        assert is_connected == (strong_components(again).max() == 0)


def test_the_backbone_holds_the_firmest_pairs():
    """A-B 9:8, A-C 1:1, B-C 5:6: the weak pair is left out."""
    pairs, won, lost = pairs_of(np.array([[0.0, 9, 1], [8, 0, 5], [1, 6, 0]]))
    np.testing.assert_array_equal(np.sort(backbone(pairs, won, lost)), [0, 2])


def test_a_cycle_of_one_sided_pairs_has_no_backbone_and_is_searched():
    pairs, won, lost = pairs_of(np.array([[0.0, 9, 0], [0, 0, 9], [9, 0, 0]]))
    tree = backbone(pairs, won, lost)
    assert len(tree) == 0
    won, lost = np.tile(won[:, None], 2), np.tile(lost[:, None], 2)
    won[0, 1] = 0
    np.testing.assert_array_equal(connected(pairs, won, lost, tree), [True, False])
