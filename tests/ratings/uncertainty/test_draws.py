import numpy as np
import pytest
from scipy.stats import binom

from ratings.uncertainty.draws import drawer, streams, table_of_draws
from ratings.uncertainty.poisson import poisson_drawer
from tests.ratings.uncertainty.laws import misfit


def drawn(counts, draws, n_resamples):
    return table_of_draws(drawer(np.array(counts), draws), streams(n_resamples, np.random.default_rng(8)))


@pytest.mark.parametrize("counts", [[3, 1], [600, 399, 1], [1, 1, 1, 1, 1, 1]])
def test_multinomial_draws_have_the_exact_law(counts):
    """Few of a kind, many of a kind, and one of each are drawn in different ways."""
    table, total = drawn(counts, "multinomial", 3000), sum(counts)
    np.testing.assert_array_equal(table.sum(axis=0), total)
    for row, count in zip(table, counts, strict=True):
        assert misfit(row, binom(total, count / total)) > 1e-3


def test_multinomial_draws_of_two_kinds_move_against_each_other():
    """Correlation -sqrt(p q / ((1 - p) (1 - q))) of shares p and q: here -sqrt(.3 .2 / (.7 .8)) = -.327."""
    found = np.corrcoef(drawn([300, 200, 500], "multinomial", 3000)[:2])[0, 1]
    assert found == pytest.approx(-0.327, abs=0.06)


def test_a_total_that_overshoots_is_drawn_again_to_the_vote():
    """One Poisson total in 740 exceeds the number of votes: among 3,000 resamples about four."""
    poisson = poisson_drawer(np.array([600.0, 400.0]) * (1 - 3 / np.sqrt(1000)))
    totals = [poisson(stream).sum() for stream in streams(3000, np.random.default_rng(8))]
    assert max(totals) > 1000
    assert (drawn([600, 400], "multinomial", 3000).sum(axis=0) == 1000).all()


def test_streams_differ_and_depend_on_the_state_of_the_generator_alone():
    rng = np.random.default_rng(3)
    state = rng.bit_generator.state
    first = [stream.random() for stream in streams(50, rng)]
    later = [stream.random() for stream in streams(50, rng)]
    rng.bit_generator.state = state
    assert first == [stream.random() for stream in streams(50, rng)]
    assert len({*first, *later}) == 100
