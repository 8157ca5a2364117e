"""Tables of other people: every row with its line, every fault told."""

from pathlib import Path

import pytest

from arena.core.imports.rows import read_rows, refuse_bad_rows
from arena.errors import BadRows, CatalogError


def table(tmp_path: Path, text: str, name: str = "rows.csv") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_row_is_named_by_the_line_it_begins_on(tmp_path: Path):
    rows, complaints = read_rows(table(tmp_path, 'a,b\n1,"two\nlines"\n\n3,4\n'))
    assert [(row.line, row.values) for row in rows] == [
        (2, {"a": "1", "b": "two\nlines"}),
        (5, {"a": "3", "b": "4"}),
    ]
    assert complaints == []


def test_blank_cells_are_left_out(tmp_path: Path):
    (row,), _ = read_rows(table(tmp_path, "a,b,c\n1,, \n"))
    assert row.values == {"a": "1"}


def test_reading_goes_on_past_a_row_that_is_wrong(tmp_path: Path):
    rows, complaints = read_rows(table(tmp_path, "a,b\n1\n1,2\n1,2,3\n"))
    assert [row.line for row in rows] == [3]
    assert complaints == [(2, "1 values under 2 columns"), (4, "3 values under 2 columns")]


def test_what_is_not_csv_ends_the_reading_with_its_line(tmp_path: Path):
    rows, complaints = read_rows(table(tmp_path, 'a,b\n1,2\n3,"x"y\n'))
    assert [row.line for row in rows] == [2]
    assert [line for line, _ in complaints] == [3]


def test_lines_of_json_are_read_and_faults_told(tmp_path: Path):
    text = '{"a": "one\u2028line"}\n\n[1]\n{"a": NaN}\n{\n{"a": 2}\n{"a": "\\ud800"}\n'
    rows, complaints = read_rows(table(tmp_path, text, "rows.jsonl"))
    assert [(row.line, row.values) for row in rows] == [(1, {"a": "one\u2028line"}), (6, {"a": 2})]
    assert [line for line, _ in complaints] == [3, 4, 5, 7]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rows.xlsx", b"a", "no file that ends in .csv or .jsonl"),
        ("rows.csv", b"\xff", "not UTF-8"),
        ("rows.csv", b"", "has no name"),
        ("rows.csv", b"a,a\n1,2\n", "two have the same"),
        ("rows.csv", b"a,b\n", "holds no rows"),
        ("rows.jsonl", b"\n", "holds no rows"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, message: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CatalogError, match=message):
        read_rows(tmp_path / name)


def test_all_complaints_are_listed_in_the_order_of_lines(tmp_path: Path):
    refuse_bad_rows(tmp_path, [])
    with pytest.raises(BadRows) as refused:
        refuse_bad_rows(tmp_path / "x.csv", [(9, "late"), (2, "early")])
    assert refused.value.rows == (f"{tmp_path}/x.csv:2: early", f"{tmp_path}/x.csv:9: late")
    assert refused.value.message.startswith("2 things are wrong, and nothing was imported:\n")
