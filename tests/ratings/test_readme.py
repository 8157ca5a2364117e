import doctest
import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

import ratings
from ratings import RatingRow
from ratings.__main__ import _parser, main

FOLDER = Path(ratings.__file__).parent
README, MIGRATING = ((FOLDER / name).read_text(encoding="utf-8") for name in ("README.md", "MIGRATING.md"))
COMMANDS = re.findall(r"```console\n\$ python -m ratings ([^\n]*)\n(.*?)```", README, re.S)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "votes.csv").write_text(re.search(r"```csv\n(.*?)```", README, re.S)[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("arguments", "expected"), COMMANDS)
def test_commands_print_what_the_readme_shows(folder, capsys, arguments, expected):
    assert main(shlex.split(arguments)) == 0
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize(("page", "fewest"), [(README, 30), (MIGRATING, 20)], ids=["README", "MIGRATING"])
def test_examples_in_python_print_what_the_page_shows(folder, page, fewest):
    examples = "\n".join(re.findall(r"```pycon\n(.*?)```", page, re.S))
    test = doctest.DocTestParser().get_doctest(examples, {}, "page", "page.md", 0)
    result = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(test)
    assert result.attempted >= fewest
    assert result.failed == 0


def test_every_column_state_module_and_option_is_described():
    for field in fields(RatingRow):
        assert f"`{field.name}`" in README
    for state in ("rated", "preliminary", "not_enough_votes", "not_comparable"):
        assert f"| `{state}` |" in README
    for path in FOLDER.rglob("*.py"):
        assert path.name == "__init__.py" or f"`{path.name}`" in README
    for action in _parser()._actions:
        for option in set(action.option_strings) - {"-h", "--help"}:
            assert option in README


def test_there_are_commands_to_test():
    assert len(COMMANDS) == 3
