"""The database agrees with the data files, on both databases; what a battle used never changes."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from sqlmodel import Session, col, select

from arena.core.battles import own_battle
from arena.core.catalog_rules import load_catalog
from arena.core.context import Context
from arena.core.matchmaking import Candidate
from arena.core.pool import candidates
from arena.core.sync import SyncReport, sync_catalog
from arena.db.tables import Asset, Battle, Category, Contestant, Event, Output, Prompt
from arena.errors import CatalogError
from tests.factories import ANNA, png, serve, take_in, vote, write_catalog

# What hangs on our code and not on the database is tried on one of the two.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TABLES = (Category, Prompt, Contestant, Output, Asset, Event)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the fixture `arena` took its catalog from."""
    return tmp_path / "catalog"


def contents(context: Context) -> list[dict[str, object]]:
    """Everything a sync may touch."""
    with context.query() as session:
        return [row.model_dump() for table in TABLES for row in session.exec(select(table))]


def edit_lines(path: Path, **changes: object) -> None:
    """Change every line of a file of JSON lines."""
    lines = [json.loads(line) | changes for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def drop_lines(path: Path, prompt: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if f'"{prompt}"' not in line), encoding="utf-8")


def drop_prompt(root: Path, prompt: str) -> None:
    for path in (root / "prompts/poems/prompts.jsonl", *(root / "pregenerated/poems").glob("*.jsonl")):
        drop_lines(path, prompt)


def drop_contestant(root: Path, slug: str) -> None:
    (root / f"pregenerated/poems/{slug}.jsonl").unlink()
    path = root / "pregenerated/contestants.yaml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump([e for e in entries if e["slug"] != slug]), encoding="utf-8")


def pool(context: Context) -> set[tuple[str, str]]:
    """The (prompt, contestant) of every output that may be served."""
    with context.query() as session:
        return {_named(session, item) for item in candidates(session, _poems(session))}


def _poems(session: Session) -> Category:
    return session.exec(select(Category).where(Category.slug == "poems")).one()


def _named(session: Session, item: Candidate) -> tuple[str, str]:
    return session.get_one(Prompt, item.prompt).slug, session.get_one(Contestant, item.contestant).slug


def statuses(context: Context, table: type) -> dict[str, str]:
    with context.query() as session:
        return {row.slug: row.status for row in session.exec(select(table))}


def use_everything(context: Context) -> None:
    """Let battles use every output: 4 prompts with 4 contestants have 16."""
    for number in range(6):
        serve(context, voter=f"{number:032x}", n=5)
    with context.query() as session:
        used = {
            output for row in session.exec(select(Battle)) for output in (row.output_a_id, row.output_b_id)
        }
        assert used == set(session.exec(select(Output.id)))


def test_a_first_sync_adds_what_the_files_hold(context: Context, root: Path):
    report = take_in(context, write_catalog(root))
    assert report == SyncReport(added={"contestant": 4, "category": 1, "prompt": 4, "output": 16})
    assert len(pool(context)) == 16


@pytest.mark.parametrize("modality", ["text", "image"])
def test_a_second_sync_changes_nothing(context: Context, root: Path, modality: str):
    write_catalog(root, modality=modality, prompts=2)
    path = root / "pregenerated/contestants.yaml"
    text = path.read_text(encoding="utf-8")
    price = "{usd_per_million_in: 0.15, stated_on: 2025-03-01}"
    facts = f"released: 2025-03-04\n  price: {price}\n  aliases: [Old Quartz]\n  "
    path.write_text(text.replace("slug: quartz", f"{facts}slug: quartz"), encoding="utf-8")
    edit_lines(root / "pregenerated/poems/quartz.jsonl", seconds=0.1, tokens=7, settings={"seed": [1, None]})
    take_in(context, root)
    before = contents(context)
    assert take_in(context, root).is_empty
    assert contents(context) == before


