from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratings.data.battles import Battles
from ratings.data.layouts import from_layout, layout_of, to_layout
from ratings.errors import InvalidBattlesError, InvalidOptionError
from tests.ratings.samples import battles_of

A33 = {
    "question_id": ["q1", "q1", "q2"],
    "model_a": ["Elm", "Oak", "Elm"],
    "model_b": ["Oak", "Ash", "Ash"],
    "winner": ["model_a", "tie (bothbad)", "tie"],
    "judge": ["user_2", "user_1", "user_2"],
    "conversation_a": [[{"role": "user", "content": "?"}]] * 3,
    "turn": [1, 1, 2],
    "anony": [True, True, True],
    "language": ["English"] * 3,
    "tstamp": [1.5, 2.5, 3.5],
}
A55 = {
    "id": [30, 10, 20],
    "model_a": ["Elm", "Oak", "Elm"],
    "model_b": ["Oak", "Ash", "Ash"],
    "prompt": ['["draw a kite"]', '["draw a lamp"]', '["draw a kite"]'],
    "response_a": ["..."] * 3,
    "winner_model_a": [1, 0, 0],
    "winner_model_b": [0, 1, 0],
    "winner_tie": [0, 0, 1],
}
A140 = {
    "id": ["c3", "a1", "b2"],
    "model_a": ["Elm", "Oak", "Elm"],
    "model_b": ["Oak", "Ash", "Ash"],
    "winner": ["model_b", "both_bad", "tie"],
    "evaluation_session_id": ["s9", "s1", "s9"],
    "evaluation_order": [1, 1, 2],
    "timestamp": ["2025-07-01"] * 3,
}


def arrays(battles):
    names = (
        "a",
        "b",
        "outcome",
        "weight",
        "voter",
        "prompt",
        "output_a",
        "output_b",
        "features_a",
        "features_b",
    )
    found = {name: getattr(battles, name) for name in names}
    return (
        battles.contestants,
        battles.feature_names,
        {k: None if v is None else v.tolist() for k, v in found.items()},
    )


@pytest.mark.parametrize(
    ("columns", "layout", "outcome", "voter", "prompt"),
    [
        (A33, "33k", [0, 3, 2], [1, 0, 1], [0, 0, 1]),
        (A55, "55k", [0, 1, 2], None, [0, 1, 0]),
        (A140, "140k", [1, 3, 2], [1, 0, 1], [2, 0, 1]),
    ],
)
def test_the_fields_layouts_are_told_apart_and_read(columns, layout, outcome, voter, prompt):
    assert layout_of(columns) == layout
    battles = from_layout(columns, layout)
    assert battles.contestants == ("Ash", "Elm", "Oak")
    assert (battles.a.tolist(), battles.b.tolist()) == ([1, 2, 1], [2, 0, 0])
    assert battles.outcome.tolist() == outcome
    assert (None if battles.voter is None else battles.voter.tolist()) == voter
    assert battles.prompt.tolist() == prompt
    assert arrays(from_layout(pd.DataFrame(columns), layout)) == arrays(battles)


@pytest.mark.parametrize(
    ("columns", "layout"),
    [
        (["model_a", "model_b", "winner"], "contract"),
        (["model_a", "model_b", "winner", "prompt"], "contract"),
        (["model_a", "model_b", "winner", "voter", "judge", "question_id"], "contract"),
        (["model_a", "model_b", "winner", "judge"], "33k"),
        (["model_a", "model_b", "winner", "prompt", "judge"], "33k"),
        (["model_a", "model_b", "winner", "winner_tie"], "contract"),
        (["model_a", "model_b", "winner_tie"], "55k"),
        ([], "contract"),
    ],
)
def test_a_voter_column_makes_the_contract_and_other_names_tell_the_rest(columns, layout):
    assert layout_of(columns) == layout


def test_the_contracts_own_columns_stand_in_where_the_layout_lacks_its():
    without = {name: column for name, column in A33.items() if name not in ("question_id", "anony")}
    battles = from_layout(without | {"prompt": ["x", "y", "y"], "weight": [1, 2, 3]}, "33k")
    assert battles.prompt.tolist() == [0, 1, 1]
    assert battles.voter.tolist() == [1, 0, 1]
    assert battles.weight.tolist() == [1, 2, 3]


def test_features_are_read_in_every_layout():
    battles = from_layout(A55 | {"length_a": [1, 2, 3], "length_b": [4, 5, 6]}, "55k", features=["length"])
    assert battles.features_b.tolist() == [[4], [5], [6]]


