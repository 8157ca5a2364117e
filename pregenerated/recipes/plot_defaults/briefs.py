"""The eight chart briefs: what every library is asked to draw, and from which numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

WIDTH, HEIGHT = 900, 600
DATA_DIR = Path(__file__).with_name("data")


@dataclass(frozen=True)
class Brief:
    """One chart to draw.

    Attributes
    ----------
    chart : str
        Which drawing function of each library takes it.
    table : str
        Name of the CSV file in ``data``. Its columns are x, then y, then the group, as far as they exist.
    group : str
        What the groups are, as a library that titles its legend will print it; empty without groups.
    """

    prompt_id: str
    chart: str
    table: str
    title: str
    x_title: str
    y_title: str
    group: str = ""

    def data(self) -> pd.DataFrame:
        """Read the numbers into columns ``x``, ``y`` and one named after the group."""
        rows = pd.read_csv(DATA_DIR / f"{self.table}.csv")
        rows.columns = pd.Index(["x", "y", self.group][: len(rows.columns)])
        return rows

    def groups(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield each group's name and rows, in the order of the file."""
        for name, rows in self.data().groupby(self.group, sort=False):
            yield str(name), rows


BRIEFS = [
    Brief(
        "plot-defaults-001", "line", "lake_huron",
        "Level of Lake Huron, 1875–1972", "Year", "Level (feet)",
    ),
    Brief(
        "plot-defaults-002", "bars", "planets",
        "Gravity on the planets", "Planet", "Gravity (m/s²)",
    ),
    Brief(
        "plot-defaults-003", "grouped_bars", "library_visits",
        "Visits to four libraries by season", "Season", "Visits (thousands)", "Library",
    ),
    Brief(
        "plot-defaults-004", "histogram", "old_faithful",
        "Waiting for Old Faithful", "Minutes until the next eruption", "Number of eruptions",
    ),
    Brief(
        "plot-defaults-005", "scatter", "penguins",
        "Flipper length and body mass of penguins", "Flipper length (mm)", "Body mass (g)", "Species",
    ),
    Brief(
        "plot-defaults-006", "boxes", "insect_sprays",
        "Insects left after six sprays", "Spray", "Insects on a plot",
    ),
    Brief(
        "plot-defaults-007", "lines", "meat",
        "Meat production in the United States, 1944–2023", "Year", "Production (billion pounds)", "Meat",
    ),
    Brief(
        "plot-defaults-008", "log_scatter", "mammals",
        "Brain and body mass of 51 mammals", "Body mass (kg)", "Brain mass (kg)", "Diet",
    ),
]  # fmt: skip

HISTOGRAM_EDGES = range(40, 101, 5)
