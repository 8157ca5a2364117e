"""The JSON Schemas beside the data are those of the code, and they accept what the code accepts."""

import json
import re

import pytest

from arena.core.catalog import CategorySpec, ContestantSpec, OutputSpec, PromptSpec
from tests.docs.documents import read
from tests.docs.schemas import FOLDER, schemas


def test_the_schemas_are_those_of_the_code():
    """If this fails: python -m tests.docs.schemas"""
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()} == schemas()


@pytest.mark.parametrize("document", ["prompts/README.md", "pregenerated/README.md"])
def test_the_guides_name_schemas_that_are_there(document: str):
    named = set(re.findall(r"schemas/([a-z]+\.json)", read(document)))
    assert named
    assert named <= set(schemas())


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("category", CategorySpec),
        ("prompt", PromptSpec),
        ("contestants", ContestantSpec),
        ("output", OutputSpec),
    ],
)
def test_a_schema_needs_and_allows_the_fields_of_its_shape(name: str, shape: type):
    schema = json.loads(schemas()[f"{name}.json"])
    found = schema["$defs"][shape.__name__] if schema.get("type") == "array" else schema
    assert set(found["properties"]) == set(shape.model_fields)
    assert set(found["required"]) == {key for key, field in shape.model_fields.items() if field.is_required()}
    assert found["additionalProperties"] is False
