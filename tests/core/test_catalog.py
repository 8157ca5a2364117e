"""The data files: what is wrong is named with file and line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from arena.core.catalog_rules import load_catalog
from arena.core.sync import check_images, check_texts
from arena.errors import CatalogError
from tests.factories import output_line, png, write_catalog, write_contestants, write_lines

OUTPUTS = "pregenerated/poems/quartz.jsonl"
CONTESTANTS = "pregenerated/contestants.yaml"
PROMPTS = "prompts/poems/prompts.jsonl"
CATEGORY = "prompts/poems/category.yaml"
SIMULATION = {
    "seed": 1,
    "voters": 2,
    "votes": 4,
    "strengths": {"quartz": 0.5, "basalt": 0.0, "granite": 0.0, "marble": -0.5},
    "taste_sd": 0.1,
    "tie_rate": 0.1,
    "both_bad_share": 0.5,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_catalog(tmp_path / "catalog")


def refusal(root: Path) -> str:
    """The message of the refusal, its path written from the catalog's root on."""
    with pytest.raises(CatalogError) as refused:
        load_catalog([root])
    return refused.value.message.replace(f"{root}/", "")


def edit_yaml(path: Path, change: Callable[[Any], None]) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def edit_line(path: Path, number: int, **changes: object) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[number - 1] = json.dumps(json.loads(lines[number - 1]) | changes)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def put_line(path: Path, number: int, text: str | bytes) -> None:
    lines = path.read_bytes().splitlines()
    lines[number - 1] = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def test_a_good_catalog_is_read_whole(root: Path):
    catalog = load_catalog([root])
    (files,) = catalog.categories
    assert set(catalog.contestants) == {"quartz", "basalt", "granite", "marble"}
    assert [prompt.id for prompt in files.prompts] == [f"poems-00{n}" for n in range(1, 5)]
    assert {slug: len(outputs) for slug, outputs in files.outputs.items()} == dict.fromkeys(
        catalog.contestants, 4
    )


def test_several_roots_make_one_catalog(root: Path, tmp_path: Path):
    other = write_catalog(tmp_path / "other", slug="songs", contestants=("opal", "agate"))
    catalog = load_catalog([root, other])
    assert [files.spec.slug for files in catalog.categories] == ["poems", "songs"]
    assert {"quartz", "opal"} <= set(catalog.contestants)


def test_blank_lines_are_no_lines_but_count(root: Path):
    path = root / PROMPTS
    path.write_text("\n\n" + path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert len(load_catalog([root]).categories[0].prompts) == 4
    put_line(path, 4, "{")
    assert refusal(root).startswith(f"{PROMPTS}:4: is not JSON")


def test_a_folder_that_holds_no_catalog_is_refused(tmp_path: Path):
    """A mistyped folder must not look like an empty catalog: a sync would retire everything."""
    with pytest.raises(CatalogError, match="nowhere"):
        load_catalog([tmp_path / "nowhere"])


# Lines of JSON


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"tokens": -1}, "tokens: Input should be greater than or equal to 0 (found -1)"),
        ({"sample": 0}, "sample: Input should be greater than or equal to 1 (found 0)"),
        ({"text": ""}, "text: String should have at least 1 character (found '')"),
        ({"generated_at": "2026-01-01T00:00:00"}, "generated_at: Input should have timezone info"),
        ({"temprature": 1}, "temprature: Extra inputs are not permitted (found 1)"),
    ],
)
def test_a_wrong_value_in_a_line_is_named_with_its_line(root: Path, changes: dict[str, object], message: str):
    edit_line(root / OUTPUTS, 3, **changes)
    assert refusal(root).startswith(f"{OUTPUTS}:3: {message}")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("place", ['"seconds": {}', '"settings": {{"temperature": {}}}'])
