"""The form to propose a category: stored, or refused in words while its content stays."""

import pytest

from arena.core.context import Context
from arena.core.proposals import list_proposals
from arena.errors import Invalid
from arena.ui.categories_page import refusal_words, send_proposal
from arena.ui.words import words

W = words()
FILLED = {
    "title": "Haiku",
    "question": "Which one stays with you?",
    "modality": "text",
    "why": "People who write want to know.",
    "prompts": "Rain\n\n  Snow  \nA late train\n",
    "contact": "",
}


def proposals(context: Context):
    with context.query() as session:
        return list_proposals(session)


def test_proposal_is_stored_as_it_was_filled_in(context):
    answer = send_proposal(context, **FILLED)
    (stored,) = proposals(context)
    assert stored.title == "Haiku"
    assert stored.prompts == ["Rain", "Snow", "A late train"]
    assert stored.contact is None
    assert W["propose.done"].format(number=stored.id) in answer
    assert 'role="status"' in answer


@pytest.mark.parametrize(
    ("field", "content"),
    [
        ("title", ""),
        ("title", "x" * 121),
        ("question", None),
        ("modality", None),
        ("why", "short"),
        ("prompts", "one\ntwo"),
        ("prompts", "\n".join(f"prompt {n}" for n in range(21))),
        ("prompts", "ok prompt\nanother one\nx"),
        ("contact", "x"),
    ],
)
def test_wrong_field_is_named_in_the_words_of_the_form(context, field, content):
    answer = send_proposal(context, **FILLED | {field: content})
    assert W[f"propose.wrong.{field}"] in answer
    assert 'role="alert"' in answer
    assert proposals(context) == []


def test_refusal_without_a_known_field_is_passed_on():
    assert refusal_words(Invalid("invalid", "elsewhere: no")) == W["propose.wrong"].format(
        message="elsewhere: no"
    )
