"""A board says what it rests on, and warns where it must."""

import pytest

from arena.core.boards import BoardName
from arena.core.distinguishability import Distinguishability
from arena.ui.board_view import board_picker, board_title, board_view
from arena.ui.words import words
from tests.ui.rows import HOSTILE, board, category, row, snapshot

W = words()
NAMES = [
    BoardName("poems", "Short poems", "human"),
    BoardName("poems", "Short poems", "judge"),
    BoardName("practice", "Practice", "simulated"),
]


def view(**changes) -> str:
    return board_view(board(**changes), W, is_local=False)


def test_board_is_always_called_provisional():
    assert W["board.badge.provisional"] in view()


def test_simulated_votes_carry_their_badge():
    html = view(category=category(slug="practice", simulated=True), origin="simulated")
    assert W["practice.badge"] in html


@pytest.mark.parametrize("origin", ["judge", "imported"])
def test_votes_that_are_not_of_people_here_carry_a_badge(origin):
    assert W[f"origin.{origin}"] in view(origin=origin)


def test_board_of_people_carries_no_badge_of_another_kind():
    html = view()
    assert W["practice.badge"] not in html
    assert not [origin for origin in ("judge", "simulated", "imported") if W[f"origin.{origin}"] in html]


def test_preliminary_ratings_are_announced():
    assert W["board.badge.preliminary"] in view(rows=(row(state="preliminary"),))
    assert W["board.badge.preliminary"] not in view(rows=(row(),))


def test_cut_off_is_shown_in_utc():
    assert "2026-11-22 12:34:56 UTC" in view()


def test_files_are_those_of_the_snapshot_and_not_of_the_newest_one():
    html = view()
    for name in ("leaderboard.csv", "votes.csv", "metadata.json"):
        assert f'href="/api/v1/snapshots/0123abcd/{name}"' in html


def test_votes_are_not_offered_where_they_are_published_in_releases_only():
    html = view(snapshot=snapshot(rows_published=False))
    assert "votes.csv</a>" not in html
    assert W["board.files.sealed"] in html


def test_recompute_command_is_the_one_of_the_snapshot():
    assert "python -m ratings votes.csv --floor published --format csv" in view()


@pytest.mark.parametrize(
    ("difference", "said"), [(None, None), (1e-9, "less than 0.001"), (0.25, "within 0.25 points")]
)
def test_second_opinion_is_told_in_readable_numbers(difference, said):
    html = view(snapshot=snapshot(choix_difference=difference))
    assert ("choix" in html) == (said is not None)
    assert said is None or said in html


@pytest.mark.parametrize("note", ["these_prompts", "these_few_voters"])
def test_interval_is_explained_as_what_it_is(note):
    html = view(snapshot=snapshot(interval_note=note))
    assert W[f"board.meaning.near.{note}"] in html


def test_floor_that_is_explained_is_the_one_that_holds():
    assert W["board.floor.public"] in board_view(board(), W, is_local=False)
    assert W["board.floor.local"] in board_view(board(), W, is_local=True)


def test_board_without_a_snapshot_says_how_it_gets_one():
    html = view(snapshot=None, rows=(), votes_so_far=11)
    assert "11" in html
    assert W["board.empty.public"] in html
    assert "/?category=poems" in html


def test_votes_since_the_cut_off_are_counted():
    assert "since then: 10." in view()


def test_texts_of_a_category_are_escaped():
    html = view(category=category(title=HOSTILE, question=HOSTILE))
    assert "<script>" not in html


def test_how_well_a_program_tells_makers_apart_is_said_beside_chance():
    found = Distinguishability(0.4283, 1 / 6, outputs=1048, contestants=6, prompts=8)
    for shown in (view(category=category(distinguishability=found)), view_of_no_votes(found)):
        assert "names the maker of an output in 43 % of cases; chance is 17 %" in shown
        assert "1,048 outputs of 6 contestants" in shown
        assert "by words and formatting alone" in shown


def view_of_no_votes(found: Distinguishability) -> str:
    return view(category=category(distinguishability=found), snapshot=None, rows=())


def test_nothing_is_said_of_the_look_where_it_was_not_measured():
    assert W["board.look.title"] not in view()


def test_picker_marks_the_open_board_only():
    html = board_picker(NAMES, "poems", "judge", W)
    assert html.count('aria-current="page"') == 1
    assert 'href="/leaderboard?category=poems&amp;origin=judge" aria-current="page"' in html


def test_board_of_people_is_called_by_its_category_alone():
    assert [board_title(name, W) for name in NAMES] == [
        "Short poems",
        f"Short poems · {W['origin.judge']}",
        f"Practice · {W['origin.simulated']}",
    ]
