"""What a snapshot holds: what its files say, and that anyone can recompute them."""

import hashlib
import json
import random
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from arena.core.boards import newest_file
from arena.core.context import Context
from arena.core.export import COLUMNS
from arena.core.simulation import simulate_votes
from arena.core.snapshots import draft_snapshot, read_board_state, store_snapshot
from arena.db.tables import Battle, Category, Contestant, Output, Prompt, Snapshot, Voter
from arena.errors import NotFound
from tests.core.crowd import board, crowd_votes, file_names, force, read, rows, snapshots
from tests.core.test_simulation import PLANTED
from tests.factories import take_in, write_catalog

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NUMBERS = ("rating", "low", "high", "low_generalise", "high_generalise", "rank_low", "rank_high")
NAMES = {"leaderboard.csv", "votes.csv", "metadata.json"}
WINNERS = {"a": "model_a", "b": "model_b", "tie": "tie", "both_bad": "both_bad"}


@pytest.fixture
def local(arena: Context) -> Context:
    return replace(arena, settings=arena.settings.model_copy(update={"profile": "local"}))


@on_sqlite
def test_votes_after_the_cut_off_wait_for_the_next_snapshot(arena: Context):
    crowd_votes(arena, voters=1, each=2)
    cut_off = arena.now()
    arena.now.forward(seconds=1)
    crowd_votes(arena, voters=1, each=1, first=10)
    with arena.query() as session:
        state = read_board_state(session, session.exec(select(Category)).one(), "human", cut_off)
    assert len(state.votes) == 2


# The files


def test_the_files_of_a_snapshot_are_these(arena: Context):
    crowd_votes(arena, voters=2, each=3)
    snapshot = force(arena)
    assert snapshot is not None
    assert file_names(arena, snapshot) == NAMES


@on_sqlite
def test_digests_in_the_metadata_match_the_files(arena: Context):
    crowd_votes(arena, voters=2, each=3)
    force(arena)
    metadata = json.loads(read(arena, "metadata.json"))
    assert set(metadata["sha256"]) == NAMES - {"metadata.json"}
    for name, digest in metadata["sha256"].items():
        assert hashlib.sha256(read(arena, name)).hexdigest() == digest
    with arena.query() as session:
        for name in NAMES:
            file = newest_file(session, "poems", "human", name)
            assert file.digest == hashlib.sha256(file.body).hexdigest()


@on_sqlite
def test_the_metadata_says_what_the_table_rests_on(arena: Context):
    crowd_votes(arena, voters=2, each=3)
    snapshot = force(arena)
    metadata = json.loads(read(arena, "metadata.json"))
    assert metadata["snapshot"] == snapshot
    assert metadata["board"]["category"] == "poems"
    assert metadata["board"]["origin"] == "human"
    assert metadata["status"] == "provisional"
    assert metadata["cut_off"] == "2026-11-22T12:00:00+00:00"
    assert (metadata["votes"], metadata["voters"]) == (6, 2)
    assert metadata["prompts"] == len({row["prompt"] for row in rows(read(arena, "votes.csv"))})
    assert metadata["parameters"]["floor"]["votes"] == 30


def test_the_vote_rows_are_the_counted_votes_in_the_fields_columns(arena: Context):
    receipts = crowd_votes(arena, voters=4, each=5)
    force(arena)
    written = rows(read(arena, "votes.csv"))
    assert tuple(written[0]) == COLUMNS
    with arena.query() as session:
        expected = Counter(
            (*named_sides(session, receipt.battle), WINNERS[receipt.choice]) for receipt in receipts
        )
    assert (
        Counter((row["prompt"], row["model_a"], row["model_b"], row["winner"]) for row in written) == expected
    )
    assert {(row["category"], row["category_version"], row["origin"]) for row in written} == {
        ("poems", "1.0", "human")
    }
    assert {(row["weight"], row["language"], row["schema"]) for row in written} == {
        ("1", "en", "paragone-votes/1")
    }
    assert sorted(Counter(row["voter"] for row in written).values()) == [5, 5, 5, 5]