def test_numbers_that_json_does_not_know_are_refused(root: Path, number: str, place: str):
    line = (root / OUTPUTS).read_text(encoding="utf-8").splitlines()[1]
    old = place.format("null") if "seconds" in place else '"settings": {}'
    assert old in line
    put_line(root / OUTPUTS, 2, line.replace(old, place.format(number)))
    assert refusal(root).startswith(f"{OUTPUTS}:2: is not JSON")


def test_a_file_that_is_not_utf_8_is_named_with_its_line(root: Path):
    put_line(root / PROMPTS, 2, b'{"id": "caf\xe9"}')
    assert refusal(root).startswith(f"{PROMPTS}:2: is not UTF-8")


def test_a_prompt_with_a_null_character_is_refused(root: Path):
    """PostgreSQL cannot store it; nobody means it."""
    edit_line(root / PROMPTS, 2, text="a\x00b")
    assert refusal(root).startswith(f"{PROMPTS}:2: text: ")


def test_a_missing_prompts_file_is_refused(root: Path):
    (root / PROMPTS).unlink()
    assert refusal(root) == f"{PROMPTS}: is missing"


# YAML


def test_a_wrong_value_in_a_category_is_named_with_its_line(root: Path):
    text = (root / CATEGORY).read_text(encoding="utf-8").replace("reveal: immediate", "reveal: sometimes")
    (root / CATEGORY).write_text(text, encoding="utf-8")
    line = text.splitlines().index("reveal: sometimes") + 1
    assert refusal(root).startswith(f"{CATEGORY}:{line}: reveal: ")


def test_a_version_without_quotes_is_explained(root: Path):
    edit_yaml(root / CATEGORY, lambda spec: spec.update(version=1.0))
    assert "version: Input should be a valid string (found 1.0)" in refusal(root)


def test_a_wrong_contestant_is_named_with_the_line_of_its_value(root: Path):
    edit_yaml(root / CONTESTANTS, lambda entries: entries[2].update(kind="robot"))
    lines = (root / CONTESTANTS).read_text(encoding="utf-8").splitlines()
    assert refusal(root).startswith(f"{CONTESTANTS}:{lines.index('  kind: robot') + 1}: kind: ")


def test_a_missing_field_is_named_with_the_line_of_its_entry(root: Path):
    edit_yaml(root / CONTESTANTS, lambda entries: entries[1].pop("note"))
    lines = (root / CONTESTANTS).read_text(encoding="utf-8").splitlines()
    line = lines.index("- family: basalt-family") + 1
    assert refusal(root) == f"{CONTESTANTS}:{line}: note: Field required"


@pytest.mark.parametrize(
    "text, line",
    [("title: [a", 2), ("title: !!python/object:os.system x", 1), ("released: 2025-02-30", None)],
)
def test_what_is_not_yaml_is_refused_without_running_it(root: Path, text: str, line: int | None):
    (root / CATEGORY).write_text(f"{text}\n", encoding="utf-8")
    where = CATEGORY if line is None else f"{CATEGORY}:{line}"
    assert refusal(root).startswith(f"{where}: is not YAML")


@pytest.mark.parametrize("text", ["", "hello", "- 1"])
def test_a_category_that_is_no_mapping_is_refused(root: Path, text: str):
    (root / CATEGORY).write_text(text, encoding="utf-8")
    assert refusal(root).startswith(CATEGORY)


@pytest.mark.parametrize("text", ["", "slug: quartz"])
def test_contestants_that_are_no_list_are_refused(root: Path, text: str):
    (root / CONTESTANTS).write_text(text, encoding="utf-8")
    assert refusal(root) == f"{CONTESTANTS}:1: must be a list of contestants"


def test_a_folder_without_a_category_is_refused(root: Path):
    (root / "prompts" / "stray").mkdir()
    assert refusal(root).startswith("prompts/stray/category.yaml: is missing")


def test_a_category_is_named_as_its_folder(root: Path):
    edit_yaml(root / CATEGORY, lambda spec: spec.update(slug="verses"))
    assert refusal(root).startswith(f"{CATEGORY}: slug 'verses' must equal the folder's name 'poems'")


