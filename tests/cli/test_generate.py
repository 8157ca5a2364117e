"""`arena generate` as a program: what it says, what it leaves, and what a kill cannot take."""

import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arena.cli import main
from arena.cli.progress import ProgressLine, duration, money, progress_line, summary
from arena.core.catalog_rules import load_catalog
from arena.core.generation.run import Progress
from tests.core.generation.misbehaving import Handler, Misbehaving, misbehaving, said, slow
from tests.core.generation.orders import outputs_of, write_asked


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with misbehaving() as server:
        yield server


class CommandLine:
    """Runs `arena generate` for ``quartz`` in this process, on a catalog of the test's own."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
        self.root = root
        self.monkeypatch = monkeypatch
        self.capsys = capsys
        for name, value in surroundings(root).items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        for name in ("alembic", "httpx", "httpx2"):  # the command sets their levels for the whole process
            monkeypatch.setattr(logging.getLogger(name), "level", logging.getLogger(name).level)

    def __call__(self, *words: str) -> tuple[int, str, str]:
        self.monkeypatch.setattr(sys, "argv", ["arena", *COMMAND, *words])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = self.capsys.readouterr()
        if isinstance(end.value.code, str):  # the interpreter prints it and ends with 1
            return 1, out, err + end.value.code + "\n"
        return int(end.value.code or 0), out, err


COMMAND = ("generate", "poems", "--contestant", "quartz")


def surroundings(root: Path) -> dict[str, str]:
    return {"ARENA_CATALOG_DIR": str(root), "ARENA_DATA_DIR": str(root / "data")}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path, monkeypatch, capsys)


def test_a_killed_run_goes_on_with_nothing_made_twice_and_nothing_lost(server: Misbehaving, run: CommandLine):
    root = write_asked(run.root, server.url, prompts=6)
    server.script["poems-004"] = [slow]
    process = subprocess.Popen(
        [sys.executable, "-m", "arena", *COMMAND],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | surroundings(root),
    )
    # The fourth is being asked for: by then three must lie on the disk.
    assert server.reached.wait(60)
    process.kill()
    assert process.wait(60) == -signal.SIGKILL
    kept = (root / "pregenerated/poems/quartz.jsonl").read_bytes()
    assert kept.count(b"\n") == 3

    code, out, err = run()
    assert code == 0, err
    assert "3 there, 3 to make" in out
    after = (root / "pregenerated/poems/quartz.jsonl").read_bytes()
    assert after.startswith(kept)
    assert [output.prompt_id for output in outputs_of(root)] == [f"poems-{n:03}" for n in range(1, 7)]
    assert server.answered == {f"poems-{n:03}": 1 for n in range(1, 7)}
    load_catalog([root])


def test_a_run_says_what_it_asks_for_what_it_costs_and_what_came(server: Misbehaving, run: CommandLine):
    root = write_asked(run.root, server.url)
    server.script["poems-003"] = [said(None)]
    code, out, err = run("--concurrency", "2", "--cost-limit", "5")
    assert code == 0
    assert out.splitlines()[:3] == [
        "poems, Quartz Nine: 0 there, 4 to make",
        f"{server.url} quartz-9 {{'max_tokens': 40, 'temperature': 0.5}}",
        "costs at most $1.95, spent before at most $0.00",
    ]
    assert re.search(r"^3 outputs in \d+ s, \$0\.\d+ spent$", out, re.MULTILINE)
    assert out.endswith(f"{root}/pregenerated/poems/quartz.failures.jsonl: 1 empty\n")
    assert [line.split("  ")[0] for line in err.splitlines()][-1] == "[########################] 4/4"
    code, out, _ = run()
    assert (code, out.splitlines()[:2]) == (
        0,
        [
            "poems, Quartz Nine: 3 there, 0 to make",
            "1 answered before without an output; --again asks again",
        ],
    )


def test_a_dry_run_asks_nobody_and_needs_no_key(server: Misbehaving, run: CommandLine):
    root = write_asked(run.root, server.url, generation={"key_variable": "QUARTZ_KEY"})
    code, out, err = run("--dry-run", "--samples", "2")
    assert (code, err) == (0, "")
    assert out.startswith("poems, Quartz Nine: 0 there, 8 to make\n")
    assert not server.requests
    assert not list(root.glob("pregenerated/poems/quartz*"))


def test_the_key_comes_from_its_variable_and_lands_in_no_file(server: Misbehaving, run: CommandLine):
    root = write_asked(run.root, server.url, prompts=1, generation={"key_variable": "QUARTZ_KEY"})
    code, out, err = run()
    assert (code, err) == (1, f"arena: QUARTZ_KEY is not set; it holds the key for {server.url}.\n")
    assert not server.requests
    run.monkeypatch.setenv("QUARTZ_KEY", "very-secret")
    code, out, err = run()
    assert code == 0
    assert server.requests[0][1]["Authorization"] == "Bearer very-secret"
    written = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    assert b"very-secret" not in written
    assert "very-secret" not in out + err


def test_a_limit_that_is_reached_ends_with_1_and_says_so(server: Misbehaving, run: CommandLine):
    write_asked(run.root, server.url)
    code, out, _ = run("--cost-limit", "0.6")
    assert code == 1
    assert out.endswith("stopped before the cost limit; 2 not asked for\n")


def test_without_the_package_the_extra_is_named(server: Misbehaving, run: CommandLine):
    write_asked(run.root, server.url)
    run.monkeypatch.delitem(sys.modules, "arena.core.generation.endpoint", raising=False)
    run.monkeypatch.setitem(sys.modules, "openai", None)
    code, _, err = run()
    assert (code, err) == (1, "arena: arena generate needs openai: pip install 'paragone[generate]'\n")


def test_ctrl_c_waits_for_what_is_under_way_and_keeps_it(server: Misbehaving, run: CommandLine):
    root = write_asked(run.root, server.url)
    # A shell that runs the tests in the background has Ctrl-C ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupt(handler: Handler, body: dict[str, Any]) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        said("Late.")(handler, body)

    server.script["poems-002"] = [interrupt]
    try:
        code, _, _ = run()
    finally:
        signal.signal(signal.SIGINT, before)
    assert code == 130
    assert [output.text for output in outputs_of(root)][1:] == ["Late."]
    assert run()[0] == 0
    assert len(outputs_of(root)) == 4


# What it says


def test_the_line_has_bar_cost_and_time_left():
    progress = Progress(8, outputs=1, failures={"empty": 1}, spent=0.0123, seconds=50)
    assert progress_line(progress) == "[######..................] 2/8  1 empty  $0.0123  2 min 30 s left"
    assert progress_line(Progress(8)) == "[........................] 0/8  $0.00"


def test_on_a_terminal_the_line_draws_over_itself(capsys: pytest.CaptureFixture[str], monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    line = ProgressLine(sys.stderr)
    line.show(Progress(2, outputs=1, seconds=3600))
    line.show(Progress(2, outputs=2, seconds=3601))
    line.end()
    first, second = capsys.readouterr().err.split("\r")[1:]
    assert len(second.rstrip("\n")) == len(first)
    assert second.endswith("\n")


def test_nothing_made_names_no_file():
    assert summary(Progress(3, is_limit_reached=True), Path("a"), Path("b")).splitlines() == [
        "0 outputs in 0 s, $0.00 spent",
        "stopped before the cost limit; 3 not asked for",
    ]


@pytest.mark.parametrize(
    "seconds, said", [(0.4, "0 s"), (59.6, "1 min 0 s"), (61, "1 min 1 s"), (7260, "2 h 1 min")]
)
def test_a_duration_has_two_units(seconds: float, said: str):
    assert duration(seconds) == said


@pytest.mark.parametrize(
    "dollars, said", [(0, "$0.00"), (0.00012, "$0.0001"), (1.005, "$1.00"), (12, "$12.00")]
)
def test_small_sums_have_more_places(dollars: float, said: str):
    assert money(dollars) == said
