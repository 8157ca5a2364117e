import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings import Battles, InvalidBattlesError, InvalidOptionError, Outcome
from ratings.data.counts import pair_sums, win_matrix
from tests.ratings.samples import battles_of

COLUMNS = {"model_a": ["X", "Y", "X"], "model_b": ["Y", "Z", "Z"], "winner": ["model_a", "tie", "both_bad"]}


def changed(**columns):
    return COLUMNS | columns


def test_columns_become_codes_of_sorted_names():
    battles = Battles.from_columns(COLUMNS)
    assert battles.contestants == ("X", "Y", "Z")
    assert battles.a.tolist() == [0, 1, 0]
    assert battles.b.tolist() == [1, 2, 2]
    assert battles.outcome.tolist() == [Outcome.A, Outcome.TIE, Outcome.BOTH_BAD]
    assert battles.weight.tolist() == [1, 1, 1]
    assert battles.voter is None
    assert len(battles) == 3


def test_the_older_spelling_of_both_bad_means_the_same():
    old = Battles.from_columns(changed(winner=["model_b", "tie (bothbad)", "tie"]))
    assert old.outcome.tolist() == [Outcome.B, Outcome.BOTH_BAD, Outcome.TIE]


def test_codes_do_not_depend_on_the_order_of_rows():
    rows = [("B", "A", "a", "w", "q"), ("C", "A", "b", "v", "p")]
    forward, backward = battles_of(rows), battles_of(rows[::-1])
    assert forward.contestants == backward.contestants
    for name in ("a", "b", "outcome", "voter", "prompt"):
        assert getattr(forward, name).tolist() == getattr(backward, name).tolist()[::-1]


def test_identifiers_may_be_integers_and_columns_numpy_arrays():
    battles = Battles.from_columns(changed(voter=[7, 7, 9], weight=np.array([1.0, 2.0, 0.5])))
    assert battles.voter.tolist() == [0, 0, 1]
    assert battles.weight.tolist() == [1, 2, 0.5]


def test_outputs_of_both_sides_share_their_codes():
    battles = Battles.from_columns(changed(output_a=["o1", "o2", "o1"], output_b=["o2", "o3", "o3"]))
    assert battles.output_a.tolist() == [0, 1, 0]
    assert battles.output_b.tolist() == [1, 2, 2]


def test_other_columns_are_ignored_and_optional_ones_may_be_none():
    battles = Battles.from_columns(changed(voter=None, conversation=["?", "?", "?"]))
    assert battles.voter is None


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            changed(winner=["model_a", "Tie", "tie"]),
            "row 2: winner 'Tie' is not one of model_a, model_b, tie, ",
        ),
        (changed(winner=["model_a", "tie", None]), "row 3: winner None is not one of"),
        (changed(winner=["model_a", "tie", ["tie"]]), r"row 3: winner \['tie'\] is not one of"),
        (changed(model_b=["Y", "Y", "Z"]), "row 2: both sides are the same contestant"),
        (
            changed(weight=[1, 1, -0.5]),
            r"row 3: weight -0\.5 is neither 0 nor between 1e-06 and 1000000\.0",
        ),
        (changed(weight=[1, float("nan"), 1]), "row 2: weight nan is neither 0 nor between"),
        (changed(weight=[1, float("inf"), 1]), "row 2: weight inf is neither 0 nor between"),
        (changed(weight=[1, 1, "heavy"]), "row 3: weight 'heavy' is not a number"),
        (changed(weight=[None, 1, 1]), "row 1: weight None is not a number"),
        (changed(model_a=["X", "", "X"]), "row 2: model_a '' is not a name; it must be non-empty text"),
        (changed(model_a=["X", "Y", " "]), "row 3: model_a ' ' is not a name"),
        (changed(voter=["v", None, "v"]), "row 2: voter None is not a name"),
        (changed(prompt=[1.5, 2.5, 3.5]), "row 1: prompt 1.5 is not a name"),
        (changed(voter=[True, 1, 2]), "row 1: voter True is not a name"),
        (changed(voter=["v", "w"]), "column voter has 2 rows, but model_a has 3"),
        (changed(model_b=["Y"]), "column model_b has 1 rows, but model_a has 3"),
        (changed(output_a=["o", "o", "o"]), "output_a and output_b come together or not at all"),
        ({"model_a": ["X"], "model_b": ["Y"]}, "no column winner; model_a, model_b and winner are required"),
    ],
)
def test_what_is_not_a_battle_is_refused_with_its_row_and_value(columns, message):
    with pytest.raises(InvalidBattlesError, match=message) as caught:
        Battles.from_columns(columns)
    assert isinstance(caught.value, ValueError)