@on_sqlite
def test_a_sync_is_logged_once(arena: Context, root: Path):
    take_in(arena, root)
    with arena.query() as session:
        (event,) = session.exec(select(Event))
    assert (event.action, event.at) == ("sync", arena.now())
    assert event.detail["added"]["output"] == 16


def test_two_syncs_at_the_same_time_do_not_clash(context: Context, root: Path):
    """Two replicas that start together."""
    write_catalog(root)
    with ThreadPoolExecutor(2) as threads:
        reports = list(threads.map(lambda _: take_in(context, root), range(2)))
    assert [report.is_empty for report in reports].count(True) == 1
    assert len(pool(context)) == 16


# What was used


@on_sqlite
def test_a_changed_text_of_a_used_output_is_refused(arena: Context, root: Path):
    use_everything(arena)
    before = contents(arena)
    edit_lines(root / "prompts/poems/prompts.jsonl", difficulty=5)
    edit_lines(root / "pregenerated/poems/quartz.jsonl", text="Better words.")
    with pytest.raises(CatalogError, match=r"quartz\.jsonl: .*poems-001.* add it as a new sample"):
        take_in(arena, root)
    assert contents(arena) == before


@on_sqlite
def test_a_changed_image_of_a_used_output_is_refused(context: Context, root: Path):
    take_in(context, write_catalog(root, modality="image", prompts=1, contestants=("quartz", "basalt")))
    serve(context)
    before = contents(context)
    (root / "pregenerated/poems/basalt/poems-001.png").write_bytes(png((1, 2, 3)))
    with pytest.raises(CatalogError, match=r"basalt\.jsonl: .*cannot change"):
        take_in(context, root)
    assert contents(context) == before


@on_sqlite
def test_a_changed_canvas_under_used_images_is_refused(context: Context, root: Path):
    take_in(context, write_catalog(root, modality="image", prompts=1, contestants=("quartz", "basalt")))
    serve(context)
    path = root / "prompts/poems/category.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("width: 64", "width: 65"), encoding="utf-8")
    with pytest.raises(CatalogError, match="cannot change"):
        take_in(context, root)


@on_sqlite
def test_a_changed_text_of_a_used_prompt_is_refused(arena: Context, root: Path):
    use_everything(arena)
    before = contents(arena)
    edit_lines(root / "prompts/poems/prompts.jsonl", text="Write about *something else*.")
    with pytest.raises(CatalogError, match=r"prompts\.jsonl: prompt 'poems-001' .* a new id"):
        take_in(arena, root)
    assert contents(arena) == before


@on_sqlite
def test_a_used_prompt_cannot_move_to_another_category(arena: Context, root: Path):
    use_everything(arena)
    before = contents(arena)
    move_prompts(root)
    with pytest.raises(CatalogError, match=r"songs/prompts\.jsonl: prompt 'poems-001' .* a new id"):
        take_in(arena, root)
    assert contents(arena) == before


@on_sqlite
def test_facts_about_a_used_output_may_be_corrected(arena: Context, root: Path):
    use_everything(arena)
    edit_lines(root / "pregenerated/poems/quartz.jsonl", tokens=99)
    assert take_in(arena, root) == SyncReport(changed={"output": 4})


@on_sqlite
def test_a_new_sample_beside_a_used_output_is_taken(arena: Context, root: Path):
    use_everything(arena)
    path = root / "pregenerated/poems/quartz.jsonl"
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(first | {"sample": 2, "text": "Better words."}) + "\n")
    assert take_in(arena, root) == SyncReport(added={"output": 1})


@on_sqlite
def test_an_open_battle_shows_what_it_was_served_with_whatever_is_retired(arena: Context, root: Path):
    (before,) = serve(arena)
    shutil.rmtree(root / "pregenerated/poems")
    (root / "pregenerated/contestants.yaml").unlink()
    path = root / "prompts/poems/category.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("live", "paused"), encoding="utf-8")
    take_in(arena, root)
    with arena.query() as session:
        assert own_battle(session, before.id, ANNA).closed_at is None
    assert vote(arena, before).battle == before.id


