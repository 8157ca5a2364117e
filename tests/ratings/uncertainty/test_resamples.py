import importlib

import numpy as np
import pytest
from hypothesis import given, settings

from ratings.data.counts import pair_counts, win_matrix
from ratings.uncertainty.resamples import cluster_cells, resampled, vote_cells, whole
from tests.ratings.samples import battles_of, clustered_rows

ROWS = [
    ("A", "B", "a", "v", "p", 1.0),
    ("B", "A", "b", "v", "q", 1.0),
    ("A", "B", "tie", "w", "p", 1.0),
    ("C", "B", "a", "w", "q", 2.5),
    ("C", "B", "a", "w", "q", 2.5),
    ("C", "B", "both_bad", "v", "p", 1.0),
]


def cells_by(battles, cluster):
    kinds = {"vote": [], "voter": ["voter"], "two_way": ["voter", "prompt"]}[cluster]
    return cluster_cells(battles, kinds) if kinds else vote_cells(battles)


@pytest.mark.parametrize("cluster", ["vote", "voter", "two_way"])
@settings(max_examples=15)
@given(rows=clustered_rows())
def test_every_unit_once_is_the_votes_themselves(cluster, rows):
    battles = battles_of(rows)
    pairs, won, lost = pair_counts(win_matrix(battles))
    cells = cells_by(battles, cluster)
    np.testing.assert_array_equal((cells.pairs.i, cells.pairs.j), (pairs.i, pairs.j))
    np.testing.assert_allclose(whole(cells), (won, lost), rtol=1e-12)


def test_votes_of_one_pair_outcome_and_weight_are_of_a_kind():
    """By pair: A-B two wins of A, one tie; B-C one tie that weighs 1, two wins of C that weigh 2.5 each."""
    cells = vote_cells(battles_of(ROWS))
    np.testing.assert_array_equal(cells.units[0], [2, 1, 2, 1])
    won, lost = resampled(cells, [np.array([[5.0], [4], [3], [2]])])
    np.testing.assert_array_equal(won[:, 0], [5 + 4 / 2, 2 / 2])
    np.testing.assert_array_equal(lost[:, 0], [4 / 2, 3 * 2.5 + 2 / 2])


def test_a_vote_weighs_the_draws_of_its_voter_times_those_of_its_prompt():
    voters, prompts = np.array([[2.0], [3.0]]), np.array([[5.0], [7.0]])
    won, lost = resampled(cluster_cells(battles_of(ROWS), ["voter", "prompt"]), [voters, prompts])
    np.testing.assert_array_equal(won[:, 0], [2 * 5 + 2 * 7 + 3 * 5 / 2, 2 * 5 / 2])
    np.testing.assert_array_equal(lost[:, 0], [3 * 5 / 2, 2 * 3 * 7 * 2.5 + 2 * 5 / 2])


@pytest.mark.parametrize("cluster", ["vote", "voter", "two_way"])
def test_the_size_of_a_slab_changes_nothing(monkeypatch, cluster):
    battles = battles_of([(*row[:5], 1.0) for row in ROWS] * 3)
    rng = np.random.default_rng(2)
    cells = cells_by(battles, cluster)
    tables = [rng.integers(0, 4, (len(count), 6)).astype(float) for count in cells.units]
    expected = resampled(cells, tables)
    monkeypatch.setattr(importlib.import_module("ratings.uncertainty.resamples"), "SLAB", 2)
    small = cells_by(battles, cluster)
    assert len(small.slabs) > len(cells.slabs) == 1
    np.testing.assert_array_equal(resampled(small, tables), expected)
