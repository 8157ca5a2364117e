"""The leak linter over a catalog: what is looked at, what is accepted, what is refused."""

import json
from pathlib import Path

import pytest
import yaml

from arena.core.catalog import Catalog
from arena.core.catalog_rules import load_catalog
from arena.core.leaks import Leak, find_leaks, leak_report, refuse_leaks, telling_names
from arena.errors import CatalogError
from tests.factories import png, write_catalog

CLEAN = "A verse about rivers, number {}, and about the hills behind them."


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_catalog(tmp_path / "catalog")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return write_catalog(tmp_path / "pictures", modality="image")


def leaks(root: Path) -> list[Leak]:
    catalog = load_catalog([root])
    return [leak for files in catalog.categories for leak in find_leaks(files, catalog.contestants)]


def say(root: Path, text: str, contestant: str = "basalt", number: int = 2) -> None:
    """Put a text in the place of one output."""
    path = root / f"pregenerated/poems/{contestant}.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines[number - 1]["text"] = text
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def accept(root: Path, *entries: dict[str, str]) -> None:
    path = root / "pregenerated/poems/accepted.yaml"
    path.write_text(yaml.safe_dump([{"reason": "It is a stone here."} | entry for entry in entries]))


def refusal(root: Path, told: list[str] | None = None) -> str:
    with pytest.raises(CatalogError) as refused:
        refuse_leaks(load_catalog([root]), (told if told is not None else []).append)
    return refused.value.message.replace(f"{root}/", "")


def passes(root: Path) -> Catalog:
    catalog = load_catalog([root])
    refuse_leaks(catalog, pytest.fail)
    return catalog


def test_a_clean_catalog_passes(root: Path, pictures: Path):
    assert leaks(root) == leaks(pictures) == []
    passes(root)


@pytest.mark.parametrize(
    "name", ["marble", "Marble Nine", "marble-family", "marble family", "MARBLE WORKS", "Old Marble"]
)
def test_every_name_of_every_contestant_is_looked_for_in_every_output(root: Path, name: str):
    path = root / "pregenerated/contestants.yaml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    for entry in entries:
        entry["aliases"] = [f"Old {entry['slug'].title()}"]
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    say(root, f"We met {name} by the river.")
    (leak,) = leaks(root)
    assert (leak.kind, leak.contestant, leak.prompt_id, leak.sample) == (
        "names_maker",
        "basalt",
        "poems-002",
        1,
    )
    assert leak.found == name
    assert leak.span == (7, 7 + len(name))
    assert leak.path == root / "pregenerated/poems/basalt.jsonl"


def test_what_a_text_says_again_and_again_is_one_finding(root: Path):
    say(root, "Marble. MARBLE. Marble works. Marble!")
    assert [leak.found for leak in leaks(root)] == ["Marble", "Marble works"]


def test_a_name_is_looked_for_without_its_version_too():
    (files,) = [load_catalog([Path(__file__).parents[2]]).contestants]
    names = telling_names([files["matplotlib"], files["everyday-plain"]])
    assert {"Matplotlib", "Matplotlib 3.11.2", "Everyday", "Everyday (plain)", "Paragone"} <= set(names)
    renamed = files["everyday-plain"].model_copy(update={"name": "街坊（纯文本）"})
    assert "街坊" in telling_names([renamed])


def test_a_contestant_that_is_served_no_more_is_not_read(root: Path):
    say(root, "We met Marble by the river.")
    path = root / "pregenerated/contestants.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("slug: basalt", "slug: basalt\n  status: retired")
    )
    assert leaks(root) == []


def test_an_image_that_says_what_made_it_is_found(pictures: Path):
    path = pictures / "pregenerated/poems/granite/poems-003.png"
    body = b"Software\x00Granite Nine"
    chunk = len(body).to_bytes(4) + b"tEXt" + body + b"\x00\x00\x00\x00"
    path.write_bytes(path.read_bytes()[:-12] + chunk + path.read_bytes()[-12:])
    (leak,) = leaks(pictures)
    assert (leak.kind, leak.path, leak.prompt_id) == ("metadata", path, "poems-003")
    assert leak.found == "PNG text: Software Granite Nine"


