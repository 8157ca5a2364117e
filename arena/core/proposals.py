"""Categories that visitors suggest: propose, list, accept as a draft folder, reject."""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy import func
from sqlmodel import Session, col, select

from arena.core.words import Modality
from arena.db.tables import Category, Event, Proposal, known_id
from arena.errors import Conflict, Invalid, NotFound, TooManyRequests

# PostgreSQL stores no null character, and a title with two lines would not pass the catalog's check.
_TEXT = r"^[^\x00]*$"
_LINE = r"^[^\x00\n]*$"
_Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=120, pattern=_LINE)]
_Paragraph = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=10, max_length=2000, pattern=_TEXT)
]
_Prompt = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000, pattern=_TEXT)
]
_Contact = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200, pattern=_LINE)
]

# An id of a prompt is the folder's name and four characters more; the catalog allows 64.
MAX_FOLDER = 60
_FOLDER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

MOST_PER_HOUR = 100


class ProposalForm(BaseModel):
    """What a visitor fills in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: _Title
    question: _Title
    modality: Modality
    why: _Paragraph
    prompts: list[_Prompt] = Field(min_length=3, max_length=20)
    contact: _Contact | None = None


@dataclass(frozen=True)
class ProposalReceipt:
    """What the visitor gets for a stored proposal."""

    id: int
    created_at: datetime


def read_form(content: dict[str, object]) -> ProposalForm:
    """Check what was filled in.

    Raises
    ------
    Invalid
        With the first field that is wrong, and why.
    """
    try:
        return ProposalForm.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid("invalid", f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def propose(session: Session, form: ProposalForm, now: datetime) -> ProposalReceipt:
    """Store a proposal for the curators.

    Raises
    ------
    TooManyRequests
        If `MOST_PER_HOUR` were stored within the hour, by anybody: curators read them one by one.
    """
    recent = select(func.count()).where(col(Proposal.created_at) > now - timedelta(hours=1))
    if session.exec(recent).one() >= MOST_PER_HOUR:
        raise TooManyRequests(retry_after=3600)
    row = Proposal(**form.model_dump(), status="proposed", created_at=now)
    session.add(row)
    session.flush()
    receipt = ProposalReceipt(known_id(row.id), now)
    session.commit()
    return receipt


def list_proposals(session: Session, status: str | None = None) -> list[Proposal]:
    """Return proposals, oldest first."""
    statement = select(Proposal).order_by(col(Proposal.id))
    if status is not None:
        statement = statement.where(Proposal.status == status)
    return list(session.exec(statement))


def accept_proposal(session: Session, number: int, *, root: Path, slug: str | None, now: datetime) -> Path:
    """Accept a proposal and write it as a draft category folder under ``root/prompts``.

    Raises
    ------
    NotFound, Conflict
        If there is no such open proposal, or a category of that name.
    Invalid
        If the title gives no folder name, or the slug is none.
    """
    row = _open_proposal(session, number)
    name = slug or slug_of(row.title)
    _check_name(name)
    folder = root / "prompts" / name
    _check_free(session, folder)
    _decide(session, row, "accepted", f"draft {folder.name}", now)
    session.flush()
    _write_draft(row, folder)
    session.commit()
    return folder


def reject_proposal(session: Session, number: int, *, because: str, now: datetime) -> None:
    """Reject a proposal with a reason.

    Raises
    ------
    NotFound, Conflict
        If there is no such open proposal.
    """
    _decide(session, _open_proposal(session, number), "rejected", because, now)
    session.commit()


def slug_of(title: str) -> str:
    """Return a folder name for a title.

    Raises
    ------
    Invalid
        If the title has no Latin letter or digit.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:MAX_FOLDER].strip("-")
    if not slug:
        raise Invalid("invalid", f"The title {title!r} gives no folder name; choose one with --slug.")
    return slug


def _check_name(name: str) -> None:
    if len(name) > MAX_FOLDER or not _FOLDER.fullmatch(name):
        raise Invalid(
            "invalid",
            f"slug: must be small letters, digits and single hyphens, at most {MAX_FOLDER}, found {name!r}",
        )


def _check_free(session: Session, folder: Path) -> None:
    name = folder.name
    category = session.exec(select(Category.id).where(Category.slug == name)).one_or_none()
    if category is not None or folder.exists():
        raise Conflict("exists", f"There is a category {name!r} already; choose another --slug.")


def _open_proposal(session: Session, number: int) -> Proposal:
    row = session.exec(select(Proposal).where(Proposal.id == number).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("not_found", f"There is no proposal {number}.")
    if row.status != "proposed":
        raise Conflict("decided", f"Proposal {number} was {row.status} already.")
    return row


def _decide(session: Session, row: Proposal, status: str, because: str, now: datetime) -> None:
    row.status = status
    row.decided_because = because
    row.decided_at = now
    session.add(row)
    session.add(
        Event(
            at=now,
            actor="command line",
            action=f"proposal {status}",
            subject=f"proposal {row.id}",
            detail={"because": because},
        )
    )


def _write_draft(row: Proposal, folder: Path) -> None:
    folder.mkdir(parents=True)
    draft: dict[str, object] = {
        "slug": folder.name,
        "version": "0.1",
        "modality": row.modality,
        "title": row.title,
        "question": row.question,
        "rubric": [],
        "brief": row.why,
        "difficulty_axis": "To be written before the category goes live.",
        "language": "en",
        "licence": "CC-BY-4.0",
        "card": f"Proposed by a visitor (proposal {row.id}); no outputs yet.",
        "reveal": "immediate",
        "views": "free",
        "status": "draft",
    }
    if row.modality == "image":
        draft["canvas"] = {"width": 900, "height": 600, "background": "#ffffff"}
    prompts = [
        {"id": f"{folder.name}-{number:03}", "text": text, "difficulty": None}
        | {"language": "en", "visibility": "open"}
        for number, text in enumerate(row.prompts, start=1)
    ]
    (folder / "category.yaml").write_text(
        yaml.safe_dump(draft, sort_keys=False, allow_unicode=True, width=100), encoding="utf-8"
    )
    lines = [json.dumps(prompt, ensure_ascii=False) + "\n" for prompt in prompts]
    (folder / "prompts.jsonl").write_text("".join(lines), encoding="utf-8")
