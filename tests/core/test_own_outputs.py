import random
from pathlib import Path

import pytest
from PIL import Image

from arena.core.catalog_rules import load_catalog
from arena.core.own_outputs import write_own_category, write_skeleton
from arena.errors import CatalogError


def texts(folder: Path, **contestants: dict[str, str]) -> Path:
    for name, answers in contestants.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for prompt, text in answers.items():
            (folder / name / prompt).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def poems(tmp_path: Path) -> Path:
    answers = {"night-market.md": "stalls glow", "rain.txt": "it falls"}
    return texts(tmp_path / "Two poets", Ada=answers, Bo={name: text + "!" for name, text in answers.items()})


def read(target: Path):
    catalog = load_catalog([target], names_unsaid=False)
    (files,) = catalog.categories
    return catalog, files


def test_a_folder_becomes_a_live_category(poems, tmp_path):
    own = write_own_category(poems, tmp_path / "made")
    catalog, files = read(tmp_path / "made")
    assert (own.slug, own.prompts, own.contestants, own.missing, own.left_out) == ("two-poets", 2, 2, 0, ())
    assert (files.spec.title, files.spec.modality, files.spec.status) == ("Two poets", "text", "live")
    assert {prompt.id: prompt.text for prompt in files.prompts} == {
        "night-market": "Night market",
        "rain": "Rain",
    }
    assert {slug: spec.name for slug, spec in catalog.contestants.items()} == {"ada": "Ada", "bo": "Bo"}
    assert [output.text for output in files.outputs["bo"]] == ["stalls glow!", "it falls!"]


def test_pictures_get_a_canvas_that_holds_the_largest(tmp_path):
    for name, size in (("one", (40, 90)), ("two", (120, 30))):
        (tmp_path / "pics" / name).mkdir(parents=True)
        Image.new("RGB", size, "red").save(tmp_path / "pics" / name / "flower.png")
    write_own_category(tmp_path / "pics", tmp_path / "made")
    _, files = read(tmp_path / "made")
    assert (files.spec.modality, files.spec.canvas.width, files.spec.canvas.height) == ("image", 120, 90)
    assert files.asset_path("two", files.outputs["two"][0]).is_file()


def test_a_table_becomes_a_live_category(tmp_path):
    table = tmp_path / "answers.csv"
    table.write_text(
        'prompt,Ada,Bo\nSay hi,Hi.,"Hello,\nyou"\nSay bye,Bye.,\nSay it,I,You\n', encoding="utf-8-sig"
    )
    own = write_own_category(table, tmp_path / "made")
    _, files = read(tmp_path / "made")
    assert (own.slug, own.prompts, own.left_out) == ("answers", 2, ("Say bye",))
    assert files.outputs["bo"][0].text == "Hello,\nyou"
    assert [prompt.text for prompt in files.prompts] == ["Say hi", "Say it"]


def test_outputs_may_be_missing_as_long_as_two_answer(poems, tmp_path):
    texts(poems, Cy={"rain.md": "drops"})
    own = write_own_category(poems, tmp_path / "made")
    _, files = read(tmp_path / "made")
    assert (own.prompts, own.missing) == (2, 1)
    assert len(files.outputs["cy"]) == 1


def test_prompts_and_the_category_can_be_said_better(poems, tmp_path):
    (poems / "prompts.csv").write_text("prompt,text\nrain,Write about rain.\n", encoding="utf-8")
    (poems / "category.yaml").write_text("question: Which line would you keep?\nlanguage: pt-BR\n")
    write_own_category(poems, tmp_path / "made")
    _, files = read(tmp_path / "made")
    assert files.spec.question == "Which line would you keep?"
    assert {p.text for p in files.prompts} == {"Write about rain.", "Night market"}
    assert {p.language for p in files.prompts} == {"pt-BR"}


def test_the_second_time_only_a_changed_output_is_a_new_sample(poems, tmp_path):
    write_own_category(poems, tmp_path / "made")
    texts(poems, Ada={"rain.txt": "it pours"})
    write_own_category(poems, tmp_path / "made")
    _, files = read(tmp_path / "made")
    assert [(o.prompt_id, o.sample, o.text) for o in files.outputs["ada"]] == [
        ("night-market", 1, "stalls glow"),
        ("rain", 2, "it pours"),
    ]
    assert [o.sample for o in files.outputs["bo"]] == [1, 1]


