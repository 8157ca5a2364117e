import pytest
from hypothesis import given

from ratings import DisconnectedError, beats_graph, bradley_terry
from tests.ratings.samples import any_wins, battles_of, of_wins


def test_a_cycle_of_wins_is_one_group():
    graph = beats_graph(battles_of([("A", "B", "a"), ("B", "C", "a"), ("C", "A", "a")]))
    assert graph.is_connected
    assert graph.groups == (("A", "B", "C"),)
    assert graph.in_giant.all()
    assert graph.never_won == graph.never_lost == ()


def test_a_chain_of_wins_is_three_groups_and_no_giant():
    graph = beats_graph(battles_of([("A", "B", "a"), ("B", "C", "a")]))
    assert graph.groups == (("B",), ("A",), ("C",))  # equal sizes: most votes first
    assert not graph.in_giant.any()
    assert graph.never_won == ("C",)
    assert graph.never_lost == ("A",)


@pytest.mark.parametrize("winner", ["tie", "both_bad"])
def test_one_tie_joins_both_ways(winner):
    assert beats_graph(battles_of([("A", "B", winner)])).is_connected


def test_the_larger_group_is_the_giant_and_the_others_are_named():
    rows = [("A", "B", "tie"), ("X", "Y", "tie"), ("Y", "Z", "tie"), ("A", "X", "a"), ("A", "X", "a")]
    graph = beats_graph(battles_of(rows))
    assert graph.groups == (("X", "Y", "Z"), ("A", "B"))
    assert graph.in_giant.tolist() == [False, False, True, True, True]


def test_of_equal_groups_the_one_with_more_votes_is_the_giant_then_the_first_name():
    more = battles_of([("A", "B", "tie"), ("X", "Y", "tie"), ("X", "Y", "a")])
    assert beats_graph(more).groups[0] == ("X", "Y")
    equal = battles_of([("A", "B", "tie"), ("X", "Y", "tie")])
    assert beats_graph(equal).groups[0] == ("A", "B")


def test_a_contestant_without_battles_is_a_group_of_its_own_and_has_neither_won_nor_lost():
    graph = beats_graph(of_wins([[0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    assert graph.groups == (("A", "B"), ("C",))
    assert graph.never_won == graph.never_lost == ()


@given(any_wins())
def test_a_fit_is_refused_exactly_when_the_graph_falls_apart(wins):
    battles = of_wins(wins)
    if beats_graph(battles).is_connected:
        bradley_terry(battles)
    else:
        with pytest.raises(DisconnectedError):
            bradley_terry(battles)
