"""The closed sets of words that requests, rows and files share."""

from typing import Literal, get_args

Choice = Literal["a", "b", "tie", "both_bad"]
Side = Literal["a", "b"]
SkipReason = Literal["like_both", "like_neither", "dont_know", "look_the_same", "broken", "other"]
ReportReason = Literal["broken", "offensive", "reveals_maker", "other"]
Mark = Literal["misclick", "recognised_a", "recognised_b", "recognised_neither"]
Modality = Literal["text", "image"]
FailureReason = Literal["refused", "empty", "truncated", "unusable", "failed"]
Origin = Literal["human", "judge", "simulated", "imported"]
Shown = Literal["beside", "hold", "after_vote"]
RevealPolicy = Literal["immediate", "after_batch", "never"]
RevealWhen = Literal["now", "batch", "never"]

SIDES: tuple[Side, Side] = get_args(Side)

# The only category in which simulated votes may exist.
PRACTICE = "practice"
