"""Draw every brief with every library, or check that the kept pictures can be drawn again.

python draw.py                    draw; pictures and rows that come out the same are left untouched
python draw.py --check            draw in memory and name what differs from the kept files
python draw.py --only gnuplot     one library
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import perf_counter

from briefs import BRIEFS, Brief
from outputs import Row, new_row, read_rows, write_rows
from picture import encode, flatten, kept, same_pixels
from PIL import Image

LIBRARIES = ["matplotlib", "seaborn", "plotnine", "altair", "pygal", "gnuplot"]
PREGENERATED = Path(__file__).resolve().parents[2]
OUTPUTS = PREGENERATED / "plot-defaults"
PROMPTS = PREGENERATED.parent / "prompts" / "plot-defaults" / "prompts.jsonl"


def draw_library(slug: str, *, check: bool, now: datetime) -> list[str]:
    """Draw all briefs with one library.

    Returns
    -------
    list of str
        What differs from the kept files, one line each. Unless ``check``, the differences are written.
    """
    library = import_module(f"draw_{slug}")
    settings = {"version": library.version(), "recipe": f"plot_defaults/draw_{slug}.py"}
    library.draw(BRIEFS[0])  # the first picture also loads fonts: not part of any row's seconds
    rows_file = OUTPUTS / f"{slug}.jsonl"
    rows = read_rows(rows_file)
    differences = []
    for brief in BRIEFS:
        started = perf_counter()
        png = library.draw(brief)
        seconds = perf_counter() - started
        drawn = flatten(png)
        difference = _difference(_picture_file(slug, brief), rows.get(brief.prompt_id), drawn, settings)
        if difference:
            differences.append(f"{slug} {brief.prompt_id}: {difference}")
            rows[brief.prompt_id] = new_row(brief.prompt_id, settings, seconds, now)
            if not check:
                _keep(_picture_file(slug, brief), drawn)
    if differences and not check:
        write_rows(rows_file, rows)
    return differences


def _picture_file(slug: str, brief: Brief) -> Path:
    return OUTPUTS / slug / f"{brief.prompt_id}.png"


def _difference(file: Path, row: Row | None, drawn: Image.Image, settings: dict[str, str]) -> str:
    before = kept(file)
    if before is None or row is None:
        return "not drawn yet"
    if not same_pixels(before, drawn):
        return "other pixels"
    if row["settings"] != settings:
        return f"same pixels, but the row says {row['settings']}"
    return ""


def _keep(file: Path, drawn: Image.Image) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(encode(drawn))


def unstated_words() -> list[str]:
    """Name each title or axis title that we draw and that the prompt does not ask for."""
    lines = PROMPTS.read_text(encoding="utf-8").splitlines()
    texts = {prompt["id"]: prompt["text"] for prompt in map(json.loads, lines)}
    return [
        f"{brief.prompt_id}: the prompt does not state {words!r}"
        for brief in BRIEFS
        for words in (brief.title, brief.x_title, brief.y_title)
        if f"**{words}**" not in texts.get(brief.prompt_id, "")
    ]


def main() -> int:
    """Run the command; exit code 1 when the check found a difference."""
    parser = argparse.ArgumentParser(description="Draw the plot-defaults pictures.")
    parser.add_argument("--check", action="store_true", help="write nothing, name what differs")
    parser.add_argument("--only", metavar="LIB", choices=LIBRARIES, help="one of " + ", ".join(LIBRARIES))
    arguments = parser.parse_args()
    problems = unstated_words()
    for slug in [arguments.only] if arguments.only else LIBRARIES:
        differences = draw_library(slug, check=arguments.check, now=datetime.now(UTC))
        print(f"{slug}: {len(BRIEFS) - len(differences)} of {len(BRIEFS)} the same")
        problems += differences
    for problem in problems:
        print(problem)
    return 1 if problems and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