def test_a_text_category_has_no_canvas_and_an_image_category_has_one(root: Path):
    edit_yaml(root / CATEGORY, lambda spec: spec.update(modality="image"))
    assert "canvas belongs to image categories" in refusal(root)
    canvas = {"width": 64, "height": 48, "background": "#ffffff"}
    edit_yaml(root / CATEGORY, lambda spec: spec.update(modality="text", canvas=canvas))
    assert "canvas belongs to image categories" in refusal(root)


# Rules between the files


def test_a_contestant_in_two_roots_is_refused(root: Path, tmp_path: Path):
    other = write_catalog(tmp_path / "other", slug="songs", contestants=("quartz", "agate"))
    with pytest.raises(CatalogError, match="'quartz' stands twice"):
        load_catalog([root, other])


def test_a_category_in_two_roots_is_refused(root: Path, tmp_path: Path):
    other = write_catalog(tmp_path / "other", contestants=("opal", "agate"))
    with pytest.raises(CatalogError, match="category 'poems' stands twice"):
        load_catalog([root, other])


def test_a_prompt_id_in_two_categories_is_refused(root: Path):
    write_catalog(root, slug="songs")
    edit_line(root / "prompts/songs/prompts.jsonl", 1, id="poems-001")
    assert "prompt id 'poems-001' stands more than once" in refusal(root)


@pytest.mark.parametrize("flagships", [0, 2])
def test_a_family_has_exactly_one_flagship(root: Path, flagships: int):
    def pair_up(entries: list[dict[str, Any]]) -> None:
        for index, entry in enumerate(entries[:2]):
            entry |= {"family": "twins", "flagship": index < flagships}

    edit_yaml(root / CONTESTANTS, pair_up)
    assert refusal(root).endswith(f"family 'twins' must have exactly one flagship, it has {flagships}")


def test_outputs_of_an_unknown_contestant_are_refused(root: Path):
    edit_yaml(root / CONTESTANTS, lambda entries: entries.pop())
    assert "contestant 'marble' is not in contestants.yaml" in refusal(root)


def test_an_output_for_an_unknown_prompt_is_refused(root: Path):
    edit_line(root / OUTPUTS, 1, prompt_id="poems-999")
    assert "prompt 'poems-999' sample 1: no such prompt" in refusal(root)


def test_an_output_that_stands_twice_is_refused(root: Path):
    edit_line(root / OUTPUTS, 2, prompt_id="poems-001")
    assert "prompt 'poems-001' sample 1 stands twice" in refusal(root)


def test_a_text_category_takes_no_images(root: Path):
    edit_line(root / OUTPUTS, 1, text=None, asset="a.png")
    assert "outputs of this category have 'text' and nothing else" in refusal(root)


@pytest.mark.parametrize("changes", [{"text": "words"}, {"asset": None}])
def test_an_image_category_takes_images_and_nothing_else(tmp_path: Path, changes: dict[str, object]):
    root = write_catalog(tmp_path / "images", modality="image")
    edit_line(root / OUTPUTS, 1, **changes)
    assert "outputs of this category have 'asset' and nothing else" in refusal(root)


@pytest.mark.parametrize("asset", ["../basalt/poems-001.png", "/etc/passwd", "poems-001.png/../../x"])
def test_an_image_outside_its_contestants_folder_is_refused(tmp_path: Path, asset: str):
    root = write_catalog(tmp_path / "images", modality="image")
    edit_line(root / OUTPUTS, 1, asset=asset)
    assert "asset must lie in quartz/" in refusal(root)


def test_a_link_that_leads_outside_is_refused(tmp_path: Path):
    root = write_catalog(tmp_path / "images", modality="image")
    path = root / "pregenerated/poems/quartz/poems-001.png"
    path.unlink()
    path.symlink_to(root / "pregenerated/poems/basalt/poems-001.png")
    assert "asset must lie in quartz/" in refusal(root)


