"""Votes of other people: on a board of their own, whole, and never twice."""

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func
from sqlmodel import select

from arena.core.context import Context
from arena.core.imports.votes import ImportedOrigin, VoteSource, VotesReport, import_votes
from arena.db.tables import Battle, Contestant, Event, Exposure, Output, Vote, Voter
from arena.errors import BadRows, NotFound
from tests.core.crowd import board, crowd_votes, force, read, rows
from tests.factories import CONTESTANTS, take_in, write_catalog, write_lines

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HEADER = ("model_a", "model_b", "winner", "prompt", "voter")
VOTES = [
    ("quartz", "basalt", "model_a", "poems-001", "ann"),
    ("basalt", "granite", "b", "poems-002", "ann"),
    ("Marble Nine", "QUARTZ", "tie", "poems-003", "bob"),
    ("granite", "marble", "tie (bothbad)", "Write about *poems-004*.", "bob"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_votes(tmp_path / "votes.csv", VOTES)


def write_votes(file: Path, votes: list[tuple[str, ...]], header: tuple[str, ...] = HEADER) -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *votes])
    return file


def take(
    context: Context,
    file: Path,
    origin: ImportedOrigin = "imported",
    category: str = "poems",
    *,
    dry_run: bool = False,
    **how: Any,
) -> VotesReport:
    nothing: dict[str, Any] = {"columns": {}, "contestants": {}, "prompts": {}, "leave_out_unknown": False}
    with context.command() as session:
        return import_votes(
            session,
            VoteSource(file, **nothing | how),
            category=category,
            origin=origin,
            now=context.now(),
            dry_run=dry_run,
        )


def number_of(context: Context, table: type) -> int:
    with context.query() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def refused(context: Context, file: Path, **how: Any) -> list[str]:
    """What a refused import says, without the file's name; nothing of it may stay."""
    before = [number_of(context, table) for table in (Voter, Battle, Vote, Event)]
    with pytest.raises(BadRows) as error:
        take(context, file, **how)
    assert [number_of(context, table) for table in (Voter, Battle, Vote, Event)] == before
    return [row.removeprefix(f"{file}:") for row in error.value.rows]


def stored(context: Context) -> list[tuple[str, str, str, str]]:
    """Who stood on which side, what was chosen, and by whom among the voters in order."""
    with context.query() as session:
        names = {
            output.id: session.get_one(Contestant, output.contestant_id).slug
            for output in session.exec(select(Output))
        }
        found = session.exec(select(Battle, Vote).join(Vote)).all()
        return sorted(
            (names[battle.output_a_id], names[battle.output_b_id], vote.choice, vote.origin)
            for battle, vote in found
        )


def test_votes_come_with_closed_battles_and_voters_of_their_own(arena: Context, file: Path):
    assert take(arena, file) == VotesReport(added=4, known=0, left_out=0, voters=2)
    assert stored(arena) == [
        ("basalt", "granite", "b", "imported"),
        ("granite", "marble", "both_bad", "imported"),
        ("marble", "quartz", "tie", "imported"),
        ("quartz", "basalt", "a", "imported"),
    ]
    with arena.query() as session:
        assert {voter.origin for voter in session.exec(select(Voter))} == {"imported"}
        battles = session.exec(select(Battle)).all()
        assert {(battle.closed_how, battle.sampler, battle.purpose) for battle in battles} == {
            ("voted", "imported", "rating")
        }
        assert sorted(battle.ordinal for battle in battles) == [1, 1, 2, 2]
        assert session.exec(select(Exposure)).all() == []
        event = session.exec(select(Event).where(Event.action == "import votes")).one()
    assert (event.subject, event.detail["added"], event.detail["file"]) == ("poems", 4, "votes.csv")


def test_a_second_import_adds_nothing(arena: Context, file: Path):
    take(arena, file)
    assert take(arena, file) == VotesReport(added=0, known=4, left_out=0, voters=0)
    assert number_of(arena, Vote) == 4
    with arena.query() as session:
        assert len(session.exec(select(Event).where(Event.action == "import votes")).all()) == 1


