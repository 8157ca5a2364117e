"""What can go wrong in a rating, as one small tree.

RatingsError
├── InvalidBattlesError   (ValueError)    a column or value that is not a battle; names its row
│   └── VotesFileError                    the same in a file; names the file and its line
├── InvalidOptionError    (ValueError)    a level, rule or cluster kind that does not exist
├── DisconnectedError     (ValueError)    no finite strengths exist for these contestants together
├── UnboundedError        (ValueError)    a parameter of the model has no finite maximum; says which
├── InvalidImageError     (ValueError)    an array is not an sRGB image
├── ConfoundedFeaturesError (ValueError)  style features tell who made an output, or one another
├── TooFewClustersError   (ValueError)    an interval needs at least two clusters
└── ConvergenceError      (RuntimeError)  the fit stopped short; no number is returned
"""

from collections.abc import Sequence


class RatingsError(Exception):
    """Base of every error that this library raises on purpose."""


class InvalidBattlesError(RatingsError, ValueError):
    """A column or a value cannot be a battle.

    Attributes
    ----------
    reason : str
        What is wrong and what would be right, without the row.
    row : int or None
        Row of the offending value, counted from 1 without the header; None when a whole column is wrong.
    """

    def __init__(self, reason: str, row: int | None = None) -> None:
        self.reason = reason
        self.row = row
        super().__init__(reason if row is None else f"row {row}: {reason}")


class VotesFileError(InvalidBattlesError):
    """A votes file cannot be read; ``line`` is its line number, None when the whole file is wrong."""

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.path = path
        self.line = line
        self.args = (f"{path}: {reason}" if line is None else f"{path}:{line}: {reason}",)


class InvalidOptionError(RatingsError, ValueError):
    """An option has a value that does not exist; the message lists those that do."""


class DisconnectedError(RatingsError, ValueError):
    """Some contestants cannot be compared with the others, so no finite strengths exist.

    Attributes
    ----------
    groups : tuple of tuples of str
        The strongly connected groups of contestants, the largest first.
    """

    def __init__(self, groups: Sequence[tuple[str, ...]]) -> None:
        self.groups = tuple(groups)
        apart = ", ".join(name for group in self.groups[1:] for name in group)
        super().__init__(
            f"not comparable with {self.groups[0][0]} and its group: {apart}; "
            "every contestant needs a chain of wins (or ties) to and from every other"
        )


class UnboundedError(RatingsError, ValueError):
    """The votes push a parameter of the model to infinity; the message says which votes would hold it."""


class InvalidImageError(RatingsError, ValueError):
    """An array is not an sRGB image; the message says what it is."""


class ConfoundedFeaturesError(RatingsError, ValueError):
    """Style features nearly tell who the contestants are, or one another: no separate effects exist."""


class TooFewClustersError(RatingsError, ValueError):
    """Fewer than two clusters, or no column to cluster by: there is no interval to compute."""


class ConvergenceError(RatingsError, RuntimeError):
    """The fit did not reach its tolerance; nothing half-converged is ever returned."""
