"""The layouts in which the field publishes votes, read into ``Battles`` and written from them.

What is a voter and what a prompt in each:

============  ==========================  =====================================================
layout        voter                       prompt
============  ==========================  =====================================================
``contract``  ``voter``                   ``prompt``; the columns of ``Battles.from_columns``. Data
                                          frames made for arena-rank are of this layout.
``33k``       ``judge``                   ``question_id``. Chatbot Arena conversations (33k, 100k), FastChat
                                          exports and MT-bench judgements. In the arena's own files every
                                          conversation has an id of its own, so a prompt is a vote.
``55k``       none is published           ``prompt``, the text. Outcomes are three columns of 0 and 1, where
                                          tie and both-bad are one.
``140k``      ``evaluation_session_id``   ``id``: every vote stands on a prompt of its own.
============  ==========================  =====================================================
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ratings.data.battles import Battles, Outcome
from ratings.data.coding import Coded
from ratings.data.columns import Columns, Table, checked_columns, coded_column, numbers, refuse
from ratings.errors import InvalidBattlesError, InvalidOptionError

LayoutName = Literal["contract", "33k", "55k", "140k"]

ONE_HOT = ("winner_model_a", "winner_model_b", "winner_tie")
BLIND = "anony"
"""Column of the 33k layout that says whether the names were hidden."""


@dataclass(frozen=True)
class Layout:
    """What a layout calls the columns of the data contract, and how it spells both-bad (None: it cannot)."""

    voter: str | None
    prompt: str
    both_bad: str | None


LAYOUTS: Mapping[str, Layout] = {
    "contract": Layout("voter", "prompt", "both_bad"),
    "33k": Layout("judge", "question_id", "tie (bothbad)"),
    "55k": Layout(None, "prompt", None),
    "140k": Layout("evaluation_session_id", "id", "both_bad"),
}


def layout_of(names: Collection[str]) -> LayoutName:
    """Tell the layout of a table by the names of its columns.

    A ``voter`` column beside a ``winner`` makes it the contract's own, whatever else is there.
    """
    if "winner" not in names and any(name in names for name in ONE_HOT):
        return "55k"
    if "voter" in names:
        return "contract"
    if "evaluation_session_id" in names:
        return "140k"
    return "33k" if "judge" in names or "question_id" in names else "contract"


def outcome_columns(layout: LayoutName) -> tuple[str, ...]:
    """Return the columns of a layout that say what the voter chose."""
    return ("winner",) if LAYOUTS[layout].both_bad else ONE_HOT


def from_layout(columns: Columns, layout: LayoutName, *, features: Sequence[str] = ()) -> Battles:
    """Read battles from columns of a layout; other columns are ignored.

    Where the layout's own column for the voter or the prompt is missing, the contract's is read if there.

    Parameters
    ----------
    features : sequence of str
        Style features to read: feature f from the columns ``f_a`` and ``f_b``.

    Raises
    ------
    InvalidBattlesError
        With the row and the value; also on a vote of the 33k layout that was not blind.
    InvalidOptionError
        On an unknown layout.
    """
    found = _layout(layout)
    own = {"voter": found.voter, "prompt": found.prompt}
    names = {field: name for field, name in own.items() if name and columns.get(name) is not None}
    table = Table(columns, names)
    if layout == "33k" and table.get(BLIND) is not None:
        _refuse_named(table)
    if found.both_bad is None:
        table = Table({**columns, "winner": _from_one_hot(table)}, names)
    return Battles(**checked_columns(table, features))


def to_layout(battles: Battles, layout: LayoutName) -> dict[str, list[Any]]:
    """Write battles as columns of a layout, so that ``from_layout`` gives them back.

    ``Battles`` know voters, prompts and outputs only as codes: they are written as ``v``, ``p`` and ``o``
    with the code. A contestant without battles is not written.

    Raises
    ------
    InvalidOptionError
        On an unknown layout, and when the layout cannot hold what the battles do.
    """
    found = _layout(layout)
    _refuse_loss(battles, layout, found)
    columns: dict[str, list[Any]] = {}
    if layout in ("55k", "140k"):
        columns["id"] = _labels("", np.arange(1, len(battles) + 1))
    if battles.prompt is not None:
        columns[found.prompt] = _labels("p", battles.prompt)
    names = np.array(battles.contestants, dtype=object)
    columns |= {"model_a": names[battles.a].tolist(), "model_b": names[battles.b].tolist()}
    columns |= _outcome_columns(battles, found.both_bad)
    if battles.voter is not None and found.voter is not None:
        columns[found.voter] = _labels("v", battles.voter)
    if layout == "33k":
        columns[BLIND] = [True] * len(battles)
    return columns | (_contract_columns(battles) if layout == "contract" else {})


def _layout(layout: str) -> Layout:
    if layout not in LAYOUTS:
        raise InvalidOptionError(f"layout {layout!r} is not one of {', '.join(LAYOUTS)}")
    return LAYOUTS[layout]


def _refuse_named(table: Table) -> None:
    column = coded_column(table, BLIND)
    named = [code for code in column.used() if str(column.value(code)).lower() not in ("true", "1")]
    refuse(table, BLIND, column, named, "is not true: the voter saw the names; leave such rows out")


def _from_one_hot(table: Table) -> Coded:
    for name in ONE_HOT:
        if table.get(name) is None:
            raise InvalidBattlesError(f"no column {name}; {', '.join(ONE_HOT)} come together")
    lengths = {len(table.get(name)) for name in ONE_HOT}
    if len(lengths) > 1:
        raise InvalidBattlesError(f"columns {', '.join(ONE_HOT)} have different lengths")
    chosen = np.column_stack([numbers(table, name) for name in ONE_HOT])
    wrong = ((chosen != 0) & (chosen != 1)).any(axis=1) | (chosen.sum(axis=1) != 1)
    if wrong.any():
        row = int(np.argmax(wrong))
        cells = ", ".join(f"{cell:g}" for cell in chosen[row])
        raise InvalidBattlesError(f"{', '.join(ONE_HOT)} are {cells}; one is 1, the others 0", row + 1)
    return Coded(chosen.argmax(axis=1), ("model_a", "model_b", "tie"))


def _refuse_loss(battles: Battles, layout: str, found: Layout) -> None:
    lost = []
    if found.both_bad is None and (battles.outcome == Outcome.BOTH_BAD).any():
        lost.append("both_bad")
    if found.voter is None and battles.voter is not None:
        lost.append("voter")
    if layout != "contract":
        held = {"output": battles.output_a is not None, "features": bool(battles.feature_names)}
        lost += [name for name, is_held in held.items() if is_held]
        lost += ["weight"] if (battles.weight != 1).any() else []
    if lost:
        raise InvalidOptionError(f"layout {layout} has no place for {', '.join(lost)}; take the contract's")
    if layout == "140k" and battles.prompt is not None and len(np.unique(battles.prompt)) < len(battles):
        raise InvalidOptionError("layout 140k gives every vote its own id, but prompts repeat; take the 33k")


def _outcome_columns(battles: Battles, both_bad: str | None) -> dict[str, list[Any]]:
    if both_bad is None:
        return {name: (battles.outcome == code).astype(int).tolist() for code, name in enumerate(ONE_HOT)}
    spelling = np.array(["model_a", "model_b", "tie", both_bad], dtype=object)
    return {"winner": spelling[battles.outcome].tolist()}


def _contract_columns(battles: Battles) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    if battles.output_a is not None and battles.output_b is not None:
        both = _labels("o", np.concatenate([battles.output_a, battles.output_b]))
        columns |= {"output_a": both[: len(battles)], "output_b": both[len(battles) :]}
    if not battles.is_unweighted:
        columns["weight"] = battles.weight.tolist()
    for side, values in (("a", battles.features_a), ("b", battles.features_b)):
        for name, of_feature in zip(battles.feature_names, () if values is None else values.T, strict=True):
            columns[f"{name}_{side}"] = of_feature.tolist()
    return columns


def _labels(letter: str, codes: NDArray[Any]) -> list[str]:
    """Return codes as text of one width, so that they sort alike."""
    width = len(str(codes.max(initial=0)))
    return [f"{letter}{code:0{width}d}" for code in codes.tolist()]