def test_a_missing_image_is_named(tmp_path: Path):
    root = write_catalog(tmp_path / "images", modality="image")
    (root / "pregenerated/poems/quartz/poems-002.png").unlink()
    assert refusal(root).endswith(
        "prompt 'poems-002' sample 1: there is no file pregenerated/poems/quartz/poems-002.png"
    )


def test_simulated_votes_are_for_practice_only(root: Path):
    edit_yaml(root / CATEGORY, lambda spec: spec.update(simulation=SIMULATION))
    assert refusal(root) == f"{CATEGORY}: simulated votes exist only in the category 'practice'"


def test_a_simulation_names_every_contestant(tmp_path: Path):
    strengths = {"quartz": 0.5, "basalt": 0.0}
    root = write_catalog(tmp_path / "c", slug="practice", simulation=SIMULATION | {"strengths": strengths})
    assert "simulation.strengths must name exactly the contestants" in refusal(root)


def test_a_live_category_needs_two_contestants(tmp_path: Path):
    root = write_catalog(tmp_path / "c", contestants=("quartz",))
    assert refusal(root).endswith("a live category needs outputs of at least two contestants")


def test_a_live_category_needs_a_prompt(tmp_path: Path):
    root = write_catalog(tmp_path / "c", prompts=0)
    assert refusal(root) == f"{PROMPTS}: a live category needs at least one prompt"


def test_a_prompt_of_a_live_category_needs_a_difficulty(root: Path):
    edit_line(root / PROMPTS, 2, difficulty=None)
    assert "prompt 'poems-002' of a live category needs a difficulty" in refusal(root)


def test_a_live_category_has_an_output_for_every_pair(root: Path):
    lines = (root / OUTPUTS).read_text(encoding="utf-8").splitlines()
    (root / OUTPUTS).write_text("\n".join(lines[:-1]), encoding="utf-8")
    assert refusal(root) == f"{OUTPUTS}: no output for the prompts ['poems-004']"


def test_retired_prompts_and_contestants_may_be_incomplete(root: Path):
    edit_line(root / PROMPTS, 4, status="retired", difficulty=None)
    lines = (root / OUTPUTS).read_text(encoding="utf-8").splitlines()
    (root / OUTPUTS).write_text("\n".join(lines[:-1]), encoding="utf-8")
    write_contestants(root, ("slate",))
    write_lines(root / "pregenerated/poems/slate.jsonl", [])
    edit_yaml(root / CONTESTANTS, lambda entries: entries[-1].update(status="retired"))
    assert len(load_catalog([root]).categories) == 1


def test_a_draft_may_be_incomplete(tmp_path: Path):
    root = write_catalog(tmp_path / "c", contestants=("quartz",), status="draft")
    edit_line(root / PROMPTS, 1, difficulty=None)
    assert load_catalog([root]).categories[0].spec.status == "draft"


# What a sync would refuse


def test_a_check_reads_every_image(tmp_path: Path):
    root = write_catalog(tmp_path / "c", modality="image", prompts=2)
    assert check_images(load_catalog([root])) == 8
    path = root / "pregenerated/poems/granite/poems-002.png"
    path.write_bytes(png()[:40])
    with pytest.raises(CatalogError, match=r"granite/poems-002\.png: it is"):
        check_images(load_catalog([root]))


def test_a_check_renders_every_text(root: Path):
    check_texts(load_catalog([root]))
    line = output_line(root / "pregenerated/poems", "granite", 2, "poems-003", "text")
    edit_line(root / "pregenerated/poems/granite.jsonl", 3, **line | {"text": "word " * 50_000})
    with pytest.raises(CatalogError, match=r"granite\.jsonl: .*'poems-003'.* at most 200,000 are shown"):
        check_texts(load_catalog([root]))
