import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import binom

from ratings.diagnostics.cycles import cycle_audit
from ratings.errors import InvalidOptionError
from ratings.studies.simulate import simulate
from tests.ratings.chatbot_arena import single
from tests.ratings.samples import any_wins, battles_of, of_wins


def ring(won, lost=0):
    rows = []
    for a, b in ("AB", "BC", "CA"):
        rows += [(a, b, "a")] * won + [(a, b, "b")] * lost
    return battles_of(rows)


def test_a_ring_is_a_cycle_and_certain_only_with_enough_votes():
    assert [cycle_audit(ring(n)).n_cycles for n in (1, 6, 7)] == [1, 1, 1]
    assert [cycle_audit(ring(n)).n_certain for n in (1, 6, 7)] == [0, 0, 1]


@pytest.mark.parametrize("lost", [0, 3, 10, 40])
def test_certainty_is_never_cheaper_than_the_exact_sign_test(lost):
    won = next(n for n in range(lost + 1, 200) if cycle_audit(ring(n, lost)).n_certain)
    assert binom.sf(won - 1, won + lost, 0.5) <= 0.05 / 3
    assert binom.sf(won - 3, won + lost - 2, 0.5) > 0.05 / 3


def test_ties_make_no_edge():
    rows = [(a, b, "tie") for a, b in ("AB", "BC", "CA")] * 9
    found = cycle_audit(battles_of(rows))
    assert (found.n_triples, found.n_cycles, found.n_certain) == (1, 0, 0)


@given(any_wins(most=6))
@settings(max_examples=25)
def test_counts_are_those_of_looking_at_every_triple(wins):
    beats, met = wins > wins.T, wins + wins.T > 0
    triples = list(itertools.combinations(range(len(wins)), 3))
    cycles = sum(
        (beats[i, j] and beats[j, k] and beats[k, i]) or (beats[j, i] and beats[k, j] and beats[i, k])
        for i, j, k in triples
    )
    found = cycle_audit(of_wins(wins))
    assert found.n_triples == sum(met[i, j] and met[j, k] and met[i, k] for i, j, k in triples)
    assert found.n_cycles == cycles


def test_equal_contestants_show_cycles_by_chance_and_hardly_ever_certain_ones():
    n_cycles, n_certain = 0, 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found = cycle_audit(simulate(np.zeros(5), n_voters=50, n_prompts=5, votes_per_voter=20, rng=rng))
        n_cycles, n_certain = n_cycles + found.n_cycles, n_certain + found.n_certain
    assert n_cycles > 20
    assert n_certain <= 1


def test_no_cycle_of_chatbot_arena_is_certain():
    found = cycle_audit(single(np.random.default_rng(0)))
    assert (found.n_triples, found.n_cycles) == (50312, 848)
    assert found.n_certain == 0


def test_a_level_that_is_none_is_refused():
    with pytest.raises(InvalidOptionError):
        cycle_audit(ring(1), level=1.0)