def test_images_of_a_size_that_nobody_else_has_are_found(pictures: Path):
    folder = pictures / "pregenerated/poems/quartz"
    for path in folder.iterdir():
        path.write_bytes(png(size=(60, 48)))
    (leak,) = leaks(pictures)
    assert (leak.kind, leak.path, leak.prompt_id, leak.found) == ("own_size", folder, None, "60 x 48 pixels")


@pytest.mark.parametrize("others", ["one of quartz differs", "one of marble is alike"])
def test_sizes_that_tell_nobody_apart_are_no_finding(pictures: Path, others: str):
    paths = sorted((pictures / "pregenerated/poems/quartz").iterdir())
    for path in paths if others == "one of marble is alike" else paths[1:]:
        path.write_bytes(png(size=(60, 48)))
    if others == "one of marble is alike":
        (pictures / "pregenerated/poems/marble/poems-001.png").write_bytes(png(size=(60, 48)))
    assert leaks(pictures) == []


def test_texts_that_all_have_one_length_are_found_if_the_others_differ(tmp_path: Path):
    root = write_catalog(tmp_path / "c", prompts=5)
    assert leaks(root) == []  # all of every contestant have the same length
    for contestant in ("basalt", "granite", "marble"):
        for number in range(1, 6):
            say(root, CLEAN.format(10**number), contestant, number)
    (leak,) = leaks(root)
    assert (leak.kind, leak.contestant, leak.prompt_id) == ("own_length", "quartz", None)


def test_a_finding_says_file_place_span_and_what_to_do(root: Path):
    say(root, "As an AI language model, I like rivers.")
    say(root, "We met Marble.", number=3)
    told: list[str] = []
    first = (
        "pregenerated/poems/basalt.jsonl: prompt 'poems-002' sample 1: describes_itself at characters 0-24: "
        "'As an AI language model,'; make the output again or drop it"
    )
    rule = "fix, drop or accept each, with a reason, in accepted.yaml"
    assert refusal(root, told) == f"{first} (2 findings in all; {rule})"
    assert told[0].replace(f"{root}/", "") == first
    assert len(told) == 2


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "names_maker", "found": "marble"},
        {"kind": "names_maker", "found": "Marble", "contestant": "basalt"},
        {"kind": "names_maker", "found": "Marble", "contestant": "basalt", "prompt_id": "poems-002"},
    ],
)
def test_an_accepted_finding_passes(root: Path, entry: dict[str, str]):
    say(root, "The steps are of Marble.")
    accept(root, entry)
    passes(root)


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "refusal", "found": "marble"},
        {"kind": "names_maker", "found": "quartz"},
        {"kind": "names_maker", "found": "Marble", "contestant": "granite"},
        {"kind": "names_maker", "found": "Marble", "prompt_id": "poems-001"},
    ],
)
def test_a_finding_is_accepted_only_where_the_entry_says_so(root: Path, entry: dict[str, str]):
    say(root, "The steps are of Marble.")
    accept(root, entry)
    assert "names_maker" in refusal(root)


def test_an_entry_that_fits_nothing_is_refused(root: Path):
    accept(root, {"kind": "names_maker", "found": "marble"})
    assert refusal(root) == (
        "pregenerated/poems/accepted.yaml: names_maker 'marble' is accepted and not found; take the entry out"
    )


def test_a_finding_is_accepted_with_a_reason_only(root: Path):
    accept(root, {"kind": "names_maker", "found": "marble", "reason": ""})
    with pytest.raises(CatalogError, match=r"accepted\.yaml:\d+: reason: String should have at least 1"):
        load_catalog([root])


def test_what_is_accepted_is_not_among_the_unresolved(root: Path):
    say(root, "The steps are of Marble, by Quartz.")
    accept(root, {"kind": "names_maker", "found": "marble"})
    catalog = load_catalog([root])
    report = leak_report(catalog.categories[0], catalog.contestants)
    assert [leak.found for leak in report.unresolved] == ["Quartz"]
    assert report.stale == ()
