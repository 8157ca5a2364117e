"""Everything to download, and how to compute it again."""

from collections.abc import Mapping

import gradio as gr

from arena.core.boards import Board, list_boards, newest_board
from arena.core.context import Context
from arena.core.export import COLUMNS as VOTE_COLUMNS
from arena.ui.board_view import board_title, cut_off_words, files_list
from arena.ui.links import board_link, newest_file_link
from arena.ui.markup import Html, Part, code_block, fill, join, link, paragraphs, tag
from arena.ui.page import add_heading, add_html, add_loaded
from arena.ui.words import words

LEADERBOARD_COLUMNS = (
    "contestant",
    "rating",
    "low",
    "high",
    "low_generalise",
    "high_generalise",
    "rank_low",
    "rank_high",
    "votes",
    "voters",
    "prompts",
    "tie_rate",
    "both_bad_rate",
    "state",
)


def add_data_page(demo: gr.Blocks, context: Context) -> None:
    """Add downloads, examples, the dictionary of columns, licence and citation."""
    w = words()
    add_heading("data")

    def load(request: gr.Request) -> str:
        return downloads(context, str(request.request.base_url).rstrip("/"))

    add_loaded(demo, load)
    add_html(_fixed(w))


def downloads(context: Context, site: str) -> str:
    """Return the files of every board, and examples with the address ``site`` of this very arena."""
    w = words()
    with context.query() as session:
        names = list_boards(session)
        boards = [(name, newest_board(session, name.category, name.origin)) for name in names]
    if not boards:
        return tag("p", w["board.none"])
    published = [board for _, board in boards if board.snapshot is not None]
    entries = (_entry(board_title(name, w), board, w) for name, board in boards)
    example = (published or [boards[0][1]])[0]
    return join([tag("h2", w["data.boards"]), *entries, _examples(example, site, w)])


def _entry(title: str, board: Board, w: Mapping[str, str]) -> Html:
    heading = tag("h3", link(title, board_link(board.category.slug, board.origin)))
    if board.snapshot is None:
        return join([heading, tag("p", w["data.no_snapshot"], class_="soft")])
    facts = {"number": str(board.snapshot.number), "cut_off": cut_off_words(board.snapshot)}
    badge = tag("span", w["practice.badge"], class_="badge warn") if board.category.simulated else None
    return join([heading, badge, tag("p", fill(w["data.snapshot"], facts)), files_list(board.snapshot, w)])


def _examples(board: Board, site: str, w: Mapping[str, str]) -> Html:
    votes = newest_file_link(board.category.slug, board.origin, "votes.csv")
    table = newest_file_link(board.category.slug, board.origin, "leaderboard.csv")
    recompute = (
        "python -m ratings votes.csv --format csv" if board.snapshot is None else board.snapshot.recompute
    )
    python = (
        "import csv, io, urllib.request\n\n"
        f'with urllib.request.urlopen("{site}{table}") as answer:\n'
        '    rows = list(csv.DictReader(io.TextIOWrapper(answer, "utf-8")))\n\n'
        "for row in rows:\n"
        '    print(row["contestant"], row["rating"], row["low"], row["high"])\n'
    )
    content: list[Part] = [tag("h2", w["data.examples"])]
    for key, code in (
        ("data.example.curl", f'curl -o votes.csv "{site}{votes}"'),
        ("data.example.recompute", recompute),
        ("data.example.python", python),
    ):
        content += [tag("p", w[key]), code_block(code)]
    return join(content)


def _fixed(w: Mapping[str, str]) -> Html:
    return join(
        [
            _dictionary("leaderboard", LEADERBOARD_COLUMNS, w),
            _dictionary("votes", VOTE_COLUMNS, w),
            tag("h2", w["data.licence.title"]),
            paragraphs(w["data.licence.text"]),
            tag("h2", w["data.cite.title"]),
            paragraphs(w["data.cite.text"]),
            code_block(w["data.cite.example"]),
            tag("p", link(w["data.api"], "/api/openapi.json")),
        ]
    )


def _dictionary(file: str, columns: tuple[str, ...], w: Mapping[str, str]) -> Html:
    rows = (
        tag("tr", tag("th", tag("code", column), scope="row"), tag("td", w[f"data.{file}.{column}"]))
        for column in columns
    )
    head = tag("tr", tag("th", w["data.column"], scope="col"), tag("th", w["data.meaning"], scope="col"))
    label = w[f"data.{file}.title"]
    table = tag("table", tag("thead", head), tag("tbody", *rows))
    return join(
        [
            tag("h2", label),
            tag("div", table, class_="scroller", tabindex="0", role="region", aria_label=label),
        ]
    )
