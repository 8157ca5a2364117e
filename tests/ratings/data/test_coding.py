from enum import Enum
from unicodedata import category

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.data.battles import Battles
from ratings.data.coding import Coded, Coder, coded
from ratings.errors import InvalidBattlesError, InvalidOptionError

ROWS = {
    "model_a": ["Elm", "Ash", "Elm", "Oak", "Ash"],
    "model_b": ["Ash", "Oak", "Oak", "Ash", "Elm"],
    "winner": ["model_a", "tie", "both_bad", "model_b", "tie"],
    "voter": ["w", "v", "w", "w", "v"],
}


def spare_category(values):
    """A categorical that also lists names no row has, in an order of its own."""
    return pd.Categorical(values, categories=["Yew", *sorted(set(values), reverse=True), "unused"])


def in_chunks(values):
    """Arrow dictionaries that differ from chunk to chunk."""
    return pa.chunked_array(
        [pa.array(values[:2]).dictionary_encode(), pa.array(values[2:]).dictionary_encode()]
    )


WAYS = {
    "tuple": tuple,
    "dict keys": lambda values: dict(enumerate(values)).values(),
    "array of text": np.array,
    "array of objects": lambda values: np.array(values, dtype=object),
    "pandas text": pd.Series,
    "pandas objects": lambda values: pd.Series(values, dtype=object),
    "pandas strings": lambda values: pd.Series(values, dtype="string"),
    "pandas Arrow text": lambda values: pd.Series(values, dtype=pd.ArrowDtype(pa.string())),
    "pandas column of categories": lambda values: pd.Series(spare_category(values)),
    "pandas categorical": spare_category,
    "pandas index of categories": lambda values: pd.CategoricalIndex(spare_category(values)),
    "Arrow text": pa.array,
    "Arrow text in chunks": lambda values: pa.chunked_array([values[:3], values[3:]]),
    "Arrow dictionary": lambda values: pa.array(values).dictionary_encode(),
    "Arrow dictionaries in chunks": in_chunks,
    "Arrow large text": lambda values: pa.array(values, pa.large_string()),
    "sliced Arrow dictionary": lambda values: pa.array(["Yew", *values]).dictionary_encode()[1:],
}


def arrays(battles):
    names = ("a", "b", "outcome", "voter", "prompt", "output_a", "output_b", "weight")
    found = {name: getattr(battles, name) for name in names}
    return battles.contestants, {name: None if v is None else v.tolist() for name, v in found.items()}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_column_means_the_same_whatever_library_it_comes_from(way):
    columns = {name: way(values) for name, values in ROWS.items()}
    assert arrays(Battles.from_columns(columns)) == arrays(Battles.from_columns(ROWS))


def test_a_data_frame_is_a_mapping_of_columns():
    frame = pd.DataFrame(ROWS | {"length_a": range(5), "length_b": [2.5] * 5, "note": None})
    battles = Battles.from_columns(frame, features=["length"])
    assert arrays(battles) == arrays(Battles.from_columns(ROWS))
    assert battles.features_a[:, 0].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("mark", ["\x1b", "\x00", "\n", "\t", "\x7f", "\x9b"])
def test_a_control_character_in_a_contestant_is_refused_and_in_a_prompt_is_not(mark):
    name = f"Elm{mark}["
    for way in (list, spare_category, pa.array):
        with pytest.raises(
            InvalidBattlesError, match=r"^row 2: model_b .* holds a control character"
        ) as caught:
            Battles.from_columns(ROWS | {"model_b": way([ROWS["model_b"][0], name, *ROWS["model_b"][2:]])})
        assert repr(name) in str(caught.value)
    told = [name, *ROWS["voter"][1:]]
    assert Battles.from_columns(ROWS | {"voter": told, "prompt": told}).prompt is not None


@pytest.mark.parametrize("name", ["É t é", "樺\u3000木", "🧑‍🎨", "שקד", "a\u202fb", "👍🏽"])
def test_ordinary_unicode_is_a_name(name):
    columns = {"model_a": [name], "model_b": ["B"], "winner": ["tie"]}
    assert name in Battles.from_columns(columns).contestants


def test_a_single_feature_as_a_text_is_refused():
    with pytest.raises(InvalidOptionError, match=r"features 'length' is one text; give a list"):
        Battles.from_columns(ROWS | {"length_a": range(5), "length_b": range(5)}, features="length")


def test_a_number_as_a_name_is_told_what_a_name_is():
    with pytest.raises(InvalidBattlesError, match=r"voter 1\.0 .* non-empty text or a whole number$"):
        Battles.from_columns(ROWS | {"voter": [1.0, 2.0, 1.0, 2.0, 1.0]})


def test_a_category_that_no_row_uses_is_not_a_contestant():
    columns = ROWS | {name: spare_category(ROWS[name]) for name in ("model_a", "model_b")}
    assert Battles.from_columns(columns).contestants == ("Ash", "Elm", "Oak")


MISSING = {
    "list": list,
    "pandas text": pd.Series,
    "pandas categorical": pd.Categorical,
    "pandas strings": lambda values: pd.Series(values, dtype="string"),
    "Arrow text": pa.array,
    "Arrow dictionary": lambda values: pa.array(values).dictionary_encode(),
    "Arrow dictionaries in chunks": in_chunks,
}


@pytest.mark.parametrize("way", MISSING.values(), ids=MISSING)
@pytest.mark.parametrize(
    ("name", "right"), [("model_a", "is not a name"), ("winner", "is not one of"), ("voter", "is not a name")]
)
def test_a_missing_value_is_refused_with_its_row(way, name, right):
    values = [*ROWS[name][:3], None, ROWS[name][4]]
    with pytest.raises(InvalidBattlesError, match=f"^row 4: {name} (None|nan|<NA>) {right}"):
        Battles.from_columns(ROWS | {name: way(values)})


