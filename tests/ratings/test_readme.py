import doctest
import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

import ratings
from ratings import RatingRow
from ratings.__main__ import main

README = (Path(ratings.__file__).parent / "README.md").read_text(encoding="utf-8")
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


def test_examples_in_python_print_what_the_readme_shows(folder):
    examples = "\n".join(re.findall(r"```pycon\n(.*?)```", README, re.S))
    test = doctest.DocTestParser().get_doctest(examples, {}, "README", "README.md", 0)
    result = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(test)
    assert result.attempted > 15
    assert result.failed == 0


def test_every_column_state_module_and_option_is_described():
    for field in fields(RatingRow):
        assert f"`{field.name}`" in README
    for state in ("rated", "preliminary", "not_enough_votes", "not_comparable"):
        assert f"| `{state}` |" in README
    for path in Path(ratings.__file__).parent.rglob("*.py"):
        assert path.name == "__init__.py" or f"`{path.name}`" in README
    for option in ("ties", "both-bad", "floor", "level", "bootstrap", "cluster", "seed", "format", "output"):
        assert f"--{option}" in README


def test_there_are_commands_to_test():
    assert len(COMMANDS) == 2
