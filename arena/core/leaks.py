"""The leak linter: what in the outputs of a category may tell who made them.

It reads words, files and sizes. What only the eye sees (a watermark, a signature, a look) it cannot find:
`arena.core.distinguishability` measures how far the look alone tells.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from arena.core.catalog import Catalog, CategoryFiles, ContestantSpec, OutputSpec
from arena.core.leak_images import image_marks
from arena.core.leak_spec import AcceptedSpec, LeakKind
from arena.core.leak_words import telling_spans
from arena.errors import CatalogError

#: Outputs of a contestant from which on sizes or lengths that are all the same mean something.
FEWEST_SIZES = 3
FEWEST_LENGTHS = 5
#: Characters of a finding that are quoted.
MAX_QUOTED = 80
#: A name of one letter stands in every text.
SHORTEST_NAME = 2

REMEDIES: Mapping[LeakKind, str] = {
    "names_maker": "make the output again or drop it; accept it where the word means something else",
    "describes_itself": "make the output again or drop it",
    "template_mark": "fix the settings that let marks of its chat format through; make the output again",
    "refusal": "record it as a refusal and make the output again, or drop it",
    "cut_short": "make the output again with room for its end; accept it where it is whole",
    "metadata": "save the pixels alone: the arena serves nothing else, but the file is published",
    "own_size": "make all images of one size, or accept it where the size is part of the look",
    "own_length": "see whether a limit cut them, and make them again",
}
_VERSION = re.compile(r"\s*(?:[(（][^)）]*[)）]|\S*\d\S*)\s*$")


@dataclass(frozen=True)
class Leak:
    """A finding.

    Attributes
    ----------
    path
        The file that holds it.
    prompt_id, sample
        The output; None for what all outputs of a contestant share.
    span : tuple of int or None
        Characters of the text, from the first to behind the last.
    found
        What was found, at most `MAX_QUOTED` characters of it.
    """

    kind: LeakKind
    path: Path
    contestant: str
    prompt_id: str | None
    sample: int | None
    span: tuple[int, int] | None
    found: str

    def __str__(self) -> str:
        """Say in one line where it is and what to do."""
        return f"{self.path}: {self.what}"

    @property
    def what(self) -> str:
        """The finding without its file."""
        place = "" if self.prompt_id is None else f"prompt {self.prompt_id!r} sample {self.sample}: "
        where = "" if self.span is None else f" at characters {self.span[0]}-{self.span[1]}"
        return f"{place}{self.kind}{where}: {self.found!r}; {REMEDIES[self.kind]}"


@dataclass(frozen=True)
class LeakReport:
    """What was found in a category and nobody accepted, and what was accepted and is not there."""

    unresolved: tuple[Leak, ...]
    stale: tuple[AcceptedSpec, ...]


def refuse_leaks(catalog: Catalog, tell: Callable[[str], None]) -> None:
    """Refuse a catalog with findings that nobody accepted.

    Parameters
    ----------
    tell
        Called with each finding.

    Raises
    ------
    CatalogError
        If there is a finding, or if one was accepted that is not there.
    """
    reports = {files.output_folder: leak_report(files, catalog.contestants) for files in catalog.categories}
    leaks = [leak for report in reports.values() for leak in report.unresolved]
    for leak in leaks:
        tell(str(leak))
    if leaks:
        rule = "fix, drop or accept each, with a reason, in accepted.yaml"
        raise CatalogError(leaks[0].path, None, f"{leaks[0].what} ({len(leaks)} findings in all; {rule})")
    for folder, report in reports.items():
        for entry in report.stale:
            words = f"{entry.kind} {entry.found!r} is accepted and not found; take the entry out"
            raise CatalogError(folder / "accepted.yaml", None, words)


def leak_report(files: CategoryFiles, contestants: Mapping[str, ContestantSpec]) -> LeakReport:
    """Look for leaks in the outputs that are served, and hold them against what was accepted.

    Raises
    ------
    CatalogError
        If an image cannot be read.
    """
    unresolved, used = [], set()
    for leak in find_leaks(files, contestants):
        fitting = [number for number, entry in enumerate(files.accepted) if _accepts(entry, leak)]
        used.update(fitting)
        if not fitting:
            unresolved.append(leak)
    stale = (entry for number, entry in enumerate(files.accepted) if number not in used)
    return LeakReport(tuple(unresolved), tuple(stale))


def find_leaks(files: CategoryFiles, contestants: Mapping[str, ContestantSpec]) -> Iterator[Leak]:
    """Yield every finding in the outputs of active contestants, accepted or not.

    Raises
    ------
    CatalogError
        If an image cannot be read.
    """
    served = {slug: rows for slug, rows in files.outputs.items() if contestants[slug].status == "active"}
    names = telling_names([contestants[slug] for slug in files.outputs])
    for slug, outputs in served.items():
        for output in outputs:
            yield from _output_leaks(files, slug, output, names)
    yield from _own_sizes(files, served)
    yield from _own_lengths(files, served)


def telling_names(contestants: list[ContestantSpec]) -> tuple[str, ...]:
    """Return every name of these contestants, also without its version, in the order of the alphabet."""
    names: set[str] = set()
    for spec in contestants:
        names |= {
            spec.slug,
            spec.name,
            _VERSION.sub("", spec.name),
            spec.family,
            spec.provider,
            *spec.aliases,
        }
    return tuple(sorted(name for name in names if len(name) >= SHORTEST_NAME))


def _accepts(entry: AcceptedSpec, leak: Leak) -> bool:
    return (
        entry.kind == leak.kind
        and entry.found.casefold() == leak.found.casefold()
        and entry.contestant in (None, leak.contestant)
        and entry.prompt_id in (None, leak.prompt_id)
    )


def _output_leaks(
    files: CategoryFiles, slug: str, output: OutputSpec, names: tuple[str, ...]
) -> Iterator[Leak]:
    place = (slug, output.prompt_id, output.sample)
    if output.text is not None:
        path = files.output_folder / f"{slug}.jsonl"
        said = set()
        for span in telling_spans(output.text, names):
            found = " ".join(output.text[span.start : span.end].split())[:MAX_QUOTED]
            if (span.kind, found.casefold()) not in said:
                yield Leak(span.kind, path, *place, span=(span.start, span.end), found=found)
            said.add((span.kind, found.casefold()))
        return
    path = files.asset_path(slug, output)
    for mark in image_marks(path.read_bytes()):
        yield Leak("metadata", path, *place, span=None, found=mark[:MAX_QUOTED])


def _own_sizes(files: CategoryFiles, served: Mapping[str, tuple[OutputSpec, ...]]) -> Iterator[Leak]:
    """Find contestants whose images all have one size that no other contestant's have."""
    sizes = {slug: _sizes(files, slug, outputs) for slug, outputs in served.items()}
    users: dict[tuple[int, int], set[str]] = defaultdict(set)
    for slug, found in sizes.items():
        for size in found:
            users[size].add(slug)
    for slug, found in sizes.items():
        if len(found) >= FEWEST_SIZES and len(set(found)) == 1 and len(served) > len(users[found[0]]) == 1:
            width, height = found[0]
            words = f"{width} x {height} pixels"
            yield Leak("own_size", files.output_folder / slug, slug, None, None, None, words)


def _sizes(files: CategoryFiles, slug: str, outputs: tuple[OutputSpec, ...]) -> list[tuple[int, int]]:
    return [_size(files.asset_path(slug, output)) for output in outputs if output.asset is not None]


def _size(path: Path) -> tuple[int, int]:
    try:
        with Image.open(path) as picture:
            return picture.size
    except OSError as error:
        raise CatalogError(path, None, f"it cannot be read ({error})") from error


def _own_lengths(files: CategoryFiles, served: Mapping[str, tuple[OutputSpec, ...]]) -> Iterator[Leak]:
    """Find contestants whose texts all have the same length while the others' differ."""
    lengths = {
        slug: [len(output.text) for output in outputs if output.text is not None]
        for slug, outputs in served.items()
    }
    alike = {slug for slug, found in lengths.items() if len(found) >= FEWEST_LENGTHS and len(set(found)) == 1}
    for slug in sorted(alike) if len(alike) < len(served) else ():
        words = f"{lengths[slug][0]} characters"
        yield Leak("own_length", files.output_folder / f"{slug}.jsonl", slug, None, None, None, words)