def test_of_a_file_that_grew_only_the_new_votes_are_added(arena: Context, tmp_path: Path, file: Path):
    take(arena, file)
    again = ("quartz", "basalt", "model_a", "poems-001", "ann")
    grown = write_votes(tmp_path / "grown.csv", [*reversed(VOTES), again])
    assert take(arena, grown) == VotesReport(added=1, known=4, left_out=0, voters=1)
    with arena.query() as session:
        ordinals = select(Battle.ordinal).group_by(Battle.voter_id, Battle.ordinal)
        assert sorted(session.exec(ordinals)) == [1, 1, 2, 2, 3]


def test_a_dry_run_says_the_same_and_stores_nothing(arena: Context, file: Path):
    dry = take(arena, file, dry_run=True)
    assert [number_of(arena, table) for table in (Voter, Battle, Vote)] == [0, 0, 0]
    assert take(arena, file) == dry


@on_sqlite
def test_imported_votes_count_on_the_imported_board_alone(arena: Context, tmp_path: Path):
    crowd_votes(arena, voters=2, each=3)
    votes = [
        (CONTESTANTS[i % 4], CONTESTANTS[(i + 1) % 4], "a", f"poems-00{1 + i % 4}", f"v{i % 12}")
        for i in range(36)
    ]
    take(arena, write_votes(tmp_path / "votes.csv", votes))
    force(arena, origin="imported")
    force(arena, origin="human")
    assert (board(arena).votes_so_far, board(arena, origin="imported").votes_so_far) == (6, 36)
    assert board(arena, origin="human").snapshot.votes == 6
    published = board(arena, origin="imported").snapshot
    assert (published.votes, published.voters, published.prompts) == (36, 12, 4)
    found = rows(read(arena, "votes.csv", published.id))
    assert {row["origin"] for row in found} == {"imported"}
    assert not {row["voter"] for row in found} & {vote[4] for vote in votes}


def test_the_same_votes_of_a_judge_are_other_votes(arena: Context, file: Path):
    take(arena, file)
    assert take(arena, file, "judge").added == 4
    with arena.query() as session:
        assert sorted(session.exec(select(Vote.origin))) == ["imported"] * 4 + ["judge"] * 4
        assert sorted(session.exec(select(Voter.origin))) == ["imported"] * 2 + ["judge"] * 2


@on_sqlite
def test_columns_contestants_and_prompts_may_have_other_names(arena: Context, tmp_path: Path):
    header = ("left", "right", "winner", "question", "worker")
    file = write_votes(tmp_path / "v.csv", [("Q=1", "Basalt Nine", "Left", "7", "x")], header)
    columns = {"model_a": "left", "model_b": "right", "prompt": "question", "voter": "worker"}
    report = take(arena, file, columns=columns, contestants={"Q=1": "quartz"}, prompts={"7": "poems-002"})
    assert report.added == 1
    assert stored(arena) == [("quartz", "basalt", "a", "imported")]


@on_sqlite
def test_lines_of_json_are_read_too(arena: Context, tmp_path: Path):
    write_lines(tmp_path / "v.jsonl", [dict(zip(HEADER, vote, strict=True)) | {"voter": 7} for vote in VOTES])
    assert take(arena, tmp_path / "v.jsonl") == VotesReport(added=4, known=0, left_out=0, voters=1)


@on_sqlite
def test_without_a_voter_all_votes_are_one_voters(arena: Context, tmp_path: Path):
    file = write_votes(tmp_path / "v.csv", [vote[:4] for vote in VOTES], HEADER[:4])
    assert take(arena, file).voters == 1


