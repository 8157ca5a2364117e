import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratings import Battles, InvalidBattlesError, InvalidOptionError, VotesFileError, read_votes
from ratings.data.counts import win_matrix
from ratings.data.layouts import to_layout
from tests.ratings.samples import battles_of

HEADER = (
    "category,category_version,prompt,model_a,model_b,winner,"
    "output_a,output_b,voter,weight,language,origin,schema\n"
)
ROW = "drawings,1.2,p1,Alder,Birch,model_a,o1,o2,v1,1,en,human,1\n"


@pytest.fixture
def read(tmp_path):
    def read_text(text, encoding="utf-8"):
        path = tmp_path / "votes.csv"
        path.write_bytes(text.encode(encoding))
        return read_votes(path)

    return read_text


def test_all_columns_of_the_export_are_read(read):
    battles = read(HEADER + ROW + "drawings,1.3,p2,Birch,Cedar,tie,o3,o4,v1,0.5,en,human,1\n")
    assert battles.contestants == ("Alder", "Birch", "Cedar")
    assert battles.weight.tolist() == [1, 0.5]
    assert battles.voter.tolist() == [0, 0]
    assert battles.prompt.tolist() == [0, 1]
    assert battles.output_a.tolist() == [0, 2]


def test_three_columns_in_any_order_are_enough(read):
    battles = read("winner,model_b,model_a,note\nmodel_b,X,Y,hello\n")
    assert battles.contestants == ("X", "Y")
    assert win_matrix(battles).tolist() == [[0, 1], [0, 0]]
    assert battles.voter is None
    assert isinstance(battles, Battles)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_does_not_matter(read, encoding):
    assert read("model_a,model_b,winner\nÉrable,樺,tie\n", encoding).contestants == ("Érable", "樺")


def test_windows_line_ends_and_blank_lines_are_read(read):
    assert len(read("model_a,model_b,winner\r\nA,B,tie\r\n\r\nA,B,model_a\r\n")) == 2


def test_an_optional_column_that_is_blank_throughout_counts_as_absent(read):
    battles = read("model_a,model_b,winner,voter,output_a,output_b\nA,B,tie,,,\nA,B,tie,,,\n")
    assert battles.voter is None
    assert battles.output_a is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model_a,model_b,winner\nA,B,tie\nA,B,Tie\n", r"votes\.csv:3: winner 'Tie' is not one of model_a"),
        (
            "model_a,model_b,winner\nA,B,tie\n\n\nA,A,tie\n",
            r"votes\.csv:5: both sides are the same contestant",
        ),
        (
            'prompt,model_a,model_b,winner\n"p\np",A,B,tie\nq,A,,tie\n',
            r"votes\.csv:4: model_b '' is not a name",
        ),
        (
            "model_a,model_b,winner\nA,B,tie\nA\x1b[2J,B,tie\n",
            r"votes\.csv:3: model_a 'A\\x1b\[2J' is not a name; it holds a control character",
        ),
        ("model_a;model_b;winner\nA;B;tie\n", r"csv:1: .* name the columns, separated by commas"),
        ("model_a\tmodel_b\twinner\nA\tB\ttie\n", r"csv:1: .* name the columns, separated by commas"),
        ("model_a,model_b, winner\nA,B,tie\n", r"csv:1: column ' winner' has spaces around its name; take"),
        ("model_a,model_b,winner,voter \nA,B,tie,v\n", r"csv:1: column 'voter ' has spaces around"),
        ("model_a,model_b,winner,voter\nA,B,tie,v\nA,B,tie,\n", r"votes\.csv:3: voter '' is not a name"),
        (
            "model_a,model_b,winner,weight\nA,B,tie,-1\n",
            r"votes\.csv:2: weight -1\.0 is neither 0 nor between",
        ),
        ("model_a,model_b,winner,weight\nA,B,tie,1\nA,B,tie,\n", r"votes\.csv:3: weight '' is not a number"),
        ("model_a,model_b,winner\nA,B\n", r"votes\.csv:2: 2 values under 3 columns"),
        ("model_a,model_b,winner\nA,B,tie,more\n", r"votes\.csv:2: 4 values under 3 columns"),
        ('model_a,model_b,winner\nA,B,"tie\n', r"votes\.csv:2: not CSV"),
        ("model_a,model_b\nA,B\n", r"votes\.csv:1: no column winner; the first line must name the columns"),
        ("", r"votes\.csv:1: no column model_a, model_b, winner"),
        ("model_a,model_b,winner\n", r"votes\.csv: no votes in the file"),
        ("model_a,model_a,model_b,winner\nA,A,B,tie\n", r"votes\.csv:1: column model_a appears twice"),
        ("model_a,model_b,winner,output_a\nA,B,tie,o\n", r"votes\.csv: output_a and output_b come together"),
        (
            HEADER + ROW + ROW.replace("human", "judge"),
            r"votes\.csv:3: origin 'judge' after 'human'; rate them apart",
        ),
        (HEADER + ROW + ROW.replace("drawings", "poems"), r"votes\.csv:3: category 'poems' after 'drawings'"),
        (HEADER + ROW + ROW.replace("1.2", "2.0"), r"votes\.csv:3: major category_version '2' after '1'"),
    ],
)
def test_what_is_wrong_with_a_file_is_named_with_its_line(read, text, message):
    with pytest.raises(VotesFileError, match=message) as caught:
        read(text)
    assert isinstance(caught.value, InvalidBattlesError)


