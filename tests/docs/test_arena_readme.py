"""arena/README.md: settings, commands, numbers, endpoints, error codes."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from arena import errors
from arena.api import health, media
from arena.api.errors import STATUS, status_of
from arena.app import create_app
from arena.settings import Settings
from tests.docs.documents import ROOT, first_cells, read, rows, section, spans
from tests.docs.generated import command_rows, settings_rows

README = read("arena/README.md")
KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, errors.ArenaError)
}


def table_lines(heading: str) -> list[str]:
    lines = [line for line in section(README, heading).split("\n") if line.startswith("|")]
    return lines[2:]


def test_settings_are_listed_with_their_defaults():
    assert table_lines("Settings") == settings_rows()


def test_commands_are_listed_with_their_help():
    assert table_lines("Commands") == command_rows()


@pytest.mark.parametrize("row", list(rows(section(README, "Numbers"))), ids=lambda row: row[0])
def test_a_number_is_the_one_in_the_code(row: list[str]):
    module, _, name = spans(row[2])[0].rpartition(".")
    assert row[1] == shown(getattr(importlib.import_module(module), name))


def shown(value: object) -> str:
    if not isinstance(value, timedelta):
        return str(value)
    seconds = int(value.total_seconds())
    units = ((3600, "h", 2 * 3600), (60, "min", 2 * 60), (1, "s", 0))
    return next(f"{seconds // size} {unit}" for size, unit, least in units if seconds >= least)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("data"), worker=False))


@pytest.fixture(scope="module")
def operations(app: FastAPI) -> dict[str, dict[str, Any]]:
    """What the API's description says, by ``METHOD path``."""
    paths = app.openapi()["paths"]
    return {f"{method.upper()} {path}": what for path, item in paths.items() for method, what in item.items()}


@pytest.fixture(scope="module")
def endpoints() -> dict[str, list[str]]:
    found = {spans(row[0])[0]: row for row in rows(section(README, "Endpoints"))}
    assert len(found) == len(list(rows(section(README, "Endpoints")))), "an endpoint stands twice"
    return found


def test_every_endpoint_is_documented_and_every_documented_one_exists(
    operations: dict[str, Any], endpoints: dict[str, list[str]]
):
    undescribed = {
        f"GET {route.path}" for part in (health, media) for route in part.router.routes
    }  # media and health are not part of the API's description
    assert set(endpoints) == set(operations) | undescribed


def test_an_endpoint_takes_and_answers_what_the_table_says(
    app: FastAPI, operations: dict[str, Any], endpoints: dict[str, list[str]]
):
    schemas = app.openapi()["components"]["schemas"]
    for name, operation in operations.items():
        _, takes, answers, _ = endpoints[name]
        status, success = next(iter(operation["responses"].items()))
        assert answers.startswith(status), f"{name} answers {status}"
        missing = {key for key in fields(schemas, success) if f'"{key}"' not in answers}
        missing |= {
            key for key in fields(schemas, operation.get("requestBody", {})) if f'"{key}"' not in takes
        }
        queries = {item["name"] for item in operation.get("parameters", []) if item["in"] == "query"}
        missing |= {key for key in queries if f"?{key}=" not in takes}
        assert not missing, f"{name}: {missing} missing from its row"


def fields(schemas: dict[str, Any], body: dict[str, Any]) -> list[str]:
    """Return the fields of a JSON object that a request or answer holds at its top level."""
    schema = body.get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return list(schemas[name]["properties"]) if name else []


def test_error_codes_in_the_table_are_those_of_the_sources():
    listed = [(spans(row[0])[0], row[1]) for row in rows(section(README, "Error codes"))]
    assert len(listed) == len({code for code, _ in listed}), "a code stands twice"
    assert set(listed) == set(codes_in_the_sources())


def test_refusals_of_endpoints_are_error_codes(endpoints: dict[str, list[str]]):
    codes = set(first_cells(section(README, "Error codes")))
    assert {code for row in endpoints.values() for code in spans(row[3])} <= codes


def codes_in_the_sources() -> Iterator[tuple[str, str]]:
    """Yield each code that our sources can give, with its status."""
    for path in sorted((ROOT / "arena").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.name != "errors.py":
            yield from raised_codes(tree, path)
    yield from fixed_codes(ast.parse(read("arena/errors.py")))
    yield from framework_codes(ast.parse(read("arena/api/errors.py")))


def raised_codes(tree: ast.AST, path: Path) -> Iterator[tuple[str, str]]:
    """Yield the codes of errors that are given one where they are raised."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and takes_code(kind := KINDS.get(last_name(call.func))):
            code = call.args[0]
            assert isinstance(code, ast.Constant), f"{path}:{call.lineno}: the code must be written out"
            yield code.value, status_text(kind)


def takes_code(kind: type[errors.ArenaError] | None) -> bool:
    return kind is not None and kind.__init__ is errors.ArenaError.__init__


def last_name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def fixed_codes(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the codes of errors that have one of their own."""
    for definition in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for call in (node for node in ast.walk(definition) if isinstance(node, ast.Call)):
            if last_name(call.func) == "__init__" and isinstance(call.args[0], ast.Constant):
                yield call.args[0].value, status_text(KINDS[definition.name])


def framework_codes(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the codes that our handlers give to errors: ours at a call, the framework's by status."""
    yield from raised_codes(tree, Path("arena/api/errors.py"))
    for get in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if last_name(get.func) == "get" and isinstance(table := get.func.value, ast.Dict):
            yield from (
                (value.value, str(key.value)) for key, value in zip(table.keys, table.values, strict=True)
            )
            yield get.args[1].value, "any"


def status_text(kind: type[errors.ArenaError]) -> str:
    is_sent = any(parent in STATUS for parent in kind.__mro__)
    return str(status_of(kind.__new__(kind))) if is_sent else "none"
