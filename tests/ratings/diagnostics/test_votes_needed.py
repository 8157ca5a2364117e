import math

import numpy as np
import pytest
from scipy.stats import norm

from ratings.data.battles import Battles
from ratings.diagnostics.votes_needed import votes_needed
from ratings.errors import InvalidOptionError
from ratings.fits.bradley_terry import bradley_terry
from ratings.studies.simulate import Taste, simulate
from ratings.uncertainty.intervals import covariance, difference_interval
from tests.ratings.samples import battles_of


def repeated(battles, times):
    """The same votes again, by other voters."""
    n, offset = len(battles), int(battles.voter.max()) + 1
    return Battles(
        contestants=battles.contestants,
        a=np.tile(battles.a, times),
        b=np.tile(battles.b, times),
        outcome=np.tile(battles.outcome, times),
        voter=np.tile(battles.voter, times) + np.repeat(np.arange(times), n) * offset,
    )


def pair(won, lost):
    return battles_of(
        [("A", "B", "a", f"v{v}") for v in range(won)] + [("A", "B", "b", f"w{v}") for v in range(lost)]
    )


def needed(battles, first="A", second="B", cluster="vote"):
    fit = bradley_terry(battles)
    return votes_needed(fit, covariance(fit, battles, cluster=cluster), battles, first, second)


def test_two_contestants_by_hand_are_the_textbooks_number():
    """For 60 to 50 both are (z / d)^2 / (p (1 - p)) - 110, up to the jackknife's small correction."""
    found = needed(pair(60, 50))
    p, gap = 60 / 110, math.log(60 / 50)
    total = (norm.isf(0.025) / gap) ** 2 / (p * (1 - p))
    assert found.difference == pytest.approx(gap)
    assert found.same_mix == pytest.approx(total - 110, rel=0.03)
    assert found.direct == pytest.approx(total - 110, rel=0.03)


@pytest.mark.parametrize("seed", [1, 6, 11])
def test_the_same_mix_really_separates_at_the_forecast_and_not_long_before(seed):
    """The votes repeated by new voters: the interval leaves zero at 90 % to 110 % of the forecast."""
    rng = np.random.default_rng(seed)
    taste = Taste(voter_sd=0.6)
    battles = simulate([0.0, 0.1, 1.0], n_voters=60, n_prompts=1, votes_per_voter=15, taste=taste, rng=rng)
    first, second, _ = battles.contestants
    found = needed(battles, first, second, cluster="voter")
    times = 1 + found.same_mix / len(battles)
    assert 2 < times < 60

    def is_separated(n):
        more = repeated(battles, n)
        fit = bradley_terry(more)
        interval = difference_interval(fit, covariance(fit, more, cluster="voter"), first, second)
        return interval.low[0] > 0 or interval.high[0] < 0

    assert is_separated(math.ceil(1.1 * times))
    assert not is_separated(math.floor(0.9 * times))


@pytest.mark.parametrize("seed", [3, 5, 6])
def test_direct_votes_really_separate_at_the_forecast_and_not_long_before(seed):
    rng = np.random.default_rng(seed)
    taste = Taste(tie_rate=0.0)
    battles = simulate([0.0, 0.2, 1.0], n_voters=400, n_prompts=1, votes_per_voter=1, taste=taste, rng=rng)
    one, other, _ = battles.contestants
    fit = bradley_terry(battles)
    found = needed(battles, one, other)
    share = 1 / (1 + math.exp(-found.difference))

    def z_with(more):
        """Add ``more`` votes on the pair, split as the fit predicts, which leaves the fit where it is."""
        n = round(more)
        added = Battles(
            contestants=battles.contestants,
            a=np.append(battles.a, np.zeros(n, dtype=int)),
            b=np.append(battles.b, np.ones(n, dtype=int)),
            outcome=np.append(battles.outcome, np.arange(n) >= n * share).astype(np.int8),
        )
        refit = bradley_terry(added)
        interval = difference_interval(refit, covariance(refit, added, cluster="vote"), one, other)
        return abs(refit.strengths[0] - refit.strengths[1]) / interval.standard_error[0]

    assert abs(fit.strengths[0] - fit.strengths[1]) / found.standard_error < 1.96
    assert z_with(1.1 * found.direct) > 1.96 > z_with(0.9 * found.direct)
    assert found.direct < found.same_mix


def test_direct_votes_cost_more_where_voters_differ():
    rng = np.random.default_rng(3)
    taste = Taste(voter_sd=1.5, tie_rate=0.0)
    battles = simulate([0.0, 0.1, 1.0], n_voters=60, n_prompts=1, votes_per_voter=40, taste=taste, rng=rng)
    names = battles.contestants[:2]
    assert needed(battles, *names, cluster="voter").direct > 2 * needed(battles, *names).direct


def test_equals_are_never_separated_and_the_separated_need_no_more():
    equal, clear = needed(pair(20, 20)), needed(pair(300, 20))
    assert equal.same_mix == equal.direct == math.inf
    assert clear.same_mix == clear.direct == 0
    assert (clear.first, clear.second, clear.level) == ("A", "B", 0.95)


def test_a_stricter_level_needs_more():
    battles = pair(60, 50)
    fit = bradley_terry(battles)
    cov = covariance(fit, battles, cluster="vote")
    counts = [votes_needed(fit, cov, battles, "A", "B", level=level).direct for level in (0.8, 0.95, 0.99)]
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[2]


def test_no_interval_gives_no_forecast():
    battles = battles_of([("A", "B", "tie", "v1"), ("A", "B", "tie", "v2"), ("B", "C", "tie", "v1")])
    found = needed(battles, "A", "C", cluster="voter")
    assert math.isnan(found.standard_error)
    assert math.isnan(found.same_mix)
    assert math.isnan(found.direct)


@pytest.mark.parametrize("names", [("A", "Q"), ("A", "A")])
def test_names_that_are_no_pair_are_refused(names):
    with pytest.raises(InvalidOptionError):
        needed(pair(2, 2), *names)