def test_every_bad_row_is_listed_with_its_line_and_none_is_taken(arena: Context, tmp_path: Path):
    good = VOTES[0]
    votes = [
        good,
        ("topaz", *good[1:]),
        (*good[:2], "draw", *good[3:]),
        (*good[:3], "poems-009", good[4]),
        ("basalt", *good[1:]),
        good[:3],
        (good[0], "", *good[2:]),
    ]
    told = refused(arena, write_votes(tmp_path / "v.csv", votes))
    assert [line.split(", ")[0] for line in told] == [
        "3: 'topaz' is no contestant of 'poems'",
        "4: winner: 'draw' is none of a",
        "5: 'poems-009' is no prompt of 'poems'",
        "6: both sides are 'basalt'",
        "7: 3 values under 5 columns",
        "8: model_b: is missing",
    ]


@on_sqlite
def test_a_column_that_is_missing_is_said_once(arena: Context, tmp_path: Path):
    file = write_votes(tmp_path / "v.csv", [vote[:2] for vote in VOTES], HEADER[:2])
    assert refused(arena, file) == ["2: winner: is missing"]


@on_sqlite
def test_votes_on_what_is_not_here_can_be_left_out_and_are_counted(arena: Context, tmp_path: Path):
    votes = [*VOTES, ("topaz", *VOTES[0][1:]), (*VOTES[0][:3], "poems-009", "ann")]
    file = write_votes(tmp_path / "v.csv", votes)
    assert take(arena, file, leave_out_unknown=True) == VotesReport(4, 0, left_out=2, voters=2)
    wrong = write_votes(tmp_path / "w.csv", [*votes, (*VOTES[0][:2], "draw", *VOTES[0][3:])])
    assert len(refused(arena, wrong, leave_out_unknown=True)) == 1


@on_sqlite
def test_of_several_samples_the_row_says_which(arena: Context, tmp_path: Path):
    outputs = tmp_path / "catalog/pregenerated/poems/quartz.jsonl"
    second = outputs.read_text(encoding="utf-8").splitlines()[0].replace('"sample": 1', '"sample": 2')
    outputs.write_text(outputs.read_text(encoding="utf-8") + second + "\n", encoding="utf-8")
    take_in(arena, tmp_path / "catalog")
    unsaid = write_votes(tmp_path / "v.csv", VOTES[:1])
    assert refused(arena, unsaid) == [
        "2: 'quartz' has 2 samples for 'poems-001'; say which in sample_a, sample_b"
    ]
    header = (*HEADER, "sample_a")
    assert "has no sample 3" in refused(arena, write_votes(tmp_path / "v.csv", [(*VOTES[0], "3")], header))[0]
    take(arena, write_votes(tmp_path / "v.csv", [(*VOTES[0], "2")], header))
    with arena.query() as session:
        used = session.exec(select(Output).join(Battle, Battle.output_a_id == Output.id)).one()
    assert used.sample == 2


@on_sqlite
def test_a_name_that_two_contestants_have_is_asked_about(context: Context, tmp_path: Path, file: Path):
    root = write_catalog(tmp_path / "catalog")
    contestants = root / "pregenerated/contestants.yaml"
    entries = yaml.safe_load(contestants.read_text(encoding="utf-8"))
    for entry in entries[:2]:
        entry["aliases"] = ["Stone"]
    contestants.write_text(yaml.safe_dump(entries), encoding="utf-8")
    take_in(context, root)
    votes = write_votes(tmp_path / "v.csv", [("STONE", *VOTES[1][1:])])
    assert refused(context, votes) == ["2: 'STONE' may be basalt or quartz; say which with --map"]
    assert take(context, votes, contestants={"STONE": "quartz"}).added == 1


@on_sqlite
def test_a_new_major_version_starts_empty_and_may_be_filled_again(arena: Context, tmp_path: Path, file: Path):
    take(arena, file)
    take_in(arena, write_catalog(tmp_path / "catalog", version="2.0"))
    assert take(arena, file).added == 4
    assert board(arena, origin="imported").votes_so_far == 4


@on_sqlite
def test_an_unknown_category_is_refused(arena: Context, file: Path):
    with pytest.raises(NotFound):
        take(arena, file, category="songs")
