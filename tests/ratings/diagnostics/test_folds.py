import numpy as np
import pytest

from ratings.diagnostics.folds import folds, split_halves
from ratings.errors import InvalidOptionError, TooFewClustersError
from ratings.studies.simulate import simulate
from tests.ratings.samples import battles_of


@pytest.fixture(scope="module")
def battles():
    rng = np.random.default_rng(1)
    return simulate([0.0, 1.0, 2.0], n_voters=21, n_prompts=10, votes_per_voter=6, rng=rng)


@pytest.mark.parametrize("by", ["voter", "prompt"])
def test_halves_share_nobody_and_lose_nothing(battles, by):
    one, other = split_halves(battles, by=by, rng=np.random.default_rng(2))
    assert not set(getattr(one, by)) & set(getattr(other, by))
    assert len(one) + len(other) == len(battles)
    assert one.contestants == other.contestants == battles.contestants
    sizes = [len(set(getattr(half, by))) for half in (one, other)]
    assert abs(sizes[0] - sizes[1]) <= 1


def test_folds_are_even_and_the_same_for_a_seed(battles):
    first, again = (folds(battles, by="voter", n_folds=4, rng=np.random.default_rng(3)) for _ in range(2))
    assert (first == again).all()
    assert sorted(len(set(battles.voter[first == fold])) for fold in range(4)) == [5, 5, 5, 6]
    other = folds(battles, by="voter", n_folds=4, rng=np.random.default_rng(4))
    assert (first != other).any()


def test_what_cannot_be_split_is_refused(battles):
    rng = np.random.default_rng(0)
    with pytest.raises(TooFewClustersError, match="no voter column"):
        split_halves(battles_of([("A", "B", "a")]), by="voter", rng=rng)
    with pytest.raises(TooFewClustersError, match="1 voters in 2 folds"):
        split_halves(battles_of([("A", "B", "a", "v", "p")]), by="voter", rng=rng)
    with pytest.raises(TooFewClustersError, match="at least 2 folds"):
        folds(battles, by="voter", n_folds=1, rng=rng)
    with pytest.raises(InvalidOptionError, match="not one of voter, prompt"):
        folds(battles, by="output", n_folds=2, rng=rng)
