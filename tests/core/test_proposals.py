"""Categories that visitors suggest; what is accepted passes the catalog's check, whatever was written."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import col, select

from arena.core.catalog_rules import load_catalog
from arena.core.context import Context
from arena.core.proposals import (
    MOST_PER_HOUR,
    accept_proposal,
    list_proposals,
    propose,
    read_form,
    reject_proposal,
    slug_of,
)
from arena.core.sync import check_texts
from arena.db import schema
from arena.db.engine import make_engine
from arena.db.tables import Event, Proposal
from arena.errors import Conflict, Invalid, NotFound, TooManyRequests
from arena.settings import Settings
from tests.factories import take_in

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM: dict[str, object] = {
    "title": "Letters to a landlord",
    "question": "Which letter would you send?",
    "modality": "text",
    "why": "Everybody has to write one some day.",
    "prompts": ["Ask for a repair.", "Announce that you move out.", "Ask for the deposit back."],
}


def submit(context: Context, **changes: object) -> int:
    with context.command() as session:
        return propose(session, read_form(FORM | changes), context.now()).id


def accept(context: Context, number: int, slug: str | None = None) -> Path:
    with context.command() as session:
        return accept_proposal(session, number, root=context.settings.data_dir, slug=slug, now=context.now())


def reject(context: Context, number: int) -> None:
    with context.command() as session:
        reject_proposal(session, number, because="too close to another one", now=context.now())


def listed(context: Context, status: str | None = None) -> list[Proposal]:
    with context.query() as session:
        return list_proposals(session, status)


# Propose


def test_a_proposal_is_stored_as_it_was_written(context: Context):
    number = submit(context, title="  Letters to a landlord \n", contact="visitor@example.org")
    (row,) = listed(context)
    assert (row.id, row.title, row.status) == (number, "Letters to a landlord", "proposed")
    assert (row.modality, row.prompts, row.contact) == ("text", FORM["prompts"], "visitor@example.org")
    assert row.created_at == context.now()
    assert (row.decided_at, row.decided_because) == (None, None)


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"title": "ab"}, "title"),
        ({"title": "   a   "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "Two\nlines"}, "title"),
        ({"title": "A null\x00character"}, "title"),
        ({"question": ""}, "question"),
        ({"modality": "sound"}, "modality"),
        ({"why": "short"}, "why"),
        ({"why": "x" * 2001}, "why"),
        ({"why": "With a null \x00 character."}, "why"),
        ({"prompts": ["one", "two"]}, "prompts"),
        ({"prompts": [f"prompt {n}" for n in range(21)]}, "prompts"),
        ({"prompts": ["one", "two", " "]}, "prompts.2"),
        ({"prompts": ["one", "two", "thr\x00e"]}, "prompts.2"),
        ({"prompts": "one two three"}, "prompts"),
        ({"contact": "a\nb c"}, "contact"),
        ({"status": "accepted"}, "status"),
    ],
)
def test_a_wrong_field_is_named(changes: dict[str, object], field: str):
    with pytest.raises(Invalid) as refused:
        read_form(FORM | changes)
    assert refused.value.message.startswith(f"{field}: ")


@pytest.mark.parametrize("field", sorted(FORM))
def test_a_missing_field_is_named(field: str):
    with pytest.raises(Invalid, match=f"^{field}: Field required"):
        read_form({name: value for name, value in FORM.items() if name != field})


# List


@on_sqlite
def test_proposals_are_listed_oldest_first_and_by_status(context: Context):
    numbers = [submit(context, title=f"Letters {n}") for n in range(3)]
    reject(context, numbers[1])
    assert [row.id for row in listed(context)] == numbers
    assert [row.id for row in listed(context, "proposed")] == [numbers[0], numbers[2]]
    assert [row.id for row in listed(context, "rejected")] == [numbers[1]]


# Accept


@pytest.mark.parametrize("modality", ["text", "image"])
def test_an_accepted_proposal_is_a_draft_that_passes_the_check(context: Context, modality: str):
    folder = accept(context, submit(context, modality=modality))
    assert folder == context.settings.data_dir / "prompts" / "letters-to-a-landlord"
    (files,) = load_catalog([context.settings.data_dir]).categories
    assert (files.spec.slug, files.spec.status, files.spec.version) == (folder.name, "draft", "0.1")
    assert (files.spec.title, files.spec.question, files.spec.brief) == (
        FORM["title"],
        FORM["question"],
        FORM["why"],
    )
    assert [prompt.text for prompt in files.prompts] == FORM["prompts"]
    assert (files.spec.canvas is not None) == (modality == "image")
    (row,) = listed(context)
    assert (row.status, row.decided_at) == ("accepted", context.now())


@on_sqlite
def test_an_accepted_proposal_is_taken_in_as_a_draft(context: Context):
    accept(context, submit(context))
    report = take_in(context, context.settings.data_dir)
    assert report.added == {"category": 1, "prompt": 3}


@on_sqlite
def test_the_decision_is_in_the_log(context: Context):
    accept(context, submit(context))
    reject(context, submit(context))
    with context.query() as session:
        events = list(session.exec(select(Event).order_by(col(Event.id))))
    assert [event.action for event in events] == ["proposal accepted", "proposal rejected"]
    assert events[1].detail == {"because": "too close to another one"}


@pytest.mark.parametrize("decide", [accept, reject])
@pytest.mark.parametrize("earlier", [accept, reject])
@on_sqlite
def test_a_decision_is_final(context: Context, decide, earlier):
    number = submit(context)
    earlier(context, number)
    (before,) = listed(context)
    with pytest.raises(Conflict) as refused:
        decide(context, number)
    assert refused.value.code == "decided"
    assert listed(context) == [before]


@pytest.mark.parametrize("decide", [accept, reject])
@on_sqlite
def test_an_unknown_proposal_is_refused(context: Context, decide):
    with pytest.raises(NotFound, match="no proposal 99"):
        decide(context, 99)


def test_of_two_decisions_at_the_same_time_one_wins(context: Context):
    number = submit(context)

    def decide(slug: str) -> str:
        try:
            return accept(context, number, slug).name
        except Conflict as refused:
            return refused.code

    with ThreadPoolExecutor(2) as threads:
        answers = set(threads.map(decide, ["first", "second"]))
    assert len(answers) == 2
    assert "decided" in answers
    written = {folder.name for folder in (context.settings.data_dir / "prompts").iterdir()}
    assert written == answers - {"decided"}


@on_sqlite
def test_a_folder_that_exists_is_never_overwritten(context: Context):
    folder = accept(context, submit(context))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    number = submit(context, why="Another one with the same title.")
    with pytest.raises(Conflict, match="choose another --slug"):
        accept(context, number)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert listed(context, "proposed")[0].id == number
    assert accept(context, number, "letters-again").name == "letters-again"


@on_sqlite
def test_the_name_of_a_category_elsewhere_is_refused(arena: Context):
    """The shipped catalog lies in another folder; a second category of that name would break the catalog."""
    number = submit(arena, title="Poems")
    with pytest.raises(Conflict, match="'poems'"):
        accept(arena, number)
    assert not (arena.settings.data_dir / "prompts").exists()


@pytest.mark.parametrize(
    "slug",
    [
        "My Letters",
        "letters_2",
        "-letters",
        "a--b",
        "Ä",
        "..",
        "../up",
        "a/b",
        "/x",
        "x" * 61,
        "a/../../prompts/up",
    ],
)
@on_sqlite
def test_a_slug_that_is_no_folder_name_of_the_catalog_is_refused(context: Context, slug: str):
    number = submit(context)
    with pytest.raises(Invalid, match="slug"):
        accept(context, number, slug)
    assert not context.settings.data_dir.exists()
    assert listed(context)[0].status == "proposed"


@pytest.mark.parametrize(
    "title, slug",
    [
        ("Letters to a landlord", "letters-to-a-landlord"),
        ("  Über Äpfel & Öfen!  ", "uber-apfel-ofen"),
        ("3D plots, 2nd try", "3d-plots-2nd-try"),
        ("word " * 24, "-".join(["word"] * 12)),
    ],
)
def test_a_title_gives_a_folder_name(title: str, slug: str):
    assert slug_of(title) == slug


@pytest.mark.parametrize("title", ["诗歌", "!!!", "🙂🙂🙂"])
def test_a_title_without_latin_letters_asks_for_a_slug(title: str):
    with pytest.raises(Invalid, match="--slug"):
        slug_of(title)


@on_sqlite
def test_a_title_without_latin_letters_is_accepted_with_a_slug(context: Context):
    folder = accept(context, submit(context, title="诗歌比赛"), "poetry")
    (files,) = load_catalog([context.settings.data_dir]).categories
    assert (folder.name, files.spec.title) == ("poetry", "诗歌比赛")


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('storage') / 'arena.db'}")
    schema.upgrade(engine)
    yield engine
    engine.dispose()


text = st.text(min_size=3, max_size=80)


@given(
    title=text,
    question=text,
    why=st.text(min_size=10, max_size=200),
    prompts=st.lists(text, min_size=3, max_size=5),
    modality=st.sampled_from(["text", "image"]),
)
@settings(max_examples=50, deadline=None)
def test_whatever_the_form_takes_becomes_a_draft_that_passes_the_check(storage: Engine, **content: object):
    try:
        form = read_form(content)
    except Invalid:
        return
    with TemporaryDirectory() as folder:
        context = Context(storage, Settings(data_dir=Path(folder)))
        with context.command() as session:
            number = propose(session, form, context.now()).id
        accept(context, number, "draft")
        catalog = load_catalog([Path(folder)])
    check_texts(catalog)
    (files,) = catalog.categories
    # YAML folds the rarer line breaks of Unicode into spaces; the words stay.
    for read, written in ((files.spec.title, form.title), (files.spec.brief, form.why)):
        assert read.split() == written.split()
    assert [prompt.text for prompt in files.prompts] == form.prompts


def test_proposals_are_limited_by_the_hour(context: Context):
    for _ in range(MOST_PER_HOUR):
        submit(context)
    with pytest.raises(TooManyRequests):
        submit(context)
    context.now.forward(hours=1, seconds=1)
    submit(context)
