"""The curators' guides list every field of every data file, and nothing else."""

from types import UnionType
from typing import Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from arena.core.catalog import (
    CanvasSpec,
    CategorySpec,
    ContestantSpec,
    FailureSpec,
    OutputSpec,
    PromptSpec,
    ReferenceSpec,
    SimulationSpec,
)
from arena.core.generation_spec import GenerationSpec, PriceSpec
from arena.core.leak_spec import AcceptedSpec
from arena.core.openness_spec import OpennessFact, OpennessSpec
from tests.docs.documents import ROOT, folders, read, rows, section, spans

FILES = [
    ("prompts/README.md", "`category.yaml`", CategorySpec),
    ("prompts/README.md", "`canvas`", CanvasSpec),
    ("prompts/README.md", "`simulation`", SimulationSpec),
    ("prompts/README.md", "`prompts.jsonl`", PromptSpec),
    ("prompts/README.md", "`reference`", ReferenceSpec),
    ("pregenerated/README.md", "`contestants.yaml`", ContestantSpec),
    ("pregenerated/README.md", "`openness`", OpennessSpec),
    ("pregenerated/README.md", "A part of `openness`", OpennessFact),
    ("pregenerated/README.md", "`price`", PriceSpec),
    ("pregenerated/README.md", "`generation`", GenerationSpec),
    ("pregenerated/README.md", "`<contestant>.jsonl`", OutputSpec),
    ("pregenerated/README.md", "`<contestant>.failures.jsonl`", FailureSpec),
    ("pregenerated/README.md", "`accepted.yaml`", AcceptedSpec),
]
every_file = pytest.mark.parametrize(("document", "heading", "shape"), FILES, ids=[file[1] for file in FILES])


@every_file
def test_every_field_is_listed_in_order_and_says_whether_it_is_needed(
    document: str, heading: str, shape: type[BaseModel]
):
    listed = [(spans(row[0])[0], row[1]) for row in rows(section(read(document), heading))]
    assert listed == [
        (name, "yes" if field.is_required() else "no") for name, field in shape.model_fields.items()
    ]


@every_file
def test_every_word_a_field_allows_is_named(document: str, heading: str, shape: type[BaseModel]):
    meanings = {spans(row[0])[0]: row[2] for row in rows(section(read(document), heading))}
    for name, field in shape.model_fields.items():
        assert allowed_words(field.annotation) <= set(spans(meanings[name])), name


def allowed_words(annotation: object) -> set[str]:
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    if get_origin(annotation) in (Union, UnionType):
        return set().union(*map(allowed_words, get_args(annotation)))
    return set()


def test_every_shape_of_the_catalog_has_its_table():
    specs = {
        kind for kind in CategorySpec.__base__.__subclasses__() if kind.__module__ == "arena.core.catalog"
    }
    assert specs <= {shape for _, _, shape in FILES}


def test_every_recipe_is_listed():
    listed = {spans(row[0])[0] for row in rows(section(read("pregenerated/README.md"), "Recipes"))}
    assert listed == {f"recipes/{name}/" for name in folders(ROOT / "pregenerated" / "recipes")}


def test_every_folder_of_tests_is_listed():
    listed = {spans(row[0])[0] for row in rows(read("tests/README.md")) if spans(row[0])[0].endswith("/")}
    assert listed == {f"{name}/" for name in folders(ROOT / "tests")}
