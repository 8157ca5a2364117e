"""A progress bar on the error stream, for work that takes long."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WIDTH = 30


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yield a function that takes the number done so far and shows it, with the time that is left.

    On a terminal the line is written over and ends when the block does, also when it fails half way; in a
    file or a pipe one plain line at the end says how many were done. Nothing is shown before the first call.
    """
    start = time.monotonic()
    is_terminal = sys.stderr.isatty()
    last: int | None = None

    def show(done: int) -> None:
        nonlocal last
        last = done
        if is_terminal:
            sys.stderr.write("\r" + _line(what, done, total, time.monotonic() - start))
            sys.stderr.flush()

    try:
        yield show
    finally:
        if last is not None:
            sys.stderr.write("\n" if is_terminal else f"{what}: {last} of {total}\n")


def _line(what: str, done: int, total: int, seconds: float) -> str:
    filled = WIDTH * done // total
    bar = "#" * filled + "." * (WIDTH - filled)
    left = f", {seconds * (total - done) / done:.0f} s left" if 0 < done < total else ""
    return f"{what} [{bar}] {done} of {total}{left}".ljust(WIDTH + 50)
