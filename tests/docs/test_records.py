"""Decisions, changelog, citation, licences."""

import hashlib
import re

import pytest
import yaml

from arena import __version__
from tests.docs.documents import read

MOST_LINES = 15
# Of the texts as their authors publish them.
APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
CC_BY_4 = "9ba9550ad48438d0836ddab3da480b3b69ffa0aac7b7878b5a0039e7ab429411"
KINDS_OF_CHANGE = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def decisions() -> list[str]:
    return re.split(r"^(?=## )", read("DECISIONS.md"), flags=re.MULTILINE)[1:]


def test_decisions_are_numbered_without_gaps():
    numbers = [int(re.match(r"## (\d+)\. \S", record)[1]) for record in decisions()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


@pytest.mark.parametrize("record", decisions(), ids=lambda record: record.split("\n")[0])
def test_a_decision_is_short_and_has_its_three_parts(record: str):
    assert len(record.strip().splitlines()) <= MOST_LINES
    parts = re.findall(r"^\*\*(\w+)\.\*\*", record, flags=re.MULTILINE)
    assert parts == ["Context", "Decision", "Consequence"]


def test_the_changelog_keeps_its_form():
    versions = re.findall(r"^## \[(.+?)\](?: - \d{4}-\d\d-\d\d)?$", read("CHANGELOG.md"), flags=re.MULTILINE)
    kinds = re.findall(r"^### (.+)$", read("CHANGELOG.md"), flags=re.MULTILINE)
    assert versions[0] == "Unreleased"
    assert len(re.findall(r"^## ", read("CHANGELOG.md"), flags=re.MULTILINE)) == len(versions)
    assert set(kinds) <= KINDS_OF_CHANGE


def test_the_citation_names_this_version_and_licence():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == __version__
    assert citation["license"] == "Apache-2.0"
    assert {"message", "title", "authors"} <= set(citation)
    assert all({"name"} <= set(author) or {"family-names"} <= set(author) for author in citation["authors"])


def test_the_code_is_under_the_whole_apache_licence():
    assert digest(read("LICENSE")) == APACHE_2


@pytest.mark.parametrize("folder", ["prompts", "pregenerated"])
def test_data_is_under_the_whole_licence_cc_by_4(folder: str):
    heading, _, text = read(f"{folder}/LICENSE").partition("\n\n")
    assert "\n" not in heading
    assert digest(text) == CC_BY_4


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
