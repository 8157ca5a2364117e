"""The command line: what it prints, and with which code it ends."""

import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from arena import __version__
from arena.app import make_context
from arena.cli import main
from arena.core.catalog_rules import load_catalog
from arena.core.context import Context
from arena.core.proposals import propose, read_form
from arena.db import schema
from arena.db.tables import Category, Contestant, Proposal, Snapshot
from arena.settings import Settings
from tests.core.crowd import crowd_votes
from tests.factories import write_catalog


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


class CommandLine:
    """Runs `arena` in this process, with its data in a folder of the test's own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
        self.data = folder / "data"
        self.catalog = write_catalog(folder / "catalog")
        self.monkeypatch = monkeypatch
        self.capsys = capsys
        self.contexts: list[Context] = []
        self.set(DATA_DIR=self.data, CATALOG_DIR=self.catalog)

    def set(self, **variables: object) -> None:
        for name, value in variables.items():
            self.monkeypatch.setenv(f"ARENA_{name}", str(value))

    def __call__(self, *words: str) -> Ended:
        self.monkeypatch.setattr(sys, "argv", ["arena", *words])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = self.capsys.readouterr()
        if isinstance(end.value.code, str):  # the interpreter prints it and ends with 1
            return Ended(1, out, err + end.value.code + "\n")
        return Ended(int(end.value.code or 0), out, err)

    def context(self) -> Context:
        self.contexts.append(make_context(Settings()))
        return self.contexts[-1]

    def close(self) -> None:
        for context in self.contexts:
            context.engine.dispose()

    def propose(self, **changes: object) -> int:
        context = self.context()
        schema.upgrade(context.engine)
        form: dict[str, object] = {
            "title": "Letters to a landlord",
            "question": "Which letter would you send?",
            "modality": "text",
            "why": "Everybody has to write one some day.",
            "prompts": ["Ask for a repair.", "Announce that you move out.", "Ask for the deposit back."],
        }
        with context.command() as session:
            return propose(session, read_form(form | changes), context.now()).id


@pytest.fixture
def arena(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    # The command sets levels for the whole process; monkeypatch puts them back.
    for name in ("alembic", "httpx", "httpx2"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.getLogger(name).level)
    line = CommandLine(tmp_path, monkeypatch, capsys)
    yield line
    line.close()


def test_version_prints_the_version(arena: CommandLine):
    assert arena("version") == Ended(0, f"{__version__}\n", "")


# Wrong use


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate",),
        ("catalog", "frobnicate"),
        ("version", "now"),
        ("board", "publish"),
        ("board", "publish", "poems", "--origin", "robot"),
        ("proposal", "accept", "one"),
        ("proposal", "reject", "1"),
        ("proposal", "list", "--status", "open"),
        ("serve", "--port", "many"),
    ],
)
def test_wrong_use_ends_with_2_and_touches_nothing(arena: CommandLine, words: tuple[str, ...]):
    ended = arena(*words)
    assert ended.code == 2
    assert ended.out == ""
    assert "Usage: " in ended.err
    assert not arena.data.exists()


@pytest.mark.parametrize("words", [(), ("catalog",), ("db",), ("proposal",), ("board",)])
def test_without_a_command_the_commands_are_listed(arena: CommandLine, words: tuple[str, ...]):
    ended = arena(*words)
    assert ended.code == 2
    assert "Commands" in ended.out + ended.err


@pytest.mark.parametrize(
    "variable, value",
    [
        ("PORT", "many"),
        ("PORT", "70000"),
        ("PROFILE", "private"),
        ("SECRET", "too short"),
        ("WORKER", "perhaps"),
        ("TRUSTED_PROXIES", "-1"),
        ("DATABASE_URL", "mysql://localhost/arena"),
        ("DATABASE_URL", "arena.db"),
    ],
)
def test_a_bad_variable_ends_with_2_and_one_line_that_names_it(arena: CommandLine, variable: str, value: str):
    arena.set(**{variable: value})
    ended = arena("catalog", "check")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"arena: ARENA_{variable}: ")
    assert ended.err.count("\n") == 1
    assert "too short" not in ended.err


# The catalog


def test_a_good_catalog_is_told_with_its_counts(arena: CommandLine):
    ended = arena("catalog", "check")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        f"{arena.catalog}: 1 categories, 4 prompts, 4 contestants, 16 outputs (0 images): all right\n"
    )
    assert not arena.data.exists()


def test_a_bad_line_is_named_with_file_and_number(arena: CommandLine):
    path = arena.catalog / "pregenerated/poems/quartz.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = json.dumps(json.loads(lines[2]) | {"tokens": "many"})
    path.write_text("\n".join(lines), encoding="utf-8")
    ended = arena("catalog", "check")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"arena: {path}:3: tokens: ")
    assert ended.err.count("\n") == 1


def test_a_bad_category_is_named_with_file_and_line(arena: CommandLine):
    path = arena.catalog / "prompts/poems/category.yaml"
    text = path.read_text(encoding="utf-8").replace("views: free", "views: sideways")
    path.write_text(text, encoding="utf-8")
    line = text.splitlines().index("views: sideways") + 1
    for command in ("check", "sync"):
        ended = arena("catalog", command)
        assert ended.code == 1
        assert ended.err.startswith(f"arena: {path}:{line}: views: ")


def test_a_bad_image_is_named_with_its_file(arena: CommandLine, tmp_path: Path):
    root = write_catalog(tmp_path / "pictures", modality="image", prompts=1)
    path = root / "pregenerated/poems/marble/poems-001.png"
    path.write_bytes(path.read_bytes()[:50])
    arena.set(CATALOG_DIR=root)
    ended = arena("catalog", "check")
    assert ended.code == 1
    assert ended.err.startswith(f"arena: {path}: it is damaged")


def name_a_contestant(root: Path) -> None:
    path = root / "pregenerated/poems/quartz.jsonl"
    text = path.read_text(encoding="utf-8").replace("line by line", "as Basalt Works would", 2)
    path.write_text(text, encoding="utf-8")


def test_outputs_that_tell_their_maker_are_listed_and_refused(arena: CommandLine):
    name_a_contestant(arena.catalog)
    ended = arena("catalog", "check")
    assert ended.code == 1
    assert ended.out.count("names_maker") == ended.out.count("\n") == 2
    assert ended.err.startswith(f"arena: {arena.catalog}/pregenerated/poems/quartz.jsonl: prompt 'poems-001'")
    assert "(2 findings in all; " in ended.err
    assert ended.err.count("\n") == 1


def test_a_sync_takes_them_in_and_warns(arena: CommandLine, caplog: pytest.LogCaptureFixture):
    name_a_contestant(arena.catalog)
    assert arena("catalog", "sync").code == 0
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == ["poems: 2 findings may tell who made an output; see `arena catalog check`"]


def test_a_mistyped_catalog_folder_retires_nothing(arena: CommandLine, tmp_path: Path):
    arena("catalog", "sync")
    arena.set(CATALOG_DIR=tmp_path / "catalogue")
    ended = arena("catalog", "sync")
    assert ended.code == 1
    assert str(tmp_path / "catalogue") in ended.err
    with arena.context().query() as session:
        assert set(session.exec(select(Contestant.status))) == {"active"}


def test_a_sync_says_what_it_changed(arena: CommandLine):
    ended = arena("catalog", "sync")
    assert ended.code == 0
    assert ended.out == (
        "added {'contestant': 4, 'category': 1, 'prompt': 4, 'output': 16}, changed {}, retired {}\n"
    )
    assert arena("catalog", "sync").out == "added {}, changed {}, retired {}\n"
    with arena.context().query() as session:
        assert session.exec(select(Category.slug)).one() == "poems"


# The database


def test_an_upgrade_makes_the_database_and_says_its_schema(arena: CommandLine):
    for _ in range(2):
        assert arena("db", "upgrade") == Ended(0, f"schema {schema.head_revision()}\n", "")
    assert (arena.data / "arena.db").is_file()


def test_a_database_that_does_not_answer_is_one_line(arena: CommandLine):
    arena.set(DATABASE_URL="postgresql://somebody:verysecret@127.0.0.1:1/arena")
    ended = arena("db", "upgrade")
    assert ended.code == 1
    assert ended.err.startswith("arena: the database does not answer: ")
    assert ended.err.count("\n") == 1
    assert "verysecret" not in ended.err


def test_a_data_folder_that_cannot_be_made_is_one_line(arena: CommandLine, tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    arena.set(DATA_DIR=tmp_path / "file")
    ended = arena("db", "upgrade")
    assert ended.code == 1
    assert ended.err.startswith("arena: ")
    assert str(tmp_path / "file") in ended.err
    assert ended.err.count("\n") == 1


# Proposals


def test_proposals_are_listed(arena: CommandLine):
    assert arena("proposal", "list") == Ended(0, "", "")
    number = arena.propose()
    ended = arena("proposal", "list", "--status", "proposed")
    assert ended.code == 0
    assert f"{number}  proposed  text  Letters to a landlord" in ended.out
    assert "Everybody has to write one some day." in ended.out
    assert "3 prompts, the first: Ask for a repair." in ended.out
    assert arena("proposal", "list", "--status", "accepted").out == ""


@pytest.mark.parametrize("modality", ["text", "image"])
def test_an_accepted_proposal_passes_the_check_and_the_sync(arena: CommandLine, modality: str):
    number = arena.propose(modality=modality)
    folder = arena.data / "prompts" / "letters-to-a-landlord"
    ended = arena("proposal", "accept", str(number))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"wrote {folder};")
    ended = arena("catalog", "check")
    assert ended.code == 0
    assert ended.out.startswith(f"{arena.catalog}, {arena.data}: 2 categories, 7 prompts")
    assert arena("catalog", "sync").code == 0
    with arena.context().query() as session:
        drafts = select(Category.slug).where(Category.status == "draft")
        assert session.exec(drafts).one() == folder.name
    assert load_catalog([arena.data]).categories[0].spec.title == "Letters to a landlord"


def test_a_slug_names_the_folder(arena: CommandLine):
    number = arena.propose(title="诗歌比赛")
    assert "--slug" in arena("proposal", "accept", str(number)).err
    assert arena("proposal", "accept", str(number), "--slug", "poetry").code == 0
    assert (arena.data / "prompts/poetry/category.yaml").is_file()


def test_a_proposal_named_as_a_shipped_category_leaves_the_catalog_whole(arena: CommandLine):
    arena("catalog", "sync")
    ended = arena("proposal", "accept", str(arena.propose(title="Poems")))
    assert ended.code == 1
    assert "poems" in ended.err
    assert arena("catalog", "check").code == 0


def test_a_rejected_proposal_keeps_its_reason(arena: CommandLine):
    number = arena.propose()
    ended = arena("proposal", "reject", str(number), "--because", "too close to another one")
    assert ended == Ended(0, f"rejected proposal {number}\n", "")
    with arena.context().query() as session:
        row = session.get_one(Proposal, number)
    assert (row.status, row.decided_because) == ("rejected", "too close to another one")
    ended = arena("proposal", "accept", str(number))
    assert ended == Ended(1, "", f"arena: Proposal {number} was rejected already.\n")


@pytest.mark.parametrize("words", [("accept", "7"), ("reject", "7", "--because", "x")])
def test_an_unknown_proposal_is_one_line_even_in_an_empty_folder(arena: CommandLine, words: tuple[str, ...]):
    assert arena("proposal", *words) == Ended(1, "", "arena: There is no proposal 7.\n")


# Boards


def test_a_board_is_published_on_demand(arena: CommandLine):
    arena("catalog", "sync")
    assert arena("board", "publish", "poems") == Ended(0, "no votes to publish\n", "")
    crowd_votes(arena.context(), voters=1, each=2)
    ended = arena("board", "publish", "poems")
    assert (ended.code, ended.err) == (0, "")
    with arena.context().query() as session:
        assert session.exec(select(Snapshot)).one().id == ended.out.strip()
    assert arena("board", "publish", "poems", "--origin", "judge").out == "no votes to publish\n"


def test_an_unknown_board_is_one_line_even_in_an_empty_folder(arena: CommandLine):
    ended = arena("board", "publish", "nowhere")
    assert ended == Ended(1, "", "arena: There is no category 'nowhere'.\n")


# As a program


def test_the_program_ends_as_its_functions_do(arena: CommandLine):
    (arena.catalog / "prompts/poems/prompts.jsonl").write_text("{\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "arena", "catalog", "check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"arena: {arena.catalog}/prompts/poems/prompts.jsonl:1: is not JSON")
    assert done.stderr.count("\n") == 1


def test_one_thread_of_linear_algebra_unless_the_operator_says_otherwise():
    program = "import os, arena; print(os.environ['OPENBLAS_NUM_THREADS'])"
    for said, expected in ((None, "1"), ("3", "3")):
        environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
        if said:
            environment["OPENBLAS_NUM_THREADS"] = said
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, check=True
        )
        assert done.stdout.decode().strip() == expected