def test_text_that_is_not_utf_8_is_refused(read):
    with pytest.raises(VotesFileError, match=r"votes\.csv: not UTF-8 text"):
        read("model_a,model_b,winner\nÉrable,B,tie\n", "latin-1")


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(VotesFileError, match=r"none\.csv: No such file or directory"):
        read_votes(tmp_path / "none.csv")
    with pytest.raises(VotesFileError, match="Is a directory"):
        read_votes(tmp_path)


def test_lines_are_counted_through_blank_lines_and_cells_of_several_lines(read):
    many = "A,B,tie,\n" * 700
    text = 'model_a,model_b,winner,note\n\nA,B,tie,"two\r\nlines"\n' + many + "A,B,draw,\n"
    with pytest.raises(VotesFileError, match=r"votes\.csv:705: winner 'draw'"):
        read(text)


def test_a_conversation_of_any_length_fits_in_a_cell(read):
    assert len(read(f"model_a,model_b,winner,conversation_a\nA,B,tie,{'x' * 200_000}\n")) == 1


def test_features_are_read_from_a_file_when_asked_for(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text("model_a,model_b,winner,length_a,length_b\nA,B,tie,10,2.5\nB,A,tie,0,1e3\n")
    assert read_votes(path).features_a is None
    battles = read_votes(path, features=["length"])
    assert (battles.features_a.tolist(), battles.features_b.tolist()) == ([[10], [0]], [[2.5], [1000]])


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("10,", r"votes\.csv:3: length_b '' is not a number"),
        ("10,long", r"votes\.csv:3: length_b 'long' is not a number"),
        ("10,nan", r"votes\.csv:3: length_b nan is not a finite number"),
    ],
)
def test_a_blank_or_wrong_feature_is_named_with_its_line(tmp_path, cells, message):
    path = tmp_path / "votes.csv"
    path.write_text(f"model_a,model_b,winner,length_a,length_b\nA,B,tie,1,2\nA,B,tie,{cells}\n")
    with pytest.raises(VotesFileError, match=message):
        read_votes(path, features=["length"])
    with pytest.raises(
        VotesFileError, match=r"votes\.csv: no column bold_a; a feature has a column for either"
    ):
        read_votes(path, features=["bold"])


LAYOUTS = {
    "33k": (
        "question_id,model_a,model_b,winner,judge,anony\nq2,Y,X,tie (bothbad),j,True\nq1,X,Y,model_a,i,True\n"
    ),
    "55k": (
        "id,model_a,model_b,prompt,winner_model_a,winner_model_b,winner_tie\n7,Y,X,q2,0,0,1\n8,X,Y,q1,1,0,0\n"
    ),
    "140k": "id,model_a,model_b,winner,evaluation_session_id\nb,Y,X,both_bad,j\na,X,Y,model_a,i\n",
}


