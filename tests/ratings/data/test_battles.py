import tracemalloc

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


FEATURES = {"length_a": [1, 0, 2.5], "length_b": ["3", "4", "5e1"]}


def test_features_are_read_from_a_column_for_either_side():
    bold = {"bold_a": np.array([0, 1, 0]), "bold_b": np.array([True, False, True])}
    battles = Battles.from_columns(changed(**FEATURES, **bold), features=("length", "bold"))
    assert battles.feature_names == ("length", "bold")
    assert battles.features_a.tolist() == [[1, 0], [0, 1], [2.5, 0]]
    assert battles.features_b.tolist() == [[3, 1], [4, 0], [50, 1]]


def test_features_that_are_not_asked_for_are_ignored():
    assert Battles.from_columns(changed(length_a=["?"] * 3)).feature_names == ()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"length_b": None}, "no column length_b; a feature has a column for either side"),
        ({"length_a": [1, None, 2]}, "row 2: length_a None is not a number"),
        ({"length_a": ["1", "", "2"]}, "row 2: length_a '' is not a number"),
        ({"length_b": [1, 2, float("nan")]}, "row 3: length_b nan is not a finite number of at least 0"),
        ({"length_b": np.array([1, np.inf, 2])}, "row 2: length_b inf is not a finite number"),
        ({"length_a": [1, -1, -2]}, r"row 2: length_a -1\.0 is not a finite number"),
        ({"length_a": [1, 2]}, "column length_a has 2 rows, but model_a has 3"),
    ],
)
def test_a_feature_that_is_no_number_of_at_least_0_is_refused_with_its_row(wrong, message):
    with pytest.raises(InvalidBattlesError, match=message):
        Battles.from_columns(changed(**(FEATURES | wrong)), features=["length"])


def test_a_feature_twice_is_refused():
    with pytest.raises(InvalidBattlesError, match="feature_names length, length are not all different"):
        Battles.from_columns(changed(**FEATURES), features=["length", "length"])


def test_without_a_weight_column_weights_take_no_memory():
    assert Battles.from_columns(COLUMNS).is_unweighted
    assert not Battles.from_columns(changed(weight=[1, 1, 1])).is_unweighted


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"a": np.array([0.0, 1.0])}, "a has dtype float64; codes are integers"),
        ({"outcome": np.array([True, False])}, "outcome has dtype bool; codes are integers"),
        ({"a": np.array([[0], [1]]), "b": np.array([[1], [0]])}, r"a has shape \(2, 1\); codes have one"),
        ({"voter": np.array([0, 2**63], dtype=np.uint64)}, "row 2: voter 9223372036854775808 is not a code"),
        ({"a": np.array([0, 200], dtype=np.uint8)}, "row 2: a 200 is not a code of at least 0 and below 2"),
        ({"weight": np.array([1.0, 1e-7])}, "row 2: weight 1e-07 is neither 0"),
    ],
)
def test_arrays_that_are_no_codes_are_refused(wrong, message):
    with pytest.raises(InvalidBattlesError, match=message):
        Battles(**(CODES | wrong))


def test_the_row_of_one_contestant_on_both_sides_is_found_far_down():
    n = 2_200_000
    a, b = np.zeros(n, dtype=np.int8), np.ones(n, dtype=np.int8)
    a[n - 2] = 1
    with pytest.raises(InvalidBattlesError, match=f"row {n - 1}: both sides are the same contestant"):
        Battles(contestants=("X", "Y"), a=a, b=b, outcome=np.zeros(n, dtype=np.int8))


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", ">i4", ">u8"])
def test_integer_codes_are_kept_without_a_copy(dtype):
    a, b = np.array([0, 1], dtype=dtype), np.array([1, 0], dtype=dtype)
    battles = Battles(**(CODES | {"a": a, "b": b, "voter": b}))
    assert battles.a.tolist() == [0, 1]
    assert np.shares_memory(battles.a, a)
    assert battles.a.dtype.itemsize == a.dtype.itemsize
    assert battles.a.dtype.str[1:] != "u8"


FEATURE_ARRAYS = {
    "feature_names": ("length",),
    "features_a": np.array([[1.0], [2.0]]),
    "features_b": np.array([[3.0], [4.0]]),
}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"features_b": None}, "feature_names, features_a and features_b come together or not at all"),
        ({"feature_names": ()}, "come together or not at all"),
        ({"features_a": np.array([1.0, 2.0])}, r"features_a has shape \(2,\), not \(2, 1\)"),
        ({"features_b": np.array([[1.0], [np.nan]])}, "row 2: length_b nan is not a finite number"),
        ({"a": None}, "a is missing"),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(wrong, message):
    with pytest.raises(InvalidBattlesError, match=message):
        Battles(**(CODES | FEATURE_ARRAYS | wrong))


@pytest.mark.parametrize("weight", [None, np.array([1.0, 2.0])])
def test_features_and_weights_stay_with_their_battles(weight):
    battles = Battles(**(CODES | FEATURE_ARRAYS | {"weight": weight}))
    kept = battles.among(np.array([True, True])).where(np.array([False, True]))
    assert kept.features_b.tolist() == [[4.0]]
    assert kept.is_unweighted == (weight is None)
    assert kept.weight.tolist() == [1.0 if weight is None else 2.0]


def test_weights_stay_with_their_battles_among_fewer_contestants():
    battles = battles_of(
        [("A", "B", "a", 3), ("B", "C", "b", 2), ("A", "C", "tie", 5)],
        columns="model_a model_b winner weight",
    )
    assert battles.among(np.array([True, False, True])).weight.tolist() == [5.0]


def test_checking_codes_takes_far_less_memory_than_a_column():
    n = 4_000_000
    a, b = np.zeros(n, dtype=np.int16), np.ones(n, dtype=np.int16)
    outcome = np.zeros(n, dtype=np.int8)
    tracemalloc.start()
    Battles(contestants=("X", "Y"), a=a, b=b, outcome=outcome, voter=a)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.3 * a.nbytes