@pytest.mark.parametrize(
    ("columns", "layout", "message"),
    [
        (A33 | {"judge": ["u", None, "u"]}, "33k", "row 2: judge None is not a name"),
        (A33 | {"question_id": ["q", "q", ""]}, "33k", "row 3: question_id '' is not a name"),
        (
            A33 | {"anony": [True, True, False]},
            "33k",
            "row 3: anony False is not true: the voter saw the names",
        ),
        (A33 | {"anony": ["True", "False", "False"]}, "33k", "row 2: anony 'False' is not true"),
        (A33 | {"judge": ["u"]}, "33k", "column judge has 1 rows, but model_a has 3"),
        (
            A55 | {"winner_tie": [0, 1, 1]},
            "55k",
            "row 2: winner_model_a, .* are 0, 1, 1; one is 1, the others 0",
        ),
        (A55 | {"winner_tie": [0, 0, 0]}, "55k", "row 3: .* are 0, 0, 0; one is 1"),
        (A55 | {"winner_tie": [0, 0, 2]}, "55k", "row 3: .* are 0, 0, 2; one is 1"),
        (A55 | {"winner_tie": [0, 0, None]}, "55k", "row 3: winner_tie None is not a number"),
        (A55 | {"winner_tie": [float("nan"), 0, 1]}, "55k", "row 1: .* are 1, 0, nan; one is 1"),
        (A55 | {"winner_tie": [0, 0]}, "55k", "columns .* have different lengths"),
        (A55 | {"winner_tie": None}, "55k", "no column winner_tie; winner_model_a, .* come together"),
        (A55 | {"model_a": ["Elm"]}, "55k", "column model_b has 3 rows, but model_a has 1"),
        (A140 | {"winner": ["model_b", "bothbad", "tie"]}, "140k", "row 2: winner 'bothbad' is not one of"),
        (A140 | {"evaluation_session_id": ["s", "", "s"]}, "140k", "row 2: evaluation_session_id '' is not"),
    ],
)
def test_what_is_wrong_is_named_by_the_layouts_own_column(columns, layout, message):
    with pytest.raises(InvalidBattlesError, match=message):
        from_layout(columns, layout)


def test_a_layout_is_written_in_the_fields_own_names_and_spelling():
    battles = battles_of([("X", "Y", "both_bad", "ann", "kite"), ("Y", "Z", "b", "ben", "kite")])
    assert to_layout(battles, "33k") == {
        "question_id": ["p0", "p0"],
        "model_a": ["X", "Y"],
        "model_b": ["Y", "Z"],
        "winner": ["tie (bothbad)", "model_b"],
        "judge": ["v0", "v1"],
        "anony": [True, True],
    }
    assert to_layout(replace(battles, prompt=None), "140k") == {
        "id": ["1", "2"],
        "model_a": ["X", "Y"],
        "model_b": ["Y", "Z"],
        "winner": ["both_bad", "model_b"],
        "evaluation_session_id": ["v0", "v1"],
    }
    assert to_layout(battles_of([("X", "Y", "tie")]), "55k") == {
        "id": ["1"],
        "model_a": ["X"],
        "model_b": ["Y"],
        "winner_model_a": [0],
        "winner_model_b": [0],
        "winner_tie": [1],
    }


FULL = Battles(
    contestants=("X", "Y"),
    a=np.array([0, 1]),
    b=np.array([1, 0]),
    outcome=np.array([0, 3]),
    weight=np.array([1.0, 0.5]),
    voter=np.array([0, 1]),
    prompt=np.array([0, 0]),
    output_a=np.array([0, 1]),
    output_b=np.array([1, 0]),
    feature_names=("length",),
    features_a=np.array([[1.0], [2.0]]),
    features_b=np.array([[3.0], [4.0]]),
)


@pytest.mark.parametrize(
    ("battles", "layout", "message"),
    [
        (FULL, "33k", "layout 33k has no place for output, features, weight; take the contract's"),
        (FULL, "55k", "layout 55k has no place for both_bad, voter, output, features, weight"),
        (FULL, "140k", "layout 140k has no place for output, features, weight"),
        (
            battles_of([("X", "Y", "a", "v", "p"), ("X", "Y", "a", "v", "p")]),
            "140k",
            "layout 140k gives every vote its own id, but prompts repeat",
        ),
        (FULL, "57k", "layout '57k' is not one of contract, 33k, 55k, 140k"),
    ],
)
def test_what_a_layout_would_lose_is_refused(battles, layout, message):
    with pytest.raises(InvalidOptionError, match=message):
        to_layout(battles, layout)


def test_an_unknown_layout_is_not_read():
    with pytest.raises(InvalidOptionError, match="layout 'csv' is not one of contract"):
        from_layout(A33, "csv")


def test_the_contract_holds_everything():
    columns = to_layout(FULL, "contract")
    assert arrays(from_layout(columns, "contract", features=["length"])) == arrays(FULL)
    assert layout_of(columns) == "contract"


@st.composite
def written(draw):
    """A layout, and battles that have only what it can hold."""
    layout = draw(st.sampled_from(["contract", "33k", "55k", "140k"]))
    n = draw(st.integers(1, 12))
    outcomes = ["a", "b", "tie"] if layout == "55k" else ["a", "b", "tie", "both_bad"]
    own = st.integers(0, 11)
    rows = [
        (draw(st.sampled_from(["XY", "YX", "YZ", "ZX"])), draw(st.sampled_from(outcomes))) for _ in range(n)
    ]
    prompts = draw(st.permutations(range(n)) if layout == "140k" else st.lists(own, min_size=n, max_size=n))
    voters = draw(st.lists(own, min_size=n, max_size=n))
    battles = battles_of(
        [
            (*pair, winner, f"v{v:02d}", f"p{p:02d}")
            for (pair, winner), v, p in zip(rows, voters, prompts, strict=True)
        ]
    )
    return layout, replace(battles, voter=None) if layout == "55k" else battles


@settings(max_examples=60)
@given(written(), st.sampled_from([None, 2, 3]))
def test_what_is_written_reads_back_the_same(drawn, sparse):
    layout, battles = drawn
    columns = to_layout(battles, layout)
    assert layout == layout_of(columns)
    assert arrays(from_layout(columns, layout)) == arrays(battles)
    if sparse:  # codes with gaps are closed, in the same order
        thin = replace(battles, prompt=battles.prompt * sparse)
        assert arrays(from_layout(to_layout(thin, layout), layout)) == arrays(battles)
