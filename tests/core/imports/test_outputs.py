"""Outputs of other people become catalog files: all of them, by the catalog's rules, or none."""

import csv
import json
from pathlib import Path

import pytest
import yaml

from arena.core.catalog_rules import load_catalog
from arena.core.context import Context
from arena.core.imports.outputs import OutputsReport, import_outputs
from arena.errors import BadRows, CatalogError
from tests.factories import png, take_in, write_catalog, write_lines

PROMPTS = [f"poems-{number:03}" for number in range(1, 5)]
OPAL = {
    "slug": "opal",
    "name": "Opal Nine",
    "family": "opal-family",
    "flagship": True,
    "provider": "Opal Works",
    "kind": "style",
    "licence": "CC-BY-4.0",
    "note": "Made by opal.",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_catalog(tmp_path / "catalog")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return write_catalog(tmp_path / "catalog", modality="image", prompts=2)


def answers(contestant: str = "opal", prompts: list[str] = PROMPTS) -> list[dict[str, object]]:
    return [
        {"contestant": contestant, "prompt_id": prompt, "text": f"{contestant} on *{prompt}*"}
        for prompt in prompts
    ]


def newcomer(folder: Path, rows: list[dict[str, object]], **changes: object) -> Path:
    """A folder with a manifest and a contestant that the catalog does not have."""
    folder.mkdir(exist_ok=True)
    write_lines(folder / "manifest.jsonl", rows)
    (folder / "contestants.yaml").write_text(yaml.safe_dump([OPAL | changes]), encoding="utf-8")
    return folder


def take(source: Path, root: Path, *, dry_run: bool = False) -> OutputsReport:
    return import_outputs(source, load_catalog([root]), closed=None, dry_run=dry_run)


def files_of(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }


def refused(source: Path, root: Path) -> list[str]:
    """What a refused import says, without the file's name; nothing of it may stay."""
    before = files_of(root)
    with pytest.raises(BadRows) as error:
        take(source, root)
    assert files_of(root) == before
    return [row.rpartition(f"{source.name}:")[2] for row in error.value.rows]


def test_a_newcomer_comes_with_all_his_outputs(root: Path, tmp_path: Path, context: Context):
    report = take(newcomer(tmp_path / "new", answers()), root)
    assert report == OutputsReport((root / "pregenerated/poems",), {("poems", "opal"): 4}, 0, ("opal",))
    catalog = load_catalog([root])
    assert catalog.contestants["opal"].name == "Opal Nine"
    outputs = catalog.categories[0].outputs["opal"]
    assert [(output.prompt_id, output.text) for output in outputs] == [
        (prompt, f"opal on *{prompt}*") for prompt in PROMPTS
    ]
    assert (outputs[0].sample, outputs[0].tokens, outputs[0].settings) == (1, None, {})
    assert take_in(context, root).added["output"] == 20


def test_a_dry_run_says_the_same_and_writes_nothing(root: Path, tmp_path: Path):
    source, before = newcomer(tmp_path / "new", answers()), files_of(root)
    dry = take(source, root, dry_run=True)
    assert files_of(root) == before
    assert take(source, root) == dry


def test_a_second_import_adds_nothing(root: Path, tmp_path: Path):
    source = newcomer(tmp_path / "new", answers())
    take(source, root)
    before = files_of(root)
    assert take(source, root) == OutputsReport((), {}, 4, ())
    assert files_of(root) == before


def test_lines_and_comments_that_were_there_stay_as_they_are(root: Path, tmp_path: Path):
    contestants = root / "pregenerated/contestants.yaml"
    contestants.write_text(
        "# ours\n" + contestants.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8"
    )
    outputs = root / "pregenerated/poems/quartz.jsonl"
    outputs.write_bytes(outputs.read_bytes().rstrip(b"\n"))
    before = files_of(root)
    take(newcomer(tmp_path / "new", [*answers(), answers("quartz")[0] | {"sample": 2}]), root)
    after = files_of(root)
    for name in before:
        assert after[name].startswith(before[name])
    assert after["pregenerated/poems/quartz.jsonl"].count(b"\n") == 5


def test_a_table_of_csv_is_read_with_its_numbers_and_times(root: Path, tmp_path: Path):
    row = {
        "contestant": "quartz",
        "prompt_id": "poems-002",
        "sample": "2",
        "text": "two\nlines",
        "tokens": "7",
        "seconds": "",
        "cost_usd": "0.25",
        "generated_at": "2026-11-01T10:00:00Z",
        "settings": '{"seed": 3}',
    }
    with (tmp_path / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    take(tmp_path / "rows.csv", root)
    output = load_catalog([root]).categories[0].outputs["quartz"][-1]
    assert (output.sample, output.text, output.tokens, output.seconds) == (2, "two\nlines", 7, None)
    assert (output.cost_usd, output.settings) == (0.25, {"seed": 3})
    assert output.generated_at is not None


def test_pictures_are_copied_under_names_of_the_catalog(pictures: Path, tmp_path: Path):
    rows: list[dict[str, object]] = [
        {"contestant": "opal", "prompt_id": f"poems-00{number}", "asset": f"shots/{number}.PNG"}
        for number in (1, 2)
    ]
    source = newcomer(tmp_path / "new", rows)
    (source / "shots").mkdir()
    for number in (1, 2):
        (source / f"shots/{number}.PNG").write_bytes(png((number, 2, 3)))
    take(source, pictures)
    outputs = load_catalog([pictures]).categories[0].outputs["opal"]
    assert [output.asset for output in outputs] == ["poems-001-1.png", "poems-002-1.png"]
    copied = pictures / "pregenerated/poems/opal/poems-002-1.png"
    assert copied.read_bytes() == png((2, 2, 3))
    assert take(source, pictures).known == 2


def test_every_bad_row_is_listed_with_its_line_and_none_is_taken(root: Path, tmp_path: Path):
    good = answers("quartz", ["poems-001"])[0] | {"sample": 2}
    rows = [
        good,
        good | {"prompt_id": "poems-009"},
        good | {"contestant": "opal"},
        good | {"tokens": -1, "colour": "red"},
        good | {"asset": "a.png", "sample": 5},
        good,
        good | {"sample": 1},
        good | {"contestant": None, "sample": 3},
        good | {"text": "x" * 2_000_000, "sample": 4},
    ]
    write_lines(tmp_path / "rows.jsonl", rows)
    told = refused(tmp_path / "rows.jsonl", root)
    assert told[:8] == [
        "2: prompt_id: no category has a prompt 'poems-009'",
        "3: contestant: 'opal' is not in contestants.yaml",
        "4: colour: Extra inputs are not permitted",
        "4: tokens: Input should be greater than or equal to 0",
        "5: outputs of 'poems' have 'text' and nothing else",
        "6: the output of 'quartz' for 'poems-001' stands on line 1 already",
        "7: the output of 'quartz' for 'poems-001' sample 1 is known with another text, generated_at; "
        "give the new one the next sample",
        "8: contestant: None is not in contestants.yaml",
    ]
    assert [line.partition(" has ")[0] for line in told[8:]] == ["9: text: the text"]


@pytest.mark.parametrize(
    ("asset", "complaint"),
    [
        ("none.png", "there is no file"),
        ("../outside.png", "does not lie beside the file"),
        ("broken.png", "broken.png: "),
        ("notes.gif", "notes.gif is none of .png"),
    ],
)
def test_a_picture_that_cannot_be_served_is_refused(
    pictures: Path, tmp_path: Path, asset: str, complaint: str
):
    folder = tmp_path / "new"
    folder.mkdir()
    (tmp_path / "outside.png").write_bytes(png())
    (folder / "broken.png").write_bytes(png()[:60])
    (folder / "notes.gif").write_bytes(png())
    row = {"contestant": "quartz", "prompt_id": "poems-001", "sample": 2, "asset": asset}
    write_lines(folder / "rows.jsonl", [row])
    (told,) = refused(folder / "rows.jsonl", pictures)
    assert told.startswith("1: asset: ")
    assert complaint in told


def test_a_picture_never_takes_the_place_of_another_file(pictures: Path, tmp_path: Path):
    (pictures / "pregenerated/poems/quartz/poems-001-2.png").write_bytes(b"something else")
    (tmp_path / "a.png").write_bytes(png())
    row = {"contestant": "quartz", "prompt_id": "poems-001", "sample": 2, "asset": "a.png"}
    write_lines(tmp_path / "rows.jsonl", [row])
    (told,) = refused(tmp_path / "rows.jsonl", pictures)
    assert "is there already and is something else" in told


@pytest.mark.parametrize(
    ("rows", "changes", "message"),
    [
        (answers(prompts=PROMPTS[:3]), {}, r"poems/opal.jsonl: no output for the prompts \['poems-004'\]"),
        (answers(), {"flagship": False}, "must have exactly one flagship"),
        (answers(), {"name": "short poems"}, "names 'short poems' of contestant 'opal'"),
    ],
)
def test_what_breaks_a_rule_of_the_catalog_is_refused_whole(
    root: Path, tmp_path: Path, rows: list[dict[str, object]], changes: dict[str, object], message: str
):
    before = files_of(root)
    with pytest.raises(CatalogError, match=message) as error:
        take(newcomer(tmp_path / "new", rows, **changes), root)
    assert files_of(root) == before
    assert ".import-" not in error.value.message


def test_a_contestant_is_not_described_anew(root: Path, tmp_path: Path):
    with pytest.raises(CatalogError, match="'quartz' is known with other facts"):
        take(newcomer(tmp_path / "new", answers("quartz"), slug="quartz"), root)


def test_a_folder_needs_one_manifest(root: Path, tmp_path: Path):
    (tmp_path / "new").mkdir()
    with pytest.raises(CatalogError, match=r"needs one of manifest.csv and manifest.jsonl"):
        take(tmp_path / "new", root)


def test_when_a_file_cannot_be_moved_everything_is_put_back(pictures: Path, tmp_path: Path):
    source = newcomer(tmp_path / "new", [])
    rows = [{"contestant": "opal", "prompt_id": f"poems-00{number}", "asset": "a.png"} for number in (1, 2)]
    write_lines(source / "manifest.jsonl", rows)
    (source / "a.png").write_bytes(png())
    catalog = load_catalog([pictures])
    # After the catalog was read, something else takes the place of the last file that is moved.
    (pictures / "pregenerated/poems/opal.jsonl").mkdir()
    before = files_of(pictures)
    with pytest.raises(OSError, match=r"opal.jsonl"):
        import_outputs(source, catalog, closed=None, dry_run=False)
    assert files_of(pictures) == before


def test_the_catalog_of_an_installed_package_is_left_alone(root: Path, tmp_path: Path):
    source, before = newcomer(tmp_path / "new", answers()), files_of(root)
    with pytest.raises(CatalogError, match="came with the package"):
        import_outputs(source, load_catalog([root]), closed=root, dry_run=False)
    assert files_of(root) == before


def test_outputs_of_two_catalogs_go_to_their_own(root: Path, tmp_path: Path):
    other = write_catalog(tmp_path / "other", slug="songs", prompts=1, contestants=("agate", "beryl"))
    rows = [*answers(), *answers("agate", ["songs-001"])]
    rows[-1]["sample"] = 2
    source = newcomer(tmp_path / "new", rows)
    report = import_outputs(source, load_catalog([root, other]), closed=None, dry_run=False)
    assert report.added == {("poems", "opal"): 4, ("songs", "agate"): 1}
    assert len(load_catalog([root, other]).categories[1].outputs["agate"]) == 2
    assert json.loads((root / "pregenerated/poems/opal.jsonl").read_text().splitlines()[0])["sample"] == 1