def named_sides(session, battle_id: str) -> tuple[str, str, str]:
    battle = session.get_one(Battle, battle_id)
    outputs = [session.get_one(Output, output) for output in (battle.output_a_id, battle.output_b_id)]
    slugs = [session.get_one(Contestant, output.contestant_id).slug for output in outputs]
    return session.get_one(Prompt, battle.prompt_id).slug, slugs[0], slugs[1]


@on_sqlite
def test_nothing_in_the_files_leads_back_to_a_voter_a_battle_or_a_time(arena: Context):
    arena.now.time = arena.now.time.replace(year=2031, month=7, day=13)
    receipts = crowd_votes(arena, voters=3, each=3)
    arena.now.forward(days=40)
    force(arena)
    text = b"".join(read(arena, name) for name in NAMES).decode()
    with arena.query() as session:
        secret = [*session.exec(select(Voter.id)), *session.exec(select(Battle.id))]
    secret += [receipt.vote for receipt in receipts] + ["2031-07-13", "12:00:00.", "propensity"]
    assert [word for word in secret if word in text] == []
    outputs = {row[side] for row in rows(read(arena, "votes.csv")) for side in ("output_a", "output_b")}
    assert all(re.fullmatch(r"output-\d+", output) for output in outputs)


@on_sqlite
def test_output_ids_stand_for_outputs(arena: Context):
    crowd_votes(arena, voters=4, each=5)
    force(arena)
    named = {
        (row[f"output_{side}"], row["prompt"], row[f"model_{side}"])
        for row in rows(read(arena, "votes.csv"))
        for side in "ab"
    }
    assert len(named) == len({output for output, _prompt, _model in named})
    assert len(named) == len({(prompt, model) for _output, prompt, model in named})


@on_sqlite
def test_two_snapshots_of_the_same_votes_cannot_be_joined_by_their_ids_or_order(arena: Context):
    crowd_votes(arena, voters=12, each=3)
    files = [rows(read(arena, "votes.csv", snapshot)) for snapshot in (force(arena), force(arena))]
    contents = [[content_of(row) for row in file] for file in files]
    assert contents[0] != contents[1]
    assert sorted(contents[0]) == sorted(contents[1])
    by_voter = [votes_by_voter(file) for file in files]
    assert by_voter[0].keys() == by_voter[1].keys()
    assert by_voter[0] != by_voter[1]
    assert sorted(by_voter[0].values()) == sorted(by_voter[1].values())


def content_of(row: dict[str, str]) -> tuple[str, ...]:
    return row["prompt"], row["model_a"], row["model_b"], row["winner"]


def votes_by_voter(file: list[dict[str, str]]) -> dict[str, list[tuple[str, ...]]]:
    aliases = {row["voter"] for row in file}
    return {alias: sorted(content_of(row) for row in file if row["voter"] == alias) for alias in aliases}


@pytest.mark.parametrize("profile", ["public", "local"])
@on_sqlite
def test_anyone_recomputes_the_table_byte_for_byte(arena: Context, tmp_path: Path, profile: str):
    context = replace(arena, settings=arena.settings.model_copy(update={"profile": profile}))
    crowd_votes(context, voters=6, each=8)
    force(context)
    program, *flags = json.loads(read(context, "metadata.json"))["recompute"].split()
    assert program == "python"
    (tmp_path / "votes.csv").write_bytes(read(context, "votes.csv"))
    done = subprocess.run([sys.executable, *flags], cwd=tmp_path, capture_output=True, check=False)
    assert (done.stderr, done.stdout) == (b"", read(context, "leaderboard.csv"))
    ratings = {row["rating"] for row in rows(done.stdout)}
    assert (ratings == {""}) == (profile == "public")


@on_sqlite
def test_a_table_with_numbers_at_the_published_floor_is_recomputed_byte_for_byte(
    context: Context, tmp_path: Path
):
    root = write_catalog(tmp_path / "c", slug="practice", prompts=8, simulation=PLANTED.model_dump())
    take_in(context, root)
    with context.command() as session:
        simulate_votes(session, PLANTED, now=context.now())
    snapshot = force(context, "practice", "simulated")
    flags = json.loads(read(context, "metadata.json", snapshot))["recompute"].split()[1:]
    (tmp_path / "votes.csv").write_bytes(read(context, "votes.csv", snapshot))
    done = subprocess.run([sys.executable, *flags], cwd=tmp_path, capture_output=True, check=False)
    assert (done.stderr, done.stdout) == (b"", read(context, "leaderboard.csv", snapshot))
    assert all(row["rating"] and row["low_generalise"] for row in rows(done.stdout))