# What was not used


@on_sqlite
def test_changed_texts_that_nobody_saw_are_taken(arena: Context, root: Path):
    edit_lines(root / "pregenerated/poems/quartz.jsonl", text="Better **words**.")
    edit_lines(root / "prompts/poems/prompts.jsonl", text="Write about *something else*.")
    assert take_in(arena, root) == SyncReport(changed={"prompt": 4, "output": 4})
    shown = {side.html for battle in serve(arena, n=5) for side in battle.sides.values()}
    assert "<p>Better <strong>words</strong>.</p>\n" in shown
    assert serve(arena)[0].prompt_html == "<p>Write about <em>something else</em>.</p>\n"


@on_sqlite
def test_a_changed_image_that_nobody_saw_is_taken(context: Context, root: Path):
    take_in(context, write_catalog(root, modality="image", prompts=1, contestants=("quartz", "basalt")))
    path = root / "pregenerated/poems/basalt/poems-001.png"
    path.write_bytes(png((1, 2, 3)))
    assert take_in(context, root) == SyncReport(changed={"output": 1})
    assert take_in(context, root).is_empty


def test_a_prompt_that_nobody_saw_may_move_to_another_category(arena: Context, root: Path):
    move_prompts(root)
    report = take_in(arena, root)
    assert report.added == {"category": 1}
    assert report.changed == {"prompt": 4}
    assert report.retired == {"category": 1}
    assert pool(arena) == set()
    assert take_in(arena, root).is_empty


def move_prompts(root: Path) -> None:
    """Rename the category; its prompts keep their ids."""
    for folder in ("prompts", "pregenerated"):
        (root / folder / "poems").rename(root / folder / "songs")
    path = root / "prompts/songs/category.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("slug: poems", "slug: songs"), encoding="utf-8")


def test_an_output_with_a_null_character_is_taken(context: Context, root: Path):
    write_catalog(root)
    edit_lines(root / "pregenerated/poems/quartz.jsonl", text="a\x00b")
    take_in(context, root)
    assert take_in(context, root).is_empty


# What left the files, and what came back


@on_sqlite
def test_a_removed_contestant_is_retired_and_comes_back(arena: Context, root: Path, tmp_path: Path):
    use_everything(arena)
    shutil.copytree(root, tmp_path / "before")
    drop_contestant(root, "marble")
    assert take_in(arena, root) == SyncReport(retired={"contestant": 1, "output": 4})
    assert statuses(arena, Contestant)["marble"] == "retired"
    assert {slug for _prompt, slug in pool(arena)} == {"quartz", "basalt", "granite"}
    assert take_in(arena, root).is_empty

    assert take_in(arena, tmp_path / "before") == SyncReport(changed={"contestant": 1, "output": 4})
    assert statuses(arena, Contestant)["marble"] == "active"
    assert len(pool(arena)) == 16


@on_sqlite
def test_a_removed_prompt_is_retired_and_comes_back(arena: Context, root: Path, tmp_path: Path):
    use_everything(arena)
    shutil.copytree(root, tmp_path / "before")
    drop_prompt(root, "poems-002")
    assert take_in(arena, root) == SyncReport(retired={"prompt": 1, "output": 4})
    assert statuses(arena, Prompt)["poems-002"] == "retired"
    assert {prompt for prompt, _slug in pool(arena)} == {"poems-001", "poems-003", "poems-004"}
    assert take_in(arena, root).is_empty

    assert take_in(arena, tmp_path / "before") == SyncReport(changed={"prompt": 1, "output": 4})
    assert len(pool(arena)) == 16


@on_sqlite
def test_removed_outputs_are_retired_and_come_back(context: Context, root: Path, tmp_path: Path):
    take_in(context, write_catalog(root, status="draft"))
    shutil.copytree(root, tmp_path / "before")
    drop_lines(root / "pregenerated/poems/quartz.jsonl", "poems-003")
    assert take_in(context, root) == SyncReport(retired={"output": 1})
    assert ("poems-003", "quartz") not in pool(context)
    assert take_in(context, tmp_path / "before") == SyncReport(changed={"output": 1})
    assert len(pool(context)) == 16


