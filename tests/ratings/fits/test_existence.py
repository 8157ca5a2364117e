import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.errors import ConvergenceError, DisconnectedError, RatingsError, UnboundedError
from ratings.fits.ascent import FARTHEST
from ratings.fits.outcome_fit import fit_outcomes
from tests.ratings.votes_under_models import of_counts

TIED_MODELS = ("rao_kupper", "davidson")


@pytest.mark.parametrize("model", TIED_MODELS)
def test_without_ties_or_without_winners_the_tie_parameter_is_refused(model):
    with pytest.raises(UnboundedError, match="no tie"):
        fit_outcomes(of_counts([(0, 1, 3, 2)]), model=model)
    with pytest.raises(UnboundedError, match="nobody won"):
        fit_outcomes(of_counts([(0, 1, 0, 0, 5)]), model=model)


@pytest.mark.parametrize("prior_sd", [None, 1.0])
def test_grounded_needs_both_bad_votes_and_ties(prior_sd):
    with pytest.raises(UnboundedError, match="no both_bad"):
        fit_outcomes(of_counts([(0, 1, 3, 2, 4)]), model="grounded", prior_sd=prior_sd)
    with pytest.raises(UnboundedError, match="no tie"):
        fit_outcomes(of_counts([(0, 1, 3, 2, 0, 4)]), model="grounded", prior_sd=prior_sd)


@pytest.mark.parametrize("model", ["half", *TIED_MODELS])
def test_contestants_apart_are_refused_by_name(model):
    islands = of_counts([(0, 1, 3, 2, 4), (2, 3, 1, 1, 1)])
    with pytest.raises(DisconnectedError, match="C, D"):
        fit_outcomes(islands, model=model)


@pytest.mark.parametrize("model", TIED_MODELS)
def test_wins_one_way_and_ties_are_refused_although_the_graph_is_connected(model):
    """A wider tie zone and a larger gap together fit ever better: wins need a cycle that outnumbers ties."""
    with pytest.raises(UnboundedError, match="tie parameter"):
        fit_outcomes(of_counts([(0, 1, 3, 0, 2)]), model=model)
    cycle = of_counts([(0, 1, 2, 0, 1), (1, 2, 2, 0, 1), (2, 0, 1, 0, 1)])
    assert np.isfinite(fit_outcomes(cycle, model=model).tie_parameter)


@pytest.mark.parametrize("model", TIED_MODELS)
def test_a_tie_across_two_wins_in_a_row_holds_the_tie_parameter_from_either_side(model):
    """A beats B beats C, so A is two tie zones above C, and yet they tie."""
    down = fit_outcomes(of_counts([(0, 1, 2), (1, 2, 2), (0, 2, 0, 0, 2)]), model=model)
    up = fit_outcomes(of_counts([(0, 1, 0, 2), (1, 2, 0, 2), (0, 2, 0, 0, 2)]), model=model)
    np.testing.assert_allclose(up.strengths, down.strengths[::-1], atol=1e-8)
    assert up.tie_parameter == pytest.approx(down.tie_parameter)


@pytest.mark.parametrize("winner", [(3,), (0, 3)])
@pytest.mark.parametrize("prior_sd", [None, 1.0])
def test_a_side_that_always_wins_has_no_finite_intercept(prior_sd, winner):
    one_sided = of_counts([(*pair, *winner) for pair in ((0, 1), (1, 0), (1, 2), (2, 1))])
    with pytest.raises(UnboundedError, match="side intercept"):
        fit_outcomes(one_sided, model="half", side=True, prior_sd=prior_sd)
    assert np.isfinite(fit_outcomes(one_sided, model="half").strengths).all()


def test_grounded_rates_islands_that_the_ground_connects_and_names_who_floats():
    rows = [(0, 1, 3, 2, 4, 2), (2, 3, 1, 1, 1, 1)]
    assert np.isfinite(fit_outcomes(of_counts(rows), model="grounded").strengths).all()
    with pytest.raises(UnboundedError, match="level for E"):
        fit_outcomes(of_counts([*rows, (0, 4, 5, 0, 0, 1)]), model="grounded")
    with pytest.raises(UnboundedError, match="level for E"):
        fit_outcomes(of_counts([*rows, (4, 0, 5, 0, 0, 0)]), model="grounded")


@st.composite
def counts(draw):
    """Sparse counts of three contestants in both orders: most have no finite maximum."""
    few = st.lists(st.sampled_from([0, 0, 0, 1, 4]), min_size=4, max_size=4)
    pairs = draw(st.lists(st.sampled_from([(0, 1), (1, 0), (1, 2), (2, 1), (2, 0)]), min_size=1, unique=True))
    rows = [(*pair, *draw(few)) for pair in pairs]
    return [row for row in rows if sum(row[2:])]


@pytest.mark.parametrize("model", ["half", "rao_kupper", "davidson"])
@given(rows=counts(), side=st.booleans())
@settings(max_examples=60)
def test_a_fit_is_refused_before_it_runs_away_or_ends_at_a_maximum(model, rows, side):
    """Every kind of sparse votes: what is not refused converges, far from the bounds."""
    if not rows:
        return
    try:
        fit = fit_outcomes(of_counts(rows), model=model, side=side)
    except ConvergenceError:
        pytest.fail(f"not refused, but without a maximum: {rows}")
    except RatingsError:
        return
    assert np.abs(fit.parameters).max() < FARTHEST / 5


@given(rows=counts(), side=st.booleans())
@settings(max_examples=60)
def test_a_grounded_fit_of_any_votes_converges_or_is_refused_by_a_typed_error(rows, side):
    if not rows:
        return
    try:
        fit = fit_outcomes(of_counts(rows), model="grounded", side=side)
    except RatingsError:
        return
    assert np.isfinite(fit.parameters).all()
