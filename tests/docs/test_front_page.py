"""README.md at the top: short, its map complete, its examples run."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from arena.app import app_over, make_context
from arena.core.catalog_rules import load_catalog
from arena.core.simulation import simulate_votes
from arena.core.words import PRACTICE
from arena.core.worker import publish
from arena.db import schema
from arena.settings import Settings
from ratings.__main__ import main as rate
from tests.docs.documents import ROOT, code_blocks, first_cells, folders, links, read, section
from tests.factories import take_in

README = read("README.md")
MOST_LINES = 110


def test_the_front_page_is_short():
    assert len(README.splitlines()) <= MOST_LINES


def test_the_map_shows_every_folder_and_no_other():
    mapped = re.findall(r"^\| \[(\w+)/\]\(\1/README\.md\)", section(README, "Where things are"), re.MULTILINE)
    assert set(mapped) == folders()


def test_every_folder_has_its_readme():
    assert [name for name in sorted(folders()) if not (ROOT / name / "README.md").is_file()] == []


def test_every_document_at_the_top_is_reached_from_the_front_page():
    documents = {path.name for path in ROOT.glob("*.md")} - {"README.md"}
    assert documents <= set(links(README))


def test_the_two_commands_come_first_and_exist():
    commands = first_cells(section(README, "Two commands"))
    assert commands == ["make demo", "make test"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The demonstration, with its practice category alone."""
    root = tmp_path_factory.mktemp("demo")
    for part in ("prompts/practice", "pregenerated/practice", "pregenerated/contestants.yaml"):
        (root / part).parent.mkdir(exist_ok=True)
        (root / part).symlink_to(ROOT / part)
    context = make_context(Settings(profile="local", data_dir=root / "data", worker=False))
    schema.upgrade(context.engine)
    take_in(context, root)
    (practice,) = load_catalog([root]).categories
    assert practice.spec.simulation is not None
    with context.command() as session:
        simulate_votes(session, practice.spec.simulation, now=context.now())
    assert publish(context, PRACTICE, "simulated", force=False)
    with TestClient(app_over(context)) as client:
        yield client
    context.engine.dispose()


def test_the_examples_of_the_front_page_give_the_published_table(
    demo: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    table, recompute = code_blocks(section(README, "Get a table, and compute it again"))
    download, command = recompute.split("\n")
    published = fetch(demo, table)
    Path("votes.csv").write_text(fetch(demo, download), encoding="utf-8", newline="\n")
    program, *arguments = shlex.split(command)
    assert program.endswith("/python")
    assert arguments[:2] == ["-m", "ratings"]
    assert rate(arguments[2:]) == 0
    assert capsys.readouterr().out == published
    assert published.startswith("contestant,rating,low,high,")


def fetch(client: TestClient, curl: str) -> str:
    """Ask the application what a line of curl asks the demonstration."""
    address = next(word for word in shlex.split(curl) if word.startswith("http://127.0.0.1:7860/"))
    answer = client.get(address.removeprefix("http://127.0.0.1:7860"))
    assert answer.status_code == 200
    return answer.text
