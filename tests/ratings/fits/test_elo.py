import math

import evalica
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.data.battles import Battles, Outcome
from ratings.errors import InvalidBattlesError, InvalidOptionError
from ratings.fits import elo as module
from ratings.fits.bradley_terry import bradley_terry
from ratings.fits.elo import elo, elo_permutations
from ratings.points import SCALE
from ratings.studies.simulate import Taste, simulate
from tests.ratings.samples import battles_of

WINNERS = {
    Outcome.A: evalica.Winner.X,
    Outcome.B: evalica.Winner.Y,
    Outcome.TIE: evalica.Winner.Draw,
    Outcome.BOTH_BAD: evalica.Winner.Draw,
}


def games(strengths, n, *, seed=3, tie_rate=0.0):
    rng = np.random.default_rng(seed)
    taste = Taste(tie_rate=tie_rate)
    return simulate(strengths, n_voters=n, n_prompts=1, votes_per_voter=1, taste=taste, rng=rng)


def swapped(battles):
    outcome = np.array([1, 0, 2, 3], dtype=np.int8)[battles.outcome]
    return Battles(contestants=battles.contestants, a=battles.b, b=battles.a, outcome=outcome)


def test_three_votes_by_hand():
    """A win between equals moves k/2; then E = 1 / (1 + 10^(-4/400)); a tie pulls them together."""
    found = elo(battles_of([("A", "B", "a"), ("A", "B", "a"), ("B", "A", "tie")]), k=4)
    second = 2 + 4 * (1 - 1 / (1 + 10 ** (-4 / 400)))
    third = second + 4 * (0.5 - 1 / (1 + 10 ** (-2 * second / 400)))
    np.testing.assert_allclose(found.elo, [1000 + third, 1000 - third], atol=1e-12)
    assert (found.k, found.both_bad) == (4, "half")


def test_the_same_votes_in_another_order_give_other_numbers():
    rows = [("A", "B", "a")] * 3 + [("A", "B", "b")] * 3
    first, last = elo(battles_of(rows), k=32).elo, elo(battles_of(rows[::-1]), k=32).elo
    assert first[0] < 1000 < last[0]
    assert "order" in module.EloResult.__doc__
    assert "never the rating" in elo.__doc__


@pytest.mark.parametrize("k", [1.0, 4.0, 32.0])
def test_agrees_with_evalica(k):
    battles = games(np.linspace(-1, 1, 7), 3000, tie_rate=0.4)
    names = battles.contestants
    theirs = evalica.elo(
        [names[i] for i in battles.a],
        [names[i] for i in battles.b],
        [WINNERS[code] for code in battles.outcome],
        k=k,
    ).scores
    np.testing.assert_allclose(elo(battles, k=k).elo, [theirs[name] for name in names], atol=1e-9)


def test_shuffles_are_single_passes_in_another_order(monkeypatch):
    """The shuffles step together in lanes, in several blocks; each must be what one pass gives."""
    battles = games(np.linspace(-1, 1, 4), 1500, tie_rate=0.4)
    monkeypatch.setattr(module, "BLOCK", 3200)
    found = elo_permutations(battles, n_permutations=5, k=16, rng=np.random.default_rng(8))
    rng = np.random.default_rng(8)
    single = [elo(battles.where(rng.permutation(1500)), k=16).elo for _ in range(5)]
    np.testing.assert_allclose(found.mean, np.mean(single, axis=0), atol=1e-9)
    np.testing.assert_allclose(found.order_sd, np.std(single, axis=0, ddof=1), atol=1e-9)


