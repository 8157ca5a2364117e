"""A board as HTML: what it is about, what the numbers mean, picture, table, files."""

from collections.abc import Mapping, Sequence

from arena.core.boards import Board, BoardName, SnapshotInfo
from arena.ui.intervals_picture import intervals_picture
from arena.ui.links import BOARD_FILES, board_link, snapshot_file_link, vote_link
from arena.ui.markup import Html, Part, code_block, fill, join, link, paragraphs, tag
from arena.ui.rating_table import rating_table

_TINY = 0.001


def board_picker(names: Sequence[BoardName], category: str, origin: str, w: Mapping[str, str]) -> Html:
    """Return links to every board, the open one marked."""
    pills = (
        tag(
            "a",
            board_title(name, w),
            href=board_link(name.category, name.origin),
            aria_current="page" if (name.category, name.origin) == (category, origin) else None,
        )
        for name in names
    )
    return tag("nav", *pills, class_="pills", aria_label=w["board.picker"])


def board_title(name: BoardName, w: Mapping[str, str]) -> str:
    """Return a board's name: the category, and whose votes when not people's here."""
    if name.origin == "human":
        return name.title
    return f"{name.title} · {w[f'origin.{name.origin}']}"


def board_view(board: Board, w: Mapping[str, str], *, is_local: bool) -> Html:
    """Return one board."""
    content: list[Part] = [
        tag("h2", board.category.title),
        tag("p", board.category.question, class_="lead"),
        _badges(board, w),
    ]
    content += (
        [_empty(board, w, is_local=is_local)]
        if board.snapshot is None
        else _full(board, board.snapshot, w, is_local=is_local)
    )
    content.append(_look(board, w))
    return tag("section", *content, class_="board")


def _badges(board: Board, w: Mapping[str, str]) -> Html:
    badges = [tag("span", w["board.badge.provisional"], class_="badge")]
    if board.category.simulated:
        badges.append(tag("span", w["practice.badge"], class_="badge warn"))
    elif board.origin != "human":
        badges.append(tag("span", w[f"origin.{board.origin}"], class_="badge warn"))
    if any(row.state == "preliminary" for row in board.rows):
        badges.append(tag("span", w["board.badge.preliminary"], class_="badge warn"))
    return tag("div", *badges, class_="badges")


def _empty(board: Board, w: Mapping[str, str], *, is_local: bool) -> Html:
    sentence = fill(w["board.empty"], {"votes": f"{board.votes_so_far:,}"})
    rule = w["board.empty.local" if is_local else "board.empty.public"]
    button = link(w["board.vote"], vote_link(board.category.slug), "button strong")
    return join([tag("p", sentence), tag("p", rule), tag("p", button)])


def _full(board: Board, snapshot: SnapshotInfo, w: Mapping[str, str], *, is_local: bool) -> list[Part]:
    floor = w["board.floor.local" if is_local else "board.floor.public"]
    return [
        _standing(board, snapshot, w),
        intervals_picture(board.rows, w),
        rating_table(board.rows, w),
        tag("h3", w["board.meaning.title"]),
        paragraphs(
            w["board.meaning.rating"],
            w[f"board.meaning.near.{snapshot.interval_note}"],
            w["board.meaning.wide"],
            w[f"board.meaning.rank.{snapshot.rank_method}"],
            floor,
        ),
        _snapshot(snapshot, w),
    ]


def _look(board: Board, w: Mapping[str, str]) -> Html | None:
    """Say how far the look of an output gives its maker away."""
    found = board.category.distinguishability
    if found is None:
        return None
    facts = {
        "accuracy": f"{100 * found.accuracy:.0f}",
        "chance": f"{100 * found.chance:.0f}",
        "outputs": f"{found.outputs:,}",
        "contestants": f"{found.contestants:,}",
        "marks": w[f"board.look.marks.{board.category.modality}"],
    }
    return join([tag("h3", w["board.look.title"]), tag("p", fill(w["board.look"], facts))])


def _standing(board: Board, snapshot: SnapshotInfo, w: Mapping[str, str]) -> Html:
    facts = {
        "votes": f"{snapshot.votes:,}",
        "voters": f"{snapshot.voters:,}",
        "prompts": f"{snapshot.prompts:,}",
        "newer": f"{max(board.votes_so_far - snapshot.votes, 0):,}",
        "cut_off": cut_off_words(snapshot),
    }
    return tag("p", fill(w["board.standing"], facts))


def cut_off_words(snapshot: SnapshotInfo) -> Html:
    """Return the cut-off to the second, in UTC, readable for people and machines."""
    return tag("time", f"{snapshot.cut_off:%Y-%m-%d %H:%M:%S} UTC", datetime=snapshot.cut_off.isoformat())


def files_list(snapshot: SnapshotInfo, w: Mapping[str, str]) -> Html:
    """Return links to the files of a snapshot."""
    names = [name for name in BOARD_FILES if name != "votes.csv" or snapshot.rows_published]
    items = join(tag("li", link(name, snapshot_file_link(snapshot.id, name))) for name in names)
    note = None if snapshot.rows_published else tag("p", w["board.files.sealed"], class_="soft")
    return join([tag("ul", items, class_="files"), note])


def _snapshot(snapshot: SnapshotInfo, w: Mapping[str, str]) -> Html:
    facts = {
        "number": str(snapshot.number),
        "id": tag("code", snapshot.id),
        "cut_off": cut_off_words(snapshot),
    }
    return join(
        [
            tag("h3", w["board.files.title"]),
            tag("p", fill(w["board.snapshot"], facts)),
            files_list(snapshot, w),
            tag("p", w["board.recompute"]),
            code_block(snapshot.recompute),
            _second_opinion(snapshot.choix_difference, w),
        ]
    )


def _second_opinion(difference: float | None, w: Mapping[str, str]) -> Html | None:
    if difference is None:
        return None
    is_tiny = difference < _TINY
    within = w["board.choix.below"] if is_tiny else w["board.choix.points"].format(points=f"{difference:.2g}")
    return tag("p", fill(w["board.choix"], {"within": within}))
