"""One line that says how far a run is, what it costs, and how long the rest takes."""

from pathlib import Path
from typing import TextIO

from arena.core.generation.run import Progress

WIDTH = 24
_MINUTE, _HOUR = 60, 3600


class ProgressLine:
    """Draws over itself on a terminal; elsewhere it writes a line for each output."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._drawn = 0

    def show(self, progress: Progress) -> None:
        """Draw how far the run is."""
        line = progress_line(progress)
        if self._is_terminal:
            self._stream.write("\r" + line.ljust(self._drawn))
            self._drawn = len(line)
        else:
            self._stream.write(line + "\n")
        self._stream.flush()

    def end(self) -> None:
        """Leave the last line standing."""
        if self._drawn:
            self._stream.write("\n")


def progress_line(progress: Progress) -> str:
    """Return the bar with its figures."""
    filled = WIDTH * progress.done // max(progress.wanted, 1)
    parts = [f"[{'#' * filled}{'.' * (WIDTH - filled)}] {progress.done}/{progress.wanted}"]
    if failures := _failures(progress):
        parts.append(failures)
    parts.append(money(progress.spent))
    if progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} left")
    return "  ".join(parts)


def summary(progress: Progress, outputs: Path, failures: Path) -> str:
    """Return what a run made, and where it lies."""
    lines = [f"{progress.outputs} outputs in {duration(progress.seconds)}, {money(progress.spent)} spent"]
    if progress.outputs:
        lines.append(str(outputs))
    if progress.failures:
        lines.append(f"{failures}: {_failures(progress)}")
    if progress.is_limit_reached:
        left = progress.wanted - progress.done
        lines.append(f"stopped before the cost limit; {left} not asked for")
    return "\n".join(lines)


def money(dollars: float) -> str:
    """Return US dollars, with more places where the sum is small."""
    return f"${dollars:.2f}" if dollars >= 1 or dollars == 0 else f"${dollars:.4f}"


def duration(seconds: float) -> str:
    """Return a duration in its two largest units."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def _failures(progress: Progress) -> str:
    return ", ".join(f"{number} {reason}" for reason, number in sorted(progress.failures.items()))
