"""Battles for tests: from rows, from counts, and Hypothesis strategies of good and bad shapes."""

import numpy as np
from hypothesis import strategies as st

from ratings import Battles

LETTERS = "ABCDEFGHIJKL"


def battles_of(rows, *, columns="model_a model_b winner voter prompt weight"):
    """Battles of rows such as ("A", "B", "a", "voter 1", "prompt 1"); a, b are short for model_a, model_b."""
    short = {"a": "model_a", "b": "model_b"}
    names = columns.split()
    table = {name: [row[place] for row in rows] for place, name in enumerate(names[: len(rows[0])])}
    table["winner"] = [short.get(winner, winner) for winner in table["winner"]]
    return Battles.from_columns(table)


def of_wins(wins, names=LETTERS):
    """Battles whose win matrix is ``wins``: one weighted battle for each ordered pair with wins."""
    wins = np.asarray(wins, dtype=float)
    winner, loser = np.nonzero(wins)
    return Battles(
        contestants=tuple(names[: len(wins)]),
        a=winner.astype(np.int32),
        b=loser.astype(np.int32),
        outcome=np.zeros(len(winner), dtype=np.int8),
        weight=wins[winner, loser],
    )


@st.composite
def any_wins(draw, most=6, largest=9):
    """Any win matrix: islands, winless and unbeaten contestants and contestants without battles included."""
    k = draw(st.integers(2, most))
    cells = draw(st.lists(st.integers(0, largest), min_size=k * k, max_size=k * k))
    wins = np.array(cells, dtype=float).reshape(k, k)
    np.fill_diagonal(wins, 0)
    return wins


@st.composite
def connected_wins(draw, most=6):
    """A win matrix with a cycle of wins through all contestants, so that finite strengths exist."""
    wins = draw(any_wins(most=most))
    k = len(wins)
    for i in range(k):
        wins[i, (i + 1) % k] += 1
    return wins


@st.composite
def clustered_rows(draw, n_voters=4, n_prompts=4):
    """Rows of votes on four contestants with a cycle of wins on each of two prompts by each of two voters."""
    cycle = [("A", "B"), ("B", "C"), ("C", "D"), ("D", "A")]
    rows = [(a, b, "a", f"v{v}", f"p{p}") for a, b in cycle for v in range(2) for p in range(2)]
    pairs = [(a, b) for a in "ABCD" for b in "ABCD" if a != b]
    extra = st.tuples(
        st.sampled_from(pairs),
        st.sampled_from(["a", "b", "tie", "both_bad"]),
        st.integers(0, n_voters - 1),
        st.integers(0, n_prompts - 1),
    )
    for (a, b), winner, voter, prompt in draw(st.lists(extra, max_size=30)):
        rows.append((a, b, winner, f"v{voter}", f"p{prompt}"))
    return rows