@pytest.mark.parametrize(
    ("column", "row", "value"),
    [
        ([1, 2, True, 4, 5], 3, "True"),
        ([1, 2, 1.0, 4, 5], 3, "1.0"),
        (np.array([1, 2, 1.0, 4, 5], dtype=object), 3, "1.0"),
        ([1, "2", {}, "2", []], 3, "{}"),
        (["v", "v", ["v"], "v", "v"], 3, r"\['v'\]"),
        (["v", "", "v", " ", "v"], 2, "''"),
        (["v", b"v", "v", "v", "v"], 2, "b'v'"),
        (np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 1, "1.0"),
        (np.array([True] * 5), 1, "True"),
        (pd.Categorical([1.5, 1, 2, 1, 2]), 1, "1.5"),
        (pd.Categorical([" ", "v", "v", "", "v"], categories=["", "v", " "]), 1, "' '"),
        (pa.array(["v", "v", "w", "", "w"]), 4, "''"),
    ],
)
def test_the_first_wrong_value_is_named_in_whatever_column(column, row, value):
    with pytest.raises(InvalidBattlesError, match=f"^row {row}: voter {value} is not a name"):
        Battles.from_columns(ROWS | {"voter": column})


def test_an_arrow_column_of_lists_is_refused_by_its_type():
    with pytest.raises(InvalidBattlesError, match="column voter holds list<item: int64>, not names"):
        Battles.from_columns(ROWS | {"voter": pa.array([[1]] * 5)})


@pytest.mark.parametrize(
    "column",
    [
        [10, 9, 10, 10, 9],
        ["10", "9", "10", "10", "9"],
        [10, "9", "10", 10, 9],
        np.array([10, 9, 10, 10, 9], dtype=np.int8),
        np.array([10, 9, 10, 10, 9], dtype=np.uint64),
        np.array(["10", "9", "10", "10", "9"]),
        pd.Series([10, 9, 10, 10, 9]),
        pd.Series([10, 9, 10, 10, 9], dtype="Int64"),
        pd.Categorical([10, 9, 10, 10, 9]),
        pa.array([10, 9, 10, 10, 9]),
    ],
)
def test_integers_are_names_as_text_and_sort_like_it(column):
    assert Battles.from_columns(ROWS | {"voter": column}).voter.tolist() == [0, 1, 0, 0, 1]


class Named(str, Enum):  # noqa: UP042 - its text is not its value
    SMALL = "small"


def test_a_member_of_an_enumeration_is_its_value():
    columns = ROWS | {"voter": [Named.SMALL, "v", "small", "v", Named.SMALL]}
    assert Battles.from_columns(columns).voter.tolist() == [0, 1, 0, 1, 0]


@pytest.mark.parametrize("far", [2**63 - 1, -(2**63), 10**12])
def test_integers_far_apart_are_coded_as_well(far):
    column = np.array([far, 3, far, 3, 3], dtype=np.int64)
    found = coded(column)
    assert [found.value(code) for code in found.codes] == column.tolist()
    assert len(found.values) == 2


def test_a_column_in_pieces_of_any_size_is_coded_as_one():
    coder = Coder()
    for piece in (["x"], [], ["y", "x"], ["x"] * 40_000, ["z"]):
        coder.add(piece)
    found = coder.coded()
    assert found.values == ["x", "y", "z"]
    assert found.codes.tolist() == [0, 1, 0, *[0] * 40_000, 2]
    assert found.used() == [0, 1, 2]


def test_what_is_used_and_where_it_stands_first():
    found = Coded(np.array([2, -1, 2, 0]), ("x", "y", "z"))
    assert found.used() == [-1, 0, 2]
    assert found.first([0, -1]) == (2, None)
    assert found.first([0, 2]) == (1, "z")


def test_a_column_without_rows_has_no_contestants():
    empty = Battles.from_columns({name: [] for name in ROWS})
    assert (empty.contestants, len(empty)) == ((), 0)
    assert len(Battles.from_columns({name: pa.array([], pa.string()) for name in ROWS})) == 0


names = st.one_of(st.text(max_size=3), st.integers(-2, 12), st.sampled_from(["1", "10", "É", "樺 "]))
good = names.filter(lambda name: str(name).strip() and not any(category(mark) == "Cc" for mark in str(name)))


@st.composite
def rows_in_an_order(draw):
    kept = draw(st.lists(st.tuples(good, good, good), max_size=12))
    rows = [row for row in kept if str(row[0]) != str(row[1])]
    return rows, draw(st.permutations(range(len(rows))))


@settings(max_examples=40)
@given(rows_in_an_order())
def test_codes_follow_the_rows_in_any_order_and_any_library(drawn):
    rows, order = drawn
    columns = {"winner": ["tie"] * len(rows)}
    for place, name in enumerate(("model_a", "model_b", "voter")):
        columns[name] = [row[place] for row in rows]
    straight = Battles.from_columns(columns)
    assert [straight.contestants[code] for code in straight.a] == [str(row[0]) for row in rows]
    assert list(straight.contestants) == sorted({str(name) for row in rows for name in row[:2]})
    moved = {
        name: np.array([str(values[row]) for row in order], dtype=object) for name, values in columns.items()
    }
    categories = {name: pd.Categorical(values) for name, values in moved.items()}
    for other in (Battles.from_columns(moved), Battles.from_columns(categories)):
        assert other.contestants == straight.contestants
        for name in ("a", "b", "voter"):
            assert getattr(other, name).tolist() == getattr(straight, name)[list(order)].tolist()
