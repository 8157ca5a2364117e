"""Ratings from pairwise preference votes; stands alone on NumPy, SciPy and choix."""

from ratings.data.battles import Battles, BothBad, Outcome
from ratings.data.graph import BeatsGraph, beats_graph
from ratings.data.layouts import from_layout, layout_of, to_layout
from ratings.data.readers import parse_votes, read_votes
from ratings.data.weights import (
    PropensityWeights,
    effective_sample_size,
    inverse_propensity_weights,
    weighted_by_propensity,
)
from ratings.diagnostics.boards import (
    BoardComparison,
    compare_boards,
    confidence_agreement,
    difference_errors,
    pair_rank_brier,
    separability,
)
from ratings.diagnostics.calibration import Calibration, calibration
from ratings.diagnostics.cycles import CycleAudit, cycle_audit
from ratings.diagnostics.folds import folds, split_halves
from ratings.diagnostics.held_out import HeldOut, held_out
from ratings.diagnostics.leave_one_out import LeaveOneOut, leave_one_out
from ratings.diagnostics.lifts import VotesToLift, votes_to_lift
from ratings.diagnostics.swaps import VotesToSwap, neighbour_swaps, votes_to_swap
from ratings.diagnostics.votes_needed import VotesNeeded, votes_needed
from ratings.diagnostics.win_rates import WinRates, win_rates
from ratings.difficulty.bands import Band
from ratings.difficulty.figures import ContestantResponse
from ratings.difficulty.prompt_difficulty import EstimatedDifficulty, estimated_difficulty
from ratings.difficulty.response import DifficultyResponse, difficulty_response
from ratings.errors import (
    ConfoundedFeaturesError,
    ConvergenceError,
    DisconnectedError,
    InvalidBattlesError,
    InvalidImageError,
    InvalidOptionError,
    RatingsError,
    TooFewClustersError,
    UnboundedError,
    VotesFileError,
)
from ratings.features.image import IMAGE_FEATURES, image_features
from ratings.features.text import TEXT_FEATURES, text_features
from ratings.fits.bradley_terry import BradleyTerryResult, bradley_terry
from ratings.fits.elo import EloPermutations, EloResult, elo, elo_permutations
from ratings.fits.outcome_fit import OutcomeFit, fit_outcomes
from ratings.fits.second_opinion import compare_with_choix
from ratings.fits.style import StyleComparison, StyleControlResult, compare_style, style_control
from ratings.points import to_points, to_strengths
from ratings.ranks.comparisons import Comparisons, comparisons, normal_comparisons
from ratings.ranks.first import could_be_first, rank_probabilities
from ratings.ranks.rank_sets import RankSets, rank_sets
from ratings.ranks.upper_bound import lmarena_upper_bound_rank
from ratings.studies.simulate import OutputPlan, Taste, choice_probabilities, simulate
from ratings.tables.bootstrap_table import BootstrapRow, BootstrapTable, bootstrap_table
from ratings.tables.floor import LOCAL_FLOOR, PUBLISHED_FLOOR, Evidence, EvidenceFloor, evidence
from ratings.tables.formats import format_csv, format_json
from ratings.tables.outcome_table import OutcomeRow, OutcomeTable, outcome_table
from ratings.tables.sensitivity import SensitivityRow, SensitivityTable, sensitivity_table
from ratings.tables.style_table import CoefficientRow, StyleRow, StyleTable, style_table
from ratings.tables.table import RatingRow, RatingTable, rating_table
from ratings.tables.text import format_text
from ratings.uncertainty.bootstrap import (
    BootstrapDifference,
    BootstrapResult,
    bootstrap,
    bootstrap_difference,
)
from ratings.uncertainty.contrasts import Covariance, Intervals
from ratings.uncertainty.intervals import covariance, difference_interval, strength_intervals
from ratings.uncertainty.outcome_covariance import (
    absolute_intervals,
    outcome_covariance,
    side_interval,
    tie_interval,
)
from ratings.uncertainty.outputs import output_covariance
from ratings.uncertainty.style_intervals import StyleIntervals, coefficient_intervals, style_intervals
from ratings.uncertainty.wilson import PairWinRates, pair_win_rates, wilson_interval

__all__ = [
    "IMAGE_FEATURES",
    "LOCAL_FLOOR",
    "PUBLISHED_FLOOR",
    "TEXT_FEATURES",
    "Band",
    "Battles",
    "BeatsGraph",
    "BoardComparison",
    "BootstrapDifference",
    "BootstrapResult",
    "BootstrapRow",
    "BootstrapTable",
    "BothBad",
    "BradleyTerryResult",
    "Calibration",
    "CoefficientRow",
    "Comparisons",
    "ConfoundedFeaturesError",
    "ContestantResponse",
    "ConvergenceError",
    "Covariance",
    "CycleAudit",
    "DifficultyResponse",
    "DisconnectedError",
    "EloPermutations",
    "EloResult",
    "EstimatedDifficulty",
    "Evidence",
    "EvidenceFloor",
    "HeldOut",
    "Intervals",
    "InvalidBattlesError",
    "InvalidImageError",
    "InvalidOptionError",
    "LeaveOneOut",
    "Outcome",
    "OutcomeFit",
    "OutcomeRow",
    "OutcomeTable",
    "OutputPlan",
    "PairWinRates",
    "PropensityWeights",
    "RankSets",
    "RatingRow",
    "RatingTable",
    "RatingsError",
    "SensitivityRow",
    "SensitivityTable",
    "StyleComparison",
    "StyleControlResult",
    "StyleIntervals",
    "StyleRow",
    "StyleTable",
    "Taste",
    "TooFewClustersError",
    "UnboundedError",
    "VotesFileError",
    "VotesNeeded",
    "VotesToLift",
    "VotesToSwap",
    "WinRates",
    "absolute_intervals",
    "beats_graph",
    "bootstrap",
    "bootstrap_difference",
    "bootstrap_table",
    "bradley_terry",
    "calibration",
    "choice_probabilities",
    "coefficient_intervals",
    "compare_boards",
    "compare_style",
    "compare_with_choix",
    "comparisons",
    "confidence_agreement",
    "could_be_first",
    "covariance",
    "cycle_audit",
    "difference_errors",
    "difference_interval",
    "difficulty_response",
    "effective_sample_size",
    "elo",
    "elo_permutations",
    "estimated_difficulty",
    "evidence",
    "fit_outcomes",
    "folds",
    "format_csv",
    "format_json",
    "format_text",
    "from_layout",
    "held_out",
    "image_features",
    "inverse_propensity_weights",
    "layout_of",
    "leave_one_out",
    "lmarena_upper_bound_rank",
    "neighbour_swaps",
    "normal_comparisons",
    "outcome_covariance",
    "outcome_table",
    "output_covariance",
    "pair_rank_brier",
    "pair_win_rates",
    "parse_votes",
    "rank_probabilities",
    "rank_sets",
    "rating_table",
    "read_votes",
    "sensitivity_table",
    "separability",
    "side_interval",
    "simulate",
    "split_halves",
    "strength_intervals",
    "style_control",
    "style_intervals",
    "style_table",
    "text_features",
    "tie_interval",
    "to_layout",
    "to_points",
    "to_strengths",
    "votes_needed",
    "votes_to_lift",
    "votes_to_swap",
    "weighted_by_propensity",
    "wilson_interval",
    "win_rates",
]
