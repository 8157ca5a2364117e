"""Rows and boards as core would return them."""

from dataclasses import replace
from datetime import UTC, datetime

from arena.core.boards import Board, BoardRow, SnapshotInfo
from arena.core.categories import CategorySummary

HOSTILE = "<script>alert('x')</script>&\"quoted\""


def row(name: str = "Quartz Nine", **changes) -> BoardRow:
    rated = BoardRow(
        contestant="quartz",
        name=name,
        family="quartz-family",
        provider="Quartz Works",
        rating=1043.2,
        low=1010.0,
        high=1076.4,
        low_generalise=990.0,
        high_generalise=1096.5,
        rank_low=1,
        rank_high=2,
        votes=1234,
        voters=56,
        prompts=8,
        tie_rate=0.125,
        both_bad_rate=0.04,
        state="rated",
    )
    return replace(rated, **changes)


def unrated(name: str = "Basalt Nine", state: str = "not_enough_votes", **changes) -> BoardRow:
    nothing = dict.fromkeys(
        ("rating", "low", "high", "low_generalise", "high_generalise", "rank_low", "rank_high")
    )
    return row(name, state=state, votes=3, **nothing, **changes)


def category(**changes) -> CategorySummary:
    known = CategorySummary(
        slug="poems",
        version="1.0",
        title="Short poems",
        question="Which would you read again?",
        rubric=("Judge the sound.",),
        brief="A poem of four lines.",
        difficulty_axis="Rarer subjects are harder.",
        modality="text",
        language="en",
        licence="CC-BY-4.0",
        card="Written for tests.",
        status="live",
        reveal="immediate",
        prompts=4,
        contestants=4,
        outputs=16,
        votes=1200,
        voters=30,
        simulated=False,
    )
    return replace(known, **changes)


def snapshot(**changes) -> SnapshotInfo:
    known = SnapshotInfo(
        id="0123abcd",
        number=7,
        cut_off=datetime(2026, 11, 22, 12, 34, 56, tzinfo=UTC),
        votes=1200,
        voters=30,
        prompts=4,
        parameters={},
        interval_note="these_prompts",
        rank_method="step_down_max_t",
        choix_difference=0.25,
        recompute="python -m ratings votes.csv --floor published --format csv",
        rows_published=True,
    )
    return replace(known, **changes)


def board(**changes) -> Board:
    known = Board(
        category=category(),
        origin="human",
        snapshot=snapshot(),
        rows=(row(), unrated()),
        votes_so_far=1210,
    )
    return replace(known, **changes)
