"""`arena import` and `arena catalog status` as a person types them."""

import csv
import json
from pathlib import Path

import pytest
from sqlmodel import select

from arena.db.tables import Vote
from tests.cli.test_commands import CommandLine, Ended
from tests.cli.test_commands import arena as arena  # noqa: PLC0414  a fixture
from tests.factories import write_lines

VOTE = {"model_a": "quartz", "model_b": "basalt", "winner": "a", "prompt": "poems-001", "voter": "ann"}


def outputs(folder: Path, **changes: object) -> Path:
    row = {"contestant": "quartz", "prompt_id": "poems-001", "sample": 2, "text": "Another verse."}
    write_lines(folder / "rows.jsonl", [row | changes])
    return folder / "rows.jsonl"


def votes(folder: Path, *rows: dict[str, str]) -> Path:
    with (folder / "votes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "votes.csv"


def test_outputs_are_shown_first_and_taken_in_then(arena: CommandLine, tmp_path: Path):
    folder = arena.catalog / "pregenerated/poems"
    before = (folder / "quartz.jsonl").read_text(encoding="utf-8")
    said = f"poems/quartz: 1 new outputs\n1 new outputs for {folder}\n"
    ended = arena("import", "outputs", str(outputs(tmp_path)), "--dry-run")
    assert ended == Ended(0, said + "nothing was written: this was a dry run\n", "")
    assert (folder / "quartz.jsonl").read_text(encoding="utf-8") == before
    ended = arena("import", "outputs", str(outputs(tmp_path)))
    assert ended.out.startswith(said)
    assert json.loads((folder / "quartz.jsonl").read_text(encoding="utf-8").splitlines()[-1])["sample"] == 2
    assert "output': 17" in arena("catalog", "sync").out
    assert arena("import", "outputs", str(outputs(tmp_path))).out.startswith("1 known already\n0 new outputs")


def test_bad_rows_are_listed_and_end_with_1(arena: CommandLine, tmp_path: Path):
    file = outputs(tmp_path, tokens=-1, prompt_id="Poems 1")
    ended = arena("import", "outputs", str(file))
    assert (ended.code, ended.out) == (1, "")
    first, *rows = ended.err.splitlines()
    assert first == "arena: 2 things are wrong, and nothing was imported:"
    assert [row.split(": ")[:2] for row in rows] == [[f"{file}:1", "prompt_id"], [f"{file}:1", "tokens"]]


def test_votes_are_taken_in_once_and_published_apart(arena: CommandLine, tmp_path: Path):
    arena("catalog", "sync")
    renamed = {"left" if name == "model_a" else name: value for name, value in VOTE.items()} | {"left": "Q"}
    call = ("import", "votes", str(votes(tmp_path, renamed)), "--category", "poems")
    call += ("--map", "Q=quartz", "--column", "model_a=left")
    assert arena(*call, "--dry-run").out.endswith("nothing was written: this was a dry run\n")
    ended = arena(*call)
    assert ended.out == (
        "poems (imported): 1 new votes of 1 voters, 0 known already, 0 left out\n"
        "publish them with: arena board publish poems --origin imported\n"
    )
    assert "0 new votes of 0 voters, 1 known already" in arena(*call).out
    with arena.context().query() as session:
        assert session.exec(select(Vote.origin)).one() == "imported"
    assert arena("board", "publish", "poems").out == "no votes to publish\n"
    assert len(arena("board", "publish", "poems", "--origin", "imported").out.strip()) == 32


@pytest.mark.parametrize("words", [("--map", "quartz"), ("--column", "winners=w"), ("--prompt", "=x")])
def test_a_pair_that_is_none_is_wrong_use(arena: CommandLine, tmp_path: Path, words: tuple[str, ...]):
    ended = arena("import", "votes", str(votes(tmp_path, VOTE)), "--category", "poems", *words)
    assert ended.code == 2
    assert words[0] in ended.err


def test_the_status_is_a_grid_and_what_is_needed(arena: CommandLine):
    path = arena.catalog / "pregenerated/poems/quartz.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[1:]), encoding="utf-8")
    ended = arena("catalog", "status", "poems")
    assert (ended.code, ended.err) == (0, "")
    told = ended.out.splitlines()
    assert told[0] == "poems 1.0, live: 4 prompts, 4 contestants, 15 outputs"
    assert told[1:5] == ["   1 basalt", "   2 granite", "   3 marble", "   4 quartz"]
    assert [line.split() for line in told[5:8]] == [
        ["1", "2", "3", "4"],
        ["poems-001", "1", "1", "1", "."],
        ["poems-002", "1", "1", "1", "1"],
    ]
    assert told[10:12] == ["needed to be live:", "  - quartz: 1 output missing, for poems-001"]
    assert not arena.data.exists()


def test_the_status_of_no_category_is_one_line(arena: CommandLine):
    assert arena("catalog", "status", "songs") == Ended(1, "", "arena: There is no category 'songs'.\n")