def test_a_path_may_be_a_text(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text("model_a,model_b,winner\nA,B,tie\n")
    assert len(read_votes(str(path))) == 1


def test_one_feature_as_a_text_is_refused(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text("model_a,model_b,winner,length_a,length_b\nA,B,tie,1,2\n")
    with pytest.raises(InvalidOptionError, match=r"'length' is one text; give a list of names: \['length'\]"):
        read_votes(path, features="length")


def test_a_prompt_of_several_lines_is_read(read):
    text = LAYOUTS["55k"].replace("q2", '"draw\n\ta ship\x0b"')
    assert len(read(text)) == 2


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_header_tells_the_layout(read, layout):
    battles = read(LAYOUTS[layout])
    assert (battles.a.tolist(), battles.prompt.tolist()) == ([1, 0], [1, 0])
    assert battles.outcome.tolist() == [2 if layout == "55k" else 3, 0]
    assert battles.voter is None if layout == "55k" else battles.voter.tolist() == [1, 0]


def test_only_the_contract_has_a_category_and_only_the_33k_says_who_was_blind(read):
    names = "question_id,model_a,model_b,winner,judge,category\n"
    assert len(read(names + "q1,X,Y,tie,j,hard\nq2,X,Y,tie,j,easy\n")) == 2
    assert len(read("model_a,model_b,winner,voter,anony\nX,Y,tie,v,False\n")) == 1


@pytest.mark.parametrize(
    ("layout", "old", "new", "message"),
    [
        ("33k", "i,True", "i,False", r"votes\.csv:3: anony 'False' is not true"),
        ("33k", "a,i,", "a,,", r"votes\.csv:3: judge '' is not a name"),
        ("55k", "q1,1,0,0", "q1,1,0,1", r"votes\.csv:3: .* are 1, 0, 1; one is 1"),
        ("55k", ",winner_tie", ",tie", r"votes\.csv:1: no column winner_tie; the first line must name"),
        ("140k", "a,i", "c,i", r"votes\.csv:3: winner 'model_c' is not one of"),
    ],
)
def test_what_is_wrong_in_a_layout_is_named_with_its_line(read, layout, old, new, message):
    with pytest.raises(VotesFileError, match=message):
        read(LAYOUTS[layout].replace(old, new))


def arrays(battles):
    names = ("a", "b", "outcome", "weight", "voter", "prompt", "output_a", "output_b", "features_a")
    found = {name: getattr(battles, name) for name in names}
    return battles.contestants, {name: None if v is None else v.tolist() for name, v in found.items()}


@pytest.fixture
def parquet(tmp_path):
    def write(columns, **options):
        path = tmp_path / "votes.parquet"
        pq.write_table(pa.table(columns), path, **options)
        return path

    return write


ROWS = [("X", "Y", "a", "v1", "p1"), ("Z", "Y", "tie", "v2", "p1"), ("Z", "X", "both_bad", "v1", "p2")]


@pytest.mark.parametrize("kind", ["text", "large text", "dictionary"])
def test_a_parquet_file_reads_as_its_columns(parquet, kind):
    columns = to_layout(battles_of(ROWS), "contract") | {"weight": [1.0, 2.0, 0.5], "length_a": [3, 4, 5]}
    columns |= {"length_b": [1.0, 2.0, 3.0], "conversation_a": [[{"role": "user"}]] * 3}
    table = {name: pa.array(values) for name, values in columns.items()}
    for name in ("model_a", "model_b", "winner", "voter", "prompt"):
        cast = {"large text": pa.large_string(), "dictionary": pa.dictionary(pa.int8(), pa.string())}
        table[name] = table[name].cast(cast.get(kind, pa.string()))
    path = parquet(table, row_group_size=2)
    expected = Battles.from_columns(columns, features=["length"])
    assert arrays(read_votes(path, features=["length"])) == arrays(expected)


def test_identifiers_in_parquet_may_be_integers_and_blank_columns_are_absent(parquet):
    columns = to_layout(battles_of(ROWS), "contract") | {"voter": [11, 7, 11], "prompt": pa.nulls(3)}
    battles = read_votes(parquet(columns | {"output_a": pa.array([None] * 3, pa.string())}))
    assert battles.voter.tolist() == [0, 1, 0]
    assert battles.prompt is None
    assert battles.output_a is None


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())])
def test_columns_of_empty_text_in_parquet_are_absent_as_in_csv(parquet, kind):
    """Also where some are missing; one name makes the others an error."""
    columns = {
        name: pa.array(values, pa.string())
        for name, values in to_layout(battles_of(ROWS), "contract").items()
    }
    columns |= {"voter": pa.array(["", "", ""]).cast(kind), "prompt": pa.array(["", None, ""]).cast(kind)}
    columns |= {"weight": pa.array([""] * 3).cast(kind), "category": pa.array([""] * 3).cast(kind)}
    battles = read_votes(parquet(columns, row_group_size=2))
    assert battles.voter is battles.prompt is None
    assert battles.is_unweighted
    with pytest.raises(VotesFileError, match="row 1: voter '' is not a name"):
        read_votes(parquet(columns | {"voter": pa.array(["", "v", ""]).cast(kind)}))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"winner": ["tie", "tie", None]}, r"votes\.parquet: row 3: winner None is not one of"),
        ({"model_b": ["Y", "Z", "X"]}, r"votes\.parquet: row 2: both sides are the same contestant"),
        ({"voter": ["v", None, "v"]}, r"votes\.parquet: row 2: voter None is not a name"),
        ({"voter": [[1], [2], [3]]}, r"votes\.parquet: column voter holds list<.*, not names"),
        ({"weight": [1.0, None, 1.0]}, r"votes\.parquet: row 2: weight nan is neither 0 nor"),
        ({"origin": ["human", "human", "judge"]}, r"row 3: origin 'judge' after 'human'; rate them apart"),
        ({"category_version": [1.0, 1.5, 2.0]}, r"row 3: major category_version '2' after '1'"),
        ({"model_a": pa.nulls(3)}, r"votes\.parquet: row 1: model_a None is not a name"),
    ],
)
def test_what_is_wrong_in_a_parquet_file_is_named_with_its_row(parquet, changed, message):
    with pytest.raises(VotesFileError, match=message):
        read_votes(parquet(to_layout(battles_of(ROWS), "contract") | changed))


