"""What a curator is told of a category that is not finished."""

import json
from pathlib import Path

import pytest

from arena.core.catalog import read_catalog
from arena.core.catalog_status import CategoryStatus, Cell, category_status
from tests.factories import CONTESTANTS, write_catalog

QUARTZ = "pregenerated/poems/quartz.jsonl"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_catalog(tmp_path, status="draft")


def status_of(root: Path) -> CategoryStatus:
    catalog = read_catalog([root])
    (files,) = catalog.categories
    return category_status(files, catalog.contestants)


def edit_lines(path: Path, number: int, **changes: object) -> None:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines[number - 1] |= changes
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def drop_line(path: Path, number: int) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[: number - 1] + lines[number:]), encoding="utf-8")


def add_failure(root: Path, prompt: str, sample: int, reason: str) -> None:
    line = json.loads((root / QUARTZ).read_text(encoding="utf-8").splitlines()[0])
    line |= {"prompt_id": prompt, "sample": sample, "reason": reason, "detail": "It said no."}
    del line["text"]
    with (root / "pregenerated/poems/quartz.failures.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def test_a_whole_category_needs_nothing(root: Path):
    found = status_of(root)
    assert (found.slug, found.version, found.status, found.needed) == ("poems", "1.0", "draft", ())
    assert found.contestants == tuple(sorted(CONTESTANTS))
    assert set(found.cells.values()) == {Cell(samples=1, refused=0, failed=0, findings=0)}
    assert len(found.cells) == 16


def test_outputs_that_are_missing_are_counted_by_contestant(root: Path):
    for number in (4, 2):
        drop_line(root / QUARTZ, number)
    found = status_of(root)
    assert found.cells["poems-002", "quartz"].samples == 0
    assert found.needed == ("quartz: 2 outputs missing, for poems-002, poems-004",)


def test_a_category_that_may_have_gaps_needs_not_all(tmp_path: Path):
    root = write_catalog(tmp_path, status="draft", complete=False)
    drop_line(root / QUARTZ, 1)
    assert status_of(root).needed == ()


def test_further_samples_are_counted(root: Path):
    edit_lines(root / QUARTZ, 2, prompt_id="poems-001", sample=2)
    assert status_of(root).cells["poems-001", "quartz"].samples == 2


def test_refusals_and_failures_are_told_until_an_output_is_there(root: Path):
    for number in (4, 3, 2):
        drop_line(root / QUARTZ, number)
    add_failure(root, "poems-001", 1, "failed")
    add_failure(root, "poems-002", 1, "failed")
    add_failure(root, "poems-002", 1, "refused")
    add_failure(root, "poems-003", 1, "empty")
    add_failure(root, "poems-003", 2, "truncated")
    cells = status_of(root).cells
    assert [cells[prompt, "quartz"] for prompt in status_of(root).prompts] == [
        Cell(1, 0, 0, 0),
        Cell(0, 1, 0, 0),
        Cell(0, 0, 2, 0),
        Cell(0, 0, 0, 0),
    ]


def test_an_output_that_names_its_maker_is_flagged(root: Path):
    edit_lines(root / QUARTZ, 3, text="I am Quartz Nine, and this is my verse.")
    found = status_of(root)
    flagged = {place for place, cell in found.cells.items() if cell.findings}
    assert flagged == {("poems-003", "quartz")}
    assert found.needed[0].startswith("resolve ")


def test_prompts_want_a_difficulty(root: Path):
    edit_lines(root / "prompts/poems/prompts.jsonl", 3, difficulty=None)
    assert status_of(root).needed == ("grade the difficulty of poems-003",)


def test_what_is_retired_is_not_in_the_grid(root: Path):
    edit_lines(root / "prompts/poems/prompts.jsonl", 1, status="retired")
    found = status_of(root)
    assert found.prompts == ("poems-002", "poems-003", "poems-004")
    assert len(found.cells) == 12


def test_an_empty_draft_is_told_what_to_begin_with(tmp_path: Path):
    root = write_catalog(tmp_path, status="draft", prompts=0, contestants=("quartz",))
    assert status_of(root).needed == (
        "write prompts: there is none",
        "add outputs of at least 2 contestants: there are 0",
    )


def test_a_broken_rule_is_told_and_the_grid_still_shown(root: Path):
    (root / "pregenerated/poems/topaz.jsonl").write_text("", encoding="utf-8")
    found = status_of(root)
    assert "contestant 'topaz' is not in contestants.yaml" in found.needed[0]
    assert len(found.cells) == 16


def test_many_names_are_cut_short(tmp_path: Path):
    root = write_catalog(tmp_path, status="draft", prompts=9)
    (root / QUARTZ).write_text((root / QUARTZ).read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    named = "for poems-002, poems-003, poems-004, poems-005, poems-006 and 3 more"
    assert status_of(root).needed[0] == f"quartz: 8 outputs missing, {named}"