def test_a_removed_category_is_retired_whole_and_comes_back(arena: Context, root: Path, tmp_path: Path):
    use_everything(arena)
    shutil.copytree(root, tmp_path / "before")
    shutil.rmtree(root / "prompts/poems")
    assert take_in(arena, root) == SyncReport(retired={"category": 1, "prompt": 4, "output": 16})
    assert statuses(arena, Category) == {"poems": "retired"}
    assert take_in(arena, root).is_empty

    report = take_in(arena, tmp_path / "before")
    assert report == SyncReport(changed={"category": 1, "prompt": 4, "output": 16})
    assert len(pool(arena)) == 16


@on_sqlite
def test_nothing_is_ever_deleted(arena: Context, root: Path):
    use_everything(arena)
    with arena.query() as session:
        before = [len(session.exec(select(table)).all()) for table in TABLES[:-1]]
    shutil.rmtree(root / "prompts/poems")
    (root / "pregenerated/contestants.yaml").unlink()
    take_in(arena, root)
    with arena.query() as session:
        assert [len(session.exec(select(table)).all()) for table in TABLES[:-1]] == before
        assert set(session.exec(select(Contestant.status))) == {"retired"}


@on_sqlite
@pytest.mark.parametrize("where", ["prompt", "contestant"])
def test_what_the_files_call_retired_is_not_served(context: Context, root: Path, where: str):
    write_catalog(root)
    if where == "prompt":
        edit_lines(root / "prompts/poems/prompts.jsonl", status="retired")
        path = root / "prompts/poems/category.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("live", "paused"), encoding="utf-8")
    else:
        path = root / "pregenerated/contestants.yaml"
        text = path.read_text(encoding="utf-8").replace("slug: quartz", "slug: quartz\n  status: retired")
        path.write_text(text, encoding="utf-8")
    take_in(context, root)
    assert len(pool(context)) == (0 if where == "prompt" else 12)


# What is refused


def test_a_bad_image_is_named_with_its_file_and_nothing_is_stored(context: Context, root: Path):
    write_catalog(root, modality="image", prompts=2)
    path = root / "pregenerated/poems/granite/poems-002.png"
    path.write_bytes(b"not a picture")
    with pytest.raises(CatalogError, match="it is not a readable PNG") as refused:
        take_in(context, root)
    assert refused.value.path == path
    assert contents(context) == []


@on_sqlite
def test_a_text_too_long_is_named_with_its_file_and_nothing_is_stored(context: Context, root: Path):
    write_catalog(root)
    edit_lines(root / "pregenerated/poems/granite.jsonl", text="word " * 50_000)
    with pytest.raises(CatalogError, match="'poems-001': the text has 250,000 bytes") as refused:
        take_in(context, root)
    assert refused.value.path == root / "pregenerated/poems/granite.jsonl"
    assert contents(context) == []


@on_sqlite
def test_equal_images_are_stored_once(context: Context, root: Path):
    write_catalog(root, modality="image", prompts=2)
    for path in (root / "pregenerated/poems/quartz").iterdir():
        path.write_bytes(png((9, 9, 9)))
    take_in(context, root)
    with context.query() as session:
        (digest,) = set(
            session.exec(select(Output.asset_digest).join(Contestant).where(col(Contestant.slug) == "quartz"))
        )
        assert session.get_one(Asset, digest).media_type == "image/webp"


@on_sqlite
def test_each_category_is_told_before_it_is_taken_in(context: Context, root: Path):
    write_catalog(root)
    write_catalog(root, slug="songs")
    told: list[str] = []
    with context.command() as session:
        sync_catalog(session, load_catalog([root]), now=context.now(), progress=told.append)
    assert told == ["poems", "songs"]
