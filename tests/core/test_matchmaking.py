"""Drawing what to serve."""

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.core.matchmaking import (
    EPSILON,
    MAX_SHOWINGS,
    MIN_DISTANCE,
    UNSPACED,
    Candidate,
    draw_battle,
    eligible_pairs,
    pair_of,
    probabilities,
)


def pool(prompts: int = 3, contestants: int = 4, samples: int = 1) -> list[Candidate]:
    outputs = [(p, c) for p in range(prompts) for c in range(contestants) for _ in range(samples)]
    return [Candidate(number, p, c) for number, (p, c) in enumerate(outputs)]


def test_every_pair_of_different_contestants_is_eligible_for_a_new_voter():
    eligible = eligible_pairs(pool(prompts=2, contestants=4), [])
    assert {prompt: len(pairs) for prompt, pairs in eligible.items()} == {0: 6, 1: 6}


def test_two_samples_of_one_contestant_never_meet():
    outputs = pool(prompts=1, contestants=2, samples=2)
    owner = {candidate.output: candidate.contestant for candidate in outputs}
    (pairs,) = eligible_pairs(outputs, []).values()
    assert len(pairs) == 4
    assert all(owner[low] != owner[high] for low, high in pairs)


@given(st.integers(0, 2**32), st.integers(1, 80))
def test_a_voter_never_meets_a_pair_twice_nor_an_output_too_often_or_too_soon(seed: int, visits: int):
    rng = random.Random(seed)
    outputs = pool()
    seen: list[tuple[int, int]] = []
    for _ in range(visits):
        eligible = eligible_pairs(outputs, seen)
        if not eligible:
            break
        draw = draw_battle(eligible, {}, rng)
        seen.append(pair_of(draw.output_a, draw.output_b))
    assert len(set(seen)) == len(seen)
    assert max(Counter(output for pair in seen for output in pair).values()) <= MAX_SHOWINGS
    for output in {output for pair in seen for output in pair}:
        places = [place for place, pair in enumerate(seen) if output in pair]
        assert all(later - earlier >= MIN_DISTANCE for earlier, later in pairwise(places))


def test_nothing_is_left_when_every_pair_was_seen():
    outputs = pool(prompts=1, contestants=2)
    assert eligible_pairs(outputs, [(0, 1)]) == {}


@given(st.dictionaries(st.integers(), st.integers(0, 1000), min_size=1, max_size=30))
def test_probabilities_sum_to_one_and_starve_nobody(counts: dict[int, int]):
    chances = probabilities(counts)
    assert sum(chances.values()) == pytest.approx(1)
    assert min(chances.values()) >= EPSILON / len(counts)


def test_what_was_served_less_is_likelier():
    chances = probabilities({"often": 10, "seldom": 2})
    assert chances["seldom"] > chances["often"]


def test_propensities_of_all_possible_draws_sum_to_one():
    eligible = eligible_pairs(pool(prompts=2, contestants=3), [(0, 1)])
    served = {0: {(0, 2): 4}, 1: {(3, 4): 1, (3, 5): 2}}
    total = 0.0
    by_prompt = probabilities({prompt: sum(served[prompt].values()) for prompt in eligible})
    for prompt, pairs in eligible.items():
        chances = probabilities({pair: served[prompt].get(pair, 0) for pair in pairs})
        total += sum(2 * by_prompt[prompt] * chances[pair] / 2 for pair in pairs)
    assert total == pytest.approx(1)


def test_the_recorded_propensity_is_how_often_the_draw_happens():
    """20,000 draws: each frequency lies within five standard errors of its propensity."""
    eligible = eligible_pairs(pool(prompts=2, contestants=3), [])
    served = {0: {(0, 1): 2, (0, 2): 1}}
    rng, n = random.Random(11), 20_000
    drawn = [draw_battle(eligible, served, rng) for _ in range(n)]
    for draw, times in Counter(drawn).items():
        error = (draw.propensity * (1 - draw.propensity) / n) ** 0.5
        assert abs(times / n - draw.propensity) < 5 * error
    assert sum(draw.propensity for draw in set(drawn)) == pytest.approx(1)


def test_sides_are_a_fair_coin():
    rng, n = random.Random(3), 10_000
    first = sum(draw_battle({0: [(1, 2)]}, {}, rng).output_a == 1 for _ in range(n))
    assert abs(first - n / 2) < 5 * (n / 4) ** 0.5


def test_where_repeats_are_free_a_voter_can_judge_every_pair():
    few = [
        Candidate(output=10 * prompt + c, prompt=prompt, contestant=c) for prompt in (1, 2) for c in (1, 2, 3)
    ]
    seen: list[tuple[int, int]] = []
    rng = random.Random(1)
    while eligible := eligible_pairs(few, seen, UNSPACED):
        draw = draw_battle(eligible, {}, rng)
        seen.append(pair_of(draw.output_a, draw.output_b))
    assert len(seen) == len(set(seen)) == 6
