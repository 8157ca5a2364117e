"""A contestant's files while outputs are added to them: one writer, whole lines, safe against a crash."""

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from arena.core.catalog import FAILURES, FailureSpec, OutputSpec
from arena.errors import Conflict


@dataclass(frozen=True)
class Ledger:
    """Where finished work goes; what a call has written is on the disk when it returns."""

    outputs: Path
    failures: Path
    pictures: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep_output(self, output: OutputSpec, picture: bytes | None = None) -> None:
        """Append an output; its picture is there, whole, before the line that names it."""
        with self._lock:
            if picture is not None:
                self.pictures.mkdir(exist_ok=True)
                _write_whole(self.pictures / str(output.asset), picture)
            _append(self.outputs, output)

    def keep_failure(self, failure: FailureSpec) -> None:
        """Append what came in place of an output."""
        with self._lock:
            _append(self.failures, failure)


@contextmanager
def open_ledger(folder: Path, contestant: str) -> Iterator[Ledger]:
    """Open a contestant's files in ``pregenerated/<category>/`` for this run alone; torn lines are mended.

    Raises
    ------
    Conflict
        If another run has them open.
    """
    folder.mkdir(parents=True, exist_ok=True)
    outputs, failures = folder / f"{contestant}.jsonl", folder / f"{contestant}{FAILURES}"
    with _only_writer(outputs, contestant):
        for path in (outputs, failures):
            _mend(path)
        _sync_folder(folder)
        try:
            yield Ledger(outputs, failures, folder / contestant)
        finally:
            if not outputs.stat().st_size:  # an empty file would read as a contestant without outputs
                outputs.unlink()


@contextmanager
def _only_writer(path: Path, contestant: str) -> Iterator[None]:
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Locked too late: the other run ended, and took its empty file away.
            is_held = path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat())
        except BlockingIOError:
            is_held = False
        if not is_held:
            raise Conflict("busy", f"Another run makes outputs of {contestant} here; wait until it ends.")
        yield


def _mend(path: Path) -> None:
    """Cut a last line that has no end: it was being written when the machine went down, and was not told."""
    if not path.is_file():
        return
    with path.open("r+b") as file:
        content = file.read()
        whole = content.rfind(b"\n") + 1
        if whole == len(content):
            return
        if _is_json(content[whole:]):  # written by hand, without an end of line
            file.write(b"\n")
        else:
            file.truncate(whole)
        file.flush()
        os.fsync(file.fileno())


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _append(path: Path, record: OutputSpec) -> None:
    is_new = not path.exists()
    absent = {name for name in ("text", "asset") if getattr(record, name) is None}
    line = record.model_dump_json(exclude=absent).encode() + b"\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        before = os.fstat(descriptor).st_size
        try:
            if os.write(descriptor, line) != len(line):
                raise OSError(f"{path}: the disk took only a part of a line")
            os.fsync(descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, before)
            raise
    finally:
        os.close(descriptor)
    if is_new:
        _sync_folder(path.parent)


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder as lasting as what it names."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
