"""Show how far categories have come."""

from typing import Annotated

import typer

from arena.core.catalog import read_catalog
from arena.core.catalog_status import CategoryStatus, Cell, category_status
from arena.core.operations import catalog_roots
from arena.errors import NotFound
from arena.settings import Settings

LEGEND = "1 2 …: outputs there · .: missing · R: refused · F: failed, empty, cut short · !: leak found"
WIDTH = 4


def status(category: Annotated[str | None, typer.Argument(help="Only this one.")] = None) -> None:
    """Print which outputs are there, prompt by contestant, and what is needed to go live."""
    catalog = read_catalog(catalog_roots(Settings()))
    chosen = [files for files in catalog.categories if category in (None, files.spec.slug)]
    if not chosen:
        raise NotFound("unknown_category", f"There is no category {category!r}.")
    for files in chosen:
        print("\n".join(_lines(category_status(files, catalog.contestants))), end="\n\n")
    print(LEGEND)


def _lines(found: CategoryStatus) -> list[str]:
    """Head the columns with numbers: sixty names would not fit."""
    numbers = range(1, len(found.contestants) + 1)
    width = max(map(len, found.prompts), default=0)
    outputs = sum(cell.samples for cell in found.cells.values())
    lines = [
        f"{found.slug} {found.version}, {found.status}: {len(found.prompts)} prompts, "
        f"{len(found.contestants)} contestants, {outputs} outputs",
        *(f"  {number:>2} {slug}" for number, slug in zip(numbers, found.contestants, strict=True)),
        " " * width + "".join(f"{number:>{WIDTH}}" for number in numbers),
    ]
    for prompt in found.prompts:
        cells = (_shown(found.cells[prompt, slug]) for slug in found.contestants)
        lines.append(f"{prompt:<{width}}" + "".join(f"{cell:>{WIDTH}}" for cell in cells))
    if not found.needed:
        return [*lines, "nothing is missing" + ("" if found.status == "live" else "; set status: live")]
    return [*lines, "needed to be live:", *(f"  - {what}" for what in found.needed)]


def _shown(cell: Cell) -> str:
    marks = "R" * bool(cell.refused) + "F" * bool(cell.failed) + "!" * bool(cell.findings)
    return f"{cell.samples or ('' if marks else '.')}{marks}"
