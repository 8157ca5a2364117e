import pytest

from ratings import Battles, InvalidBattlesError, VotesFileError, read_votes
from ratings.data.counts import win_matrix

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
        ('model_a,model_b,winner\n"A\nA",B,tie\nA,,tie\n', r"votes\.csv:4: model_b '' is not a name"),
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
