"""Ratings from pairwise preference votes; stands alone on NumPy, SciPy and choix."""

from ratings.data.battles import Battles, BothBad, Outcome
from ratings.data.graph import BeatsGraph, beats_graph
from ratings.data.readers import parse_votes, read_votes
from ratings.errors import (
    ConvergenceError,
    DisconnectedError,
    InvalidBattlesError,
    InvalidOptionError,
    RatingsError,
    TooFewClustersError,
    VotesFileError,
)
from ratings.fits.bradley_terry import BradleyTerryResult, bradley_terry
from ratings.fits.second_opinion import compare_with_choix
from ratings.points import to_points, to_strengths
from ratings.ranks.ranking import interval_overlap_ranks
from ratings.studies.simulate import Taste, choice_probabilities, simulate
from ratings.tables.bootstrap_table import BootstrapRow, BootstrapTable, bootstrap_table
from ratings.tables.floor import LOCAL_FLOOR, PUBLISHED_FLOOR, Evidence, EvidenceFloor, evidence
from ratings.tables.formats import format_csv, format_json, format_text
from ratings.tables.table import RatingRow, RatingTable, rating_table
from ratings.uncertainty.bootstrap import BootstrapResult, bootstrap
from ratings.uncertainty.intervals import (
    Covariance,
    Intervals,
    covariance,
    difference_interval,
    strength_intervals,
)

__all__ = [
    "LOCAL_FLOOR",
    "PUBLISHED_FLOOR",
    "Battles",
    "BeatsGraph",
    "BootstrapResult",
    "BootstrapRow",
    "BootstrapTable",
    "BothBad",
    "BradleyTerryResult",
    "ConvergenceError",
    "Covariance",
    "DisconnectedError",
    "Evidence",
    "EvidenceFloor",
    "Intervals",
    "InvalidBattlesError",
    "InvalidOptionError",
    "Outcome",
    "RatingRow",
    "RatingTable",
    "RatingsError",
    "Taste",
    "TooFewClustersError",
    "VotesFileError",
    "beats_graph",
    "bootstrap",
    "bootstrap_table",
    "bradley_terry",
    "choice_probabilities",
    "compare_with_choix",
    "covariance",
    "difference_interval",
    "evidence",
    "format_csv",
    "format_json",
    "format_text",
    "interval_overlap_ranks",
    "parse_votes",
    "rating_table",
    "read_votes",
    "simulate",
    "strength_intervals",
    "to_points",
    "to_strengths",
]
