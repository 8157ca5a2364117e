"""What every Markdown file says of links, variables, commands and targets is true."""

import re
from pathlib import Path

import pytest

from arena.settings import Settings
from tests.docs.documents import ROOT, anchors, code, links, markdown_files, name_of, read
from tests.docs.generated import commands

VARIABLES = {f"ARENA_{name.upper()}" for name in Settings.model_fields}
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), flags=re.MULTILINE))
# Of each command the words before its arguments: ("arena", "catalog", "check").
COMMANDS = [tuple(word for word in usage.split() if word.islower()) for usage, _ in commands()]
PLACES_OF_A_MACHINE = re.compile(r"(?<![\w.~/-])/(?:home|root|Users|work|workspace|mnt|tmp)/")

every_document = pytest.mark.parametrize("path", markdown_files(), ids=name_of)


@every_document
def test_links_lead_somewhere(path: Path):
    text = path.read_text(encoding="utf-8")
    for link in links(text):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.is_relative_to(ROOT), f"{link} leads out of the repository"
        assert target.exists(), f"{link}: there is no {target.relative_to(ROOT)}"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{link}: no such heading"


@every_document
def test_no_path_of_a_machine_is_named(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not PLACES_OF_A_MACHINE.search(text)
    assert str(ROOT) not in text


@every_document
def test_variables_that_are_named_exist(path: Path):
    named = set(re.findall(r"\bARENA_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")))
    assert named <= VARIABLES


@every_document
def test_commands_that_are_named_exist(path: Path):
    for line in code(path.read_text(encoding="utf-8")):
        for called in re.findall(r"(?:^|(?<=[\s/]))arena(?: [a-z]+)+", line):
            words = tuple(called.split())
            assert any(_agree(words, known) for known in COMMANDS), f"{called!r} is no command"


def _agree(called: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Say whether a call names this command, or the group it belongs to."""
    shorter = min(len(called), len(known))
    return called[:shorter] == known[:shorter]


@every_document
def test_make_targets_that_are_named_exist(path: Path):
    for line in code(path.read_text(encoding="utf-8")):
        assert set(re.findall(r"\bmake ([a-z][a-z-]*)", line)) <= TARGETS