def test_a_parquet_file_without_votes_or_without_the_columns_is_refused(parquet):
    empty = {name: pa.array([], pa.string()) for name in ("model_a", "model_b", "winner")}
    with pytest.raises(VotesFileError, match=r"votes\.parquet: no votes in the file"):
        read_votes(parquet(empty))
    with pytest.raises(VotesFileError, match=r"votes\.parquet: no column model_b, winner; "):
        read_votes(parquet({"model_a": ["X"]}))


def test_what_is_not_parquet_is_refused(tmp_path):
    path = tmp_path / "votes.parquet"
    path.write_text("model_a,model_b,winner\n")
    with pytest.raises(VotesFileError, match=r"votes\.parquet: not Parquet: "):
        read_votes(path)
    with pytest.raises(VotesFileError, match=r"none\.parquet: No such file or directory"):
        read_votes(tmp_path / "none.parquet")


def test_parquet_without_pyarrow_says_what_to_install(parquet, monkeypatch):
    path = parquet(to_layout(battles_of(ROWS), "contract"))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    message = r"votes\.parquet: reading Parquet needs pyarrow: pip install paragone\[parquet\]"
    with pytest.raises(VotesFileError, match=message):
        read_votes(path)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ROWS), min_size=1, max_size=9), st.sampled_from(["contract", "33k"]))
def test_csv_and_parquet_and_columns_give_the_same_battles(tmp_path, rows, layout):
    battles = battles_of(rows)
    columns = to_layout(battles, layout)
    pq.write_table(pa.table(columns), tmp_path / "votes.parquet")
    lines = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    (tmp_path / "votes.csv").write_text("\n".join(lines) + "\n")
    assert arrays(read_votes(tmp_path / "votes.csv")) == arrays(battles)
    assert arrays(read_votes(tmp_path / "votes.parquet")) == arrays(battles)