@on_sqlite
def test_the_second_opinion_agrees(local: Context):
    crowd_votes(local, voters=6, each=8)
    force(local)
    difference = snapshots(local)[-1].choix_difference
    assert difference is not None
    assert difference < 1e-3


# Votes that are published in releases only


@pytest.mark.parametrize("reveal", ["never", "after_batch"])
@on_sqlite
def test_a_late_reveal_keeps_the_vote_rows_back(context: Context, tmp_path: Path, reveal: str):
    take_in(context, write_catalog(tmp_path / "c", reveal=reveal))
    crowd_votes(context, voters=2, each=3)
    assert_rows_are_kept_back(context, force(context))


@on_sqlite
def test_one_sealed_prompt_keeps_the_vote_rows_back(context: Context, tmp_path: Path):
    root = write_catalog(tmp_path / "c")
    path = root / "prompts/poems/prompts.jsonl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"open"', '"sealed"', 1), encoding="utf-8")
    take_in(context, root)
    crowd_votes(context, voters=2, each=3)
    assert_rows_are_kept_back(context, force(context))


def assert_rows_are_kept_back(context: Context, snapshot: str | None) -> None:
    assert snapshot is not None
    assert file_names(context, snapshot) == NAMES - {"votes.csv"}
    for ask in (lambda: read(context, "votes.csv"), lambda: read(context, "votes.csv", snapshot)):
        with pytest.raises(NotFound) as refused:
            ask()
        assert refused.value.code == "rows_in_releases"
    metadata = json.loads(read(context, "metadata.json"))
    assert set(metadata["sha256"]) == {"leaderboard.csv"}
    shown = board(context).snapshot
    assert shown is not None
    assert not shown.rows_published


# Numbers and states


@on_sqlite
def test_below_the_evidence_floor_a_row_has_no_numbers(arena: Context):
    crowd_votes(arena, voters=6, each=5)
    force(arena)
    for row in rows(read(arena, "leaderboard.csv")):
        assert row["state"] == "not_enough_votes"
        numbers = {name: row[name] for name in NUMBERS}
        assert numbers == dict.fromkeys(NUMBERS, "")
        assert int(row["votes"]) > 0
    assert {row.rating for row in board(arena).rows} == {None}
    assert {row.state for row in board(arena).rows} == {"not_enough_votes"}


@on_sqlite
def test_in_the_local_profile_the_giant_component_is_enough(local: Context):
    crowd_votes(local, voters=3, each=10)
    force(local)
    shown = board(local)
    assert shown.snapshot is not None
    assert shown.snapshot.interval_note == "these_few_voters"
    assert {row.state for row in shown.rows} == {"preliminary"}
    assert all(row.rating is not None for row in shown.rows)
    assert shown.rows[0].contestant in {"quartz", "basalt"}


# Numbers of snapshots


@on_sqlite
def test_snapshots_of_a_board_are_numbered_from_one(arena: Context):
    crowd_votes(arena, voters=1, each=2)
    force(arena)
    force(arena)
    assert [snapshot.number for snapshot in snapshots(arena)] == [1, 2]


def test_of_two_drafts_with_one_number_one_is_stored(arena: Context):
    crowd_votes(arena, voters=1, each=2)
    with arena.query() as session:
        state = read_board_state(session, session.exec(select(Category)).one(), "human", arena.now())
    drafts = [
        draft_snapshot(state, cut_off=arena.now(), now=arena.now(), is_local=False, rng=random.Random(seed))
        for seed in (1, 2)
    ]
    stored = []
    for draft in drafts:
        with arena.command() as session:
            stored.append(store_snapshot(session, draft))
    assert stored == [True, False]
    with arena.query() as session:
        assert session.exec(select(Snapshot.id)).one() == drafts[0].snapshot.id
    assert file_names(arena, drafts[1].snapshot.id) == set()