def test_the_spread_over_orders_is_what_was_published_and_grows_with_k():
    """2,000 games of 4 equally spaced, 60 shuffles: sd 3.6, 13.4, 31.5, 49.1 for k 1, 4, 16, 32."""
    battles = games(np.arange(4) * 50 / SCALE, 2000)
    found = [
        elo_permutations(battles, n_permutations=60, k=k, rng=np.random.default_rng(4))
        for k in (1, 4, 16, 32)
    ]
    spread = [result.order_sd.mean() for result in found]
    np.testing.assert_allclose(spread, [3.6, 13.4, 31.5, 49.1], rtol=0.12)
    orders = [result.n_orders for result in found]
    assert orders == sorted(orders)
    assert orders[0] < orders[-1]


def test_the_spread_between_equals_is_the_stationary_one():
    """Gains 2 g d + 2 g^2 of the sum of squares balance at variance k s (K - 1) / (2 K), s = 400 / ln 10."""
    found = elo_permutations(games(np.zeros(5), 1500), n_permutations=150, k=32, rng=np.random.default_rng(1))
    expected = math.sqrt(32 * SCALE * 4 / 10)
    assert math.sqrt((found.order_sd**2).mean()) == pytest.approx(expected, rel=0.1)


def test_the_mean_over_orders_follows_bradley_terry():
    battles = games(np.linspace(-1, 1, 8), 5000, tie_rate=0.3)
    found = elo_permutations(battles, n_permutations=30, rng=np.random.default_rng(2))
    assert np.corrcoef(found.mean, bradley_terry(battles).strengths)[0, 1] > 0.999
    assert found.n_permutations == 30


def test_the_same_seed_gives_the_same_shuffles():
    battles = games(np.zeros(3), 200)
    first, again, other = (
        elo_permutations(battles, n_permutations=3, rng=np.random.default_rng(seed)).mean
        for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()


@given(st.lists(st.sampled_from(["AB", "BA", "AC", "CB"]), min_size=1, max_size=12), st.data())
@settings(max_examples=15)
def test_sides_and_names_do_not_matter_and_the_mean_stays_1000(pairs, data):
    winners = data.draw(
        st.lists(st.sampled_from(["a", "b", "tie"]), min_size=len(pairs), max_size=len(pairs))
    )
    table = [(*pair, winner) for pair, winner in zip(pairs, winners, strict=True)]
    battles = battles_of(table)
    found = elo(battles, k=32)
    assert found.elo.mean() == pytest.approx(1000)
    np.testing.assert_allclose(elo(swapped(battles), k=32).elo, found.elo, atol=1e-9)
    other = {"A": "Z", "B": "Y", "C": "X"}
    renamed = elo(battles_of([(other[a], other[b], winner) for a, b, winner in table]), k=32)
    assert dict(zip(renamed.contestants, renamed.elo, strict=True)) == pytest.approx(
        {other[name]: value for name, value in zip(found.contestants, found.elo, strict=True)}
    )


def test_both_bad_can_be_dropped_and_a_vote_of_weight_zero_counts_nowhere():
    rows = [("A", "B", "a", "v", "p", 1), ("A", "B", "both_bad", "v", "p", 1), ("A", "B", "b", "v", "p", 0)]
    assert elo(battles_of(rows), both_bad="drop").elo[0] == 1002
    assert elo(battles_of(rows)).elo[0] < 1002


def test_weights_are_refused_with_their_row():
    rows = [("A", "B", "a", "v", "p", 0), ("A", "B", "a", "v", "p", 1), ("A", "B", "b", "v", "p", 2)]
    with pytest.raises(InvalidBattlesError, match=r"row 3: weight 2\.0: Elo takes votes one by one"):
        elo(battles_of(rows))


@pytest.mark.parametrize("k", [0.0, -1.0, 401.0, math.nan])
def test_a_step_out_of_range_is_refused(k):
    with pytest.raises(InvalidOptionError, match="at most 400"):
        elo(battles_of([("A", "B", "a")]), k=k)


def test_one_shuffle_shows_no_spread_and_is_refused():
    with pytest.raises(InvalidOptionError, match="at least 2"):
        elo_permutations(battles_of([("A", "B", "a")]), n_permutations=1, rng=np.random.default_rng(0))
