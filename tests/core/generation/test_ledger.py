"""A contestant's files survive what happens to files."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arena.core.catalog import OutputSpec
from arena.core.generation.ledger import open_ledger
from arena.errors import Conflict


def output(number: int, **changes: object) -> OutputSpec:
    values: dict[str, object] = {
        "prompt_id": f"poems-{number:03}",
        "sample": 1,
        "text": f"Verse {number} – 诗",
        "tokens": None,
        "seconds": 1.5,
        "cost_usd": None,
        "generated_at": datetime(2026, 11, 22, tzinfo=UTC),
        "settings": {"parameters": {}},
    }
    return OutputSpec.model_validate(values | changes)


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("cut", [1, 2, 40, 150])
def test_a_torn_last_line_is_cut_and_the_rest_stays(tmp_path: Path, cut: int):
    with open_ledger(tmp_path, "quartz") as ledger:
        ledger.keep_output(output(1))
        ledger.keep_output(output(2))
    first, second = lines(ledger.outputs)
    ledger.outputs.write_bytes(first + second[: -cut - 1])
    with open_ledger(tmp_path, "quartz") as ledger:
        assert lines(ledger.outputs) == [first]
        ledger.keep_output(output(3))
    assert [OutputSpec.model_validate_json(line) for line in lines(ledger.outputs)] == [output(1), output(3)]


def test_a_last_line_without_an_end_is_kept_if_it_is_whole(tmp_path: Path):
    with open_ledger(tmp_path, "quartz") as ledger:
        ledger.keep_output(output(1))
    ledger.outputs.write_bytes(ledger.outputs.read_bytes().rstrip())
    with open_ledger(tmp_path, "quartz") as ledger:
        ledger.keep_output(output(2))
    assert [OutputSpec.model_validate_json(line) for line in lines(ledger.outputs)] == [output(1), output(2)]


def test_a_disk_that_takes_a_part_of_a_line_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write = os.write
    with open_ledger(tmp_path, "quartz") as ledger:
        ledger.keep_output(output(1))
        monkeypatch.setattr(os, "write", lambda descriptor, line: write(descriptor, line[:10]))
        with pytest.raises(OSError, match="a part of a line"):
            ledger.keep_output(output(2))
        monkeypatch.undo()
        assert len(lines(ledger.outputs)) == 1


def test_a_line_is_on_the_disk_before_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    synced: list[int] = []
    with open_ledger(tmp_path, "quartz") as ledger:
        monkeypatch.setattr(os, "fsync", lambda _descriptor: synced.append(ledger.outputs.stat().st_size))
        ledger.keep_output(output(1))
    assert synced == [ledger.outputs.stat().st_size]


def test_an_image_is_whole_before_a_line_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with open_ledger(tmp_path, "quartz") as ledger:
        ledger.keep_output(output(1, text=None, asset="poems-001-1.png"), b"picture")
        assert (ledger.pictures / "poems-001-1.png").read_bytes() == b"picture"

        def full(_descriptor: int) -> None:
            raise OSError("the disk is full")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="full"):
            ledger.keep_output(output(2, text=None, asset="poems-002-1.png"), b"picture")
        monkeypatch.undo()
        assert len(lines(ledger.outputs)) == 1
        assert not (ledger.pictures / "poems-002-1.png").exists()


def test_a_file_is_open_for_one_run_and_others_are_free(tmp_path: Path):
    with open_ledger(tmp_path, "quartz"):
        with pytest.raises(Conflict, match="Another run"), open_ledger(tmp_path, "quartz"):
            pass
        with open_ledger(tmp_path, "marble") as other:
            other.keep_output(output(1))
    assert not (tmp_path / "quartz.jsonl").exists(), "an empty file would be a contestant without outputs"
    assert (tmp_path / "marble.jsonl").exists()