def test_a_contestant_that_left_the_folder_leaves_the_catalog(poems, tmp_path):
    texts(poems, Cy={"rain.md": "drops", "night-market.md": "late"})
    write_own_category(poems, tmp_path / "made")
    for file in (poems / "Cy").iterdir():
        file.unlink()
    write_own_category(poems, tmp_path / "made")
    catalog, files = read(tmp_path / "made")
    assert set(files.outputs) == set(catalog.contestants) == {"ada", "bo"}


@pytest.mark.parametrize("names", [("雨", "雪"), ("Rain!", "rain?"), ("x" * 90, "x" * 91)])
def test_any_name_gets_a_slug_of_its_own(tmp_path, names):
    one, other = (f"{name}.md" for name in names)
    folder = texts(tmp_path / "诗", **{name: {one: "a", other: "b"} for name in names})
    write_own_category(folder, tmp_path / "made")
    catalog, files = read(tmp_path / "made")
    assert len(catalog.contestants) == len({prompt.id for prompt in files.prompts}) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: texts(f, Ada={"notes.docx": "x"}), r"notes.docx.* is none of .png"),
        (lambda f: texts(f, Ada={"rain.md": "x"}), "answers the same prompt as rain.md"),
        (lambda f: texts(f, Ada={"rain.txt": "  "}), "is empty"),
        (lambda f: (f / "Ada" / "rain.txt").write_bytes(b"\xff"), "not UTF-8"),
        (lambda f: Image.new("RGB", (20, 20)).save(f / "Ada" / "sun.png"), "texts and pictures"),
        (lambda f: (f / "category.yaml").write_text("modality: image"), "cannot be set here"),
        (lambda f: (f / "category.yaml").write_text("reveal: soon"), "reveal: Input should be"),
        (lambda f: (f / "category.yaml").write_text("a: b: c"), "is not YAML"),
        (lambda f: (f / "prompts.csv").write_text("id,text\n"), "needs the columns prompt"),
    ],
)
def test_a_folder_that_is_not_right_is_refused_and_nothing_is_written(poems, tmp_path, change, message):
    change(poems)
    with pytest.raises(CatalogError, match=message):
        write_own_category(poems, tmp_path / "made")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("name,Ada,Bo\nx,y,z\n", "no column prompt"),
        ("prompt,Ada\nx,y\n", "holds 1 contestants"),
        ("prompt,Ada,Bo\nx,y\n", ":2: 2 values under 3 columns"),
        ("prompt,Ada,Bo\nx,y,z\nx,y,z\n", ":3: the prompt is blank or stands twice"),
        ("prompt,Ada,Ada\nx,y,z\n", "two have the same"),
        ("prompt,Ada,Bo\nx,y,\n", "nothing compares"),
    ],
)
def test_a_table_that_is_not_right_is_refused_with_its_line(tmp_path, table, message):
    file = tmp_path / "answers.csv"
    file.write_text(table)
    with pytest.raises(CatalogError, match=message):
        write_own_category(file, tmp_path / "made")


def test_a_broken_picture_is_named(tmp_path):
    for name in ("one", "two"):
        (tmp_path / "pics" / name).mkdir(parents=True)
        (tmp_path / "pics" / name / "flower.png").write_bytes(random.Random(1).randbytes(200))
    with pytest.raises(CatalogError, match=r"flower.png.* not a readable PNG"):
        write_own_category(tmp_path / "pics", tmp_path / "made")


def test_the_skeleton_is_a_category_that_runs(tmp_path):
    write_skeleton(tmp_path / "mine")
    own = write_own_category(tmp_path / "mine", tmp_path / "made")
    _, files = read(tmp_path / "made")
    assert (own.prompts, own.contestants, own.missing) == (2, 2, 0)
    assert files.spec.question == "Which answer would you send?"
    with pytest.raises(CatalogError, match="is there already"):
        write_skeleton(tmp_path / "mine")
