"""The boards. Names of contestants come with the page's load event only, never with the page."""

from collections.abc import Sequence

import gradio as gr
from sqlmodel import Session

from arena.core.boards import BoardName, list_boards, newest_board
from arena.core.contestant_cards import contestant_cards
from arena.core.context import Context
from arena.errors import NotFound
from arena.ui.board_view import board_picker, board_view
from arena.ui.contestant_cards import contestant_cards_view
from arena.ui.markup import join, tag
from arena.ui.page import add_heading, add_loaded
from arena.ui.words import words


def add_leaderboard_page(demo: gr.Blocks, context: Context) -> None:
    """Add the page; the board is the one its address names."""
    add_heading("board")

    def load(request: gr.Request) -> str:
        asked = request.query_params
        return board_page(context, asked.get("category"), asked.get("origin"))

    add_loaded(demo, load)


def board_page(context: Context, category: str | None, origin: str | None) -> str:
    """Return the picker and the board that was asked for."""
    w = words()
    with context.query() as session:
        names = list_boards(session)
        if not names:
            return tag("p", w["board.none"])
        category, origin = choose_board(session, names, category, origin)
        picker = board_picker(names, category, origin, w)
        try:
            board = newest_board(session, category, origin)
        except NotFound as error:
            return join([picker, tag("p", error.message, class_="answer bad", role="alert")])
        cards = contestant_cards(session, [row.contestant for row in board.rows])
        view = board_view(board, w, is_local=context.settings.is_local)
        return join([picker, view, contestant_cards_view(cards, w)])


def choose_board(
    session: Session, names: Sequence[BoardName], category: str | None, origin: str | None
) -> tuple[str, str]:
    """Fill in what the address leaves out: the first board that has numbers, else the first."""
    fitting = [name for name in names if category in (None, name.category) and origin in (None, name.origin)]
    for name in fitting:
        if newest_board(session, name.category, name.origin).snapshot is not None:
            return name.category, name.origin
    first = fitting[0] if fitting else names[0]
    return category or first.category, origin or first.origin
