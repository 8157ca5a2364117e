"""The categories, and the form to propose one."""

import gradio as gr

from arena.core.categories import list_categories
from arena.core.context import Context
from arena.core.proposals import propose, read_form
from arena.errors import Invalid, TooManyRequests
from arena.ui.category_cards import category_cards
from arena.ui.markup import Html, fill, join, tag
from arena.ui.page import PLAIN_EVENT, add_heading, add_html, add_loaded
from arena.ui.words import words


def add_categories_page(demo: gr.Blocks, context: Context) -> None:
    """Add the cards and the form."""
    add_heading("categories")

    def load() -> str:
        with context.query() as session:
            return category_cards(list_categories(session), words())

    add_loaded(demo, load)
    _add_form(context)


def _add_form(context: Context) -> None:
    w = words()
    add_html(join([tag("h2", w["propose.title"], id="propose"), tag("p", w["propose.lead"])]))
    with gr.Column(elem_classes="proposal"):
        fields = [
            gr.Textbox(label=w["propose.field.title"], info=w["propose.hint.title"], max_length=120),
            gr.Textbox(label=w["propose.field.question"], info=w["propose.hint.question"], max_length=120),
            gr.Radio(
                [(w["modality.text"], "text"), (w["modality.image"], "image")],
                value="text",
                label=w["propose.field.modality"],
            ),
            gr.Textbox(label=w["propose.field.why"], info=w["propose.hint.why"], lines=3, max_length=2000),
            gr.Textbox(label=w["propose.field.prompts"], info=w["propose.hint.prompts"], lines=5),
            gr.Textbox(label=w["propose.field.contact"], info=w["propose.hint.contact"], max_length=200),
        ]
        button = gr.Button(w["propose.send"], variant="primary")
        answer = add_html("")

    def send(*content: str | None) -> str:
        return send_proposal(context, *content)

    button.click(send, fields, answer, **PLAIN_EVENT)


def send_proposal(
    context: Context,
    title: str | None,
    question: str | None,
    modality: str | None,
    why: str | None,
    prompts: str | None,
    contact: str | None,
) -> Html:
    """Store a proposal and return what stands beside the form then; the form is left as it is."""
    w = words()
    lines = [line.strip() for line in (prompts or "").splitlines() if line.strip()]
    content: dict[str, object] = {
        "title": title or "",
        "question": question or "",
        "modality": modality or "",
        "why": why or "",
        "prompts": lines,
        "contact": (contact or "").strip() or None,
    }
    try:
        form = read_form(content)
        with context.command() as session:
            receipt = propose(session, form, context.now())
    except Invalid as error:
        return tag("p", refusal_words(error), class_="answer bad", role="alert")
    except TooManyRequests:
        return tag("p", w["propose.later"], class_="answer bad", role="alert")
    sentence = fill(w["propose.done"], {"number": str(receipt.id)})
    return tag("p", sentence, class_="answer good", role="status")


def refusal_words(error: Invalid) -> str:
    """Say which field is not right, in the words of the form where the field is known."""
    w = words()
    field = error.message.split(":")[0].split(".")[0]
    hint = w.get(f"propose.wrong.{field}")
    return hint or w["propose.wrong"].format(message=error.message)