CODES = {
    "contestants": ("X", "Y"),
    "a": np.array([0, 1], dtype=np.int32),
    "b": np.array([1, 0], dtype=np.int32),
    "outcome": np.array([0, 3], dtype=np.int8),
    "weight": np.ones(2),
}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"a": np.array([0, 2])}, "row 2: a 2 is not a code of at least 0 and below 2"),
        ({"b": np.array([-1, 0])}, "row 1: b -1 is not a code"),
        ({"b": np.array([0, 0])}, "row 1: both sides are the same contestant"),
        ({"outcome": np.array([0, 4])}, "row 2: outcome 4 is not a code of at least 0 and below 4"),
        ({"voter": np.array([3, -2])}, "row 2: voter -2 is not a code of at least 0"),
        ({"weight": np.array([1.0])}, r"weight has shape \(1,\), but a has 2 battles"),
    ],
)
def test_codes_that_cannot_be_battles_are_refused(wrong, message):
    with pytest.raises(InvalidBattlesError, match=message):
        Battles(**(CODES | wrong))


def test_arrays_of_battles_are_read_only_and_leave_the_callers_own_writeable():
    weight = np.ones(2)
    battles = Battles(**(CODES | {"weight": weight}))
    with pytest.raises(ValueError, match="read-only"):
        battles.weight[0] = 5
    weight[0] = 1.0


def test_only_positive_weights_count_and_both_bad_can_be_dropped():
    battles = battles_of(
        [("A", "B", "a", 1), ("A", "B", "both_bad", 1), ("A", "B", "b", 0)],
        columns="model_a model_b winner weight",
    )
    assert len(battles.counted("half")) == 2
    assert len(battles.counted("drop")) == 1
    with pytest.raises(InvalidOptionError, match="'third' is not one of half, drop"):
        battles.counted("third")


def test_among_keeps_the_battles_between_members_and_renames_their_codes():
    battles = battles_of([("A", "B", "a"), ("B", "C", "b"), ("A", "C", "tie")])
    kept = battles.among(np.array([False, True, True]))
    assert kept.contestants == ("B", "C")
    assert (kept.a.tolist(), kept.b.tolist(), kept.outcome.tolist()) == ([0], [1], [Outcome.B])


@pytest.mark.parametrize("side", ["a", "b"])
def test_win_matrix_counts_wins_of_either_side_and_halves_of_ties(side):
    pair = ("A", "B") if side == "a" else ("B", "A")
    loss = "b" if side == "a" else "a"
    rows = [(*pair, side), (*pair, side), (*pair, loss), (*pair, "tie"), (*pair, "both_bad")]
    assert win_matrix(battles_of(rows)).tolist() == [[0, 3], [2, 0]]


votes = st.lists(
    st.tuples(
        st.sampled_from(["AB", "BA", "BC", "CA"]),
        st.sampled_from(["a", "b", "tie", "both_bad"]),
        st.sampled_from("uvw"),
        st.sampled_from([0.0, 0.25, 1.0, 3.0]),
    ),
    min_size=1,
    max_size=30,
)


@given(votes)
def test_collapsing_to_clusters_and_pairs_loses_no_weight(drawn):
    rows = [(pair[0], pair[1], winner, voter, weight) for pair, winner, voter, weight in drawn]
    battles = battles_of(rows, columns="model_a model_b winner voter weight")
    sums = pair_sums(battles, battles.voter)
    k = battles.n_contestants
    total = np.zeros((k, k))
    np.add.at(total, (sums.i, sums.j), sums.won)
    np.add.at(total, (sums.j, sums.i), sums.lost)
    np.testing.assert_allclose(total, win_matrix(battles), atol=1e-12)
    cells = np.stack([sums.cluster, sums.i, sums.j], axis=1)
    assert len(np.unique(cells, axis=0)) == len(cells)
    assert (sums.i < sums.j).all()
