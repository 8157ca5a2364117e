"""Split battles so that no voter, or no prompt, is on both sides."""

from typing import Literal

import numpy as np

from ratings.data.battles import Battles
from ratings.data.counts import CodeArray, cluster_codes
from ratings.errors import InvalidOptionError, TooFewClustersError

By = Literal["voter", "prompt"]


def split_halves(battles: Battles, *, by: By, rng: np.random.Generator) -> tuple[Battles, Battles]:
    """Split the battles into two halves that share no voter, or no prompt; both keep all contestants.

    Raises
    ------
    TooFewClustersError
        When the column is missing or holds fewer than two clusters.
    """
    fold = folds(battles, by=by, n_folds=2, rng=rng)
    return battles.where(fold == 0), battles.where(fold == 1)


def folds(battles: Battles, *, by: By, n_folds: int, rng: np.random.Generator) -> CodeArray:
    """Return a fold, 0 .. n_folds - 1, for each battle (n,); a voter, or prompt, falls into one fold whole.

    Raises
    ------
    TooFewClustersError
        When the column is missing or holds fewer clusters than folds.
    """
    if by not in ("voter", "prompt"):
        raise InvalidOptionError(f"by {by!r} is not one of voter, prompt")
    names, code = np.unique(cluster_codes(battles, by), return_inverse=True)
    if n_folds < 2 or len(names) < n_folds:  # noqa: PLR2004 - one fold holds nothing out
        raise TooFewClustersError(
            f"{len(names)} {by}s in {n_folds} folds: at least 2 folds, and a {by} in each"
        )
    return np.asarray(rng.permutation(np.arange(len(names)) % n_folds)[code], dtype=np.int64)
