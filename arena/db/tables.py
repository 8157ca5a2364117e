"""Columns and constraints, nothing else.

Table classes do not validate (SQLModel), so core validates and the database checks again.
Annotations stay real objects here: SQLModel cannot read postponed ones.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from arena.db.columns import UtcTime

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata


def table_of(row: type[SQLModel]) -> Table:
    """Return the table behind a class of rows."""
    return metadata.tables[str(row.__tablename__)]


def known_id(value: int | None) -> int:
    """Return the id of a row that is in the database.

    Raises
    ------
    ValueError
        If the row was never stored.
    """
    if value is None:
        raise ValueError("this row has no id yet; flush it first")
    return value


def _one_of(column: str, *values: str) -> CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_allowed")


class Category(SQLModel, table=True):
    """A curated, versioned set of prompts with one question for the voter."""

    __table_args__: ClassVar[Any] = (
        _one_of("modality", "text", "image"),
        _one_of("reveal", "immediate", "after_batch", "never"),
        _one_of("views", "aligned", "free"),
        _one_of("status", "draft", "live", "paused", "retired"),
    )

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    version: str
    modality: str
    title: str
    question: str
    rubric: list[str] = Field(sa_column=Column(JSON, nullable=False))
    brief: str = Field(sa_column=Column(Text, nullable=False))
    difficulty_axis: str = Field(sa_column=Column(Text, nullable=False))
    language: str
    licence: str
    card: str = Field(sa_column=Column(Text, nullable=False))
    reveal: str
    views: str
    status: str
    # Computed from the outputs that are served; absent where there are too few.
    distinguishability: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class Prompt(SQLModel, table=True):
    """What the contestants were given."""

    __table_args__: ClassVar[Any] = (
        CheckConstraint("difficulty BETWEEN 1 AND 5", name="difficulty_range"),
        _one_of("visibility", "open", "sealed"),
        _one_of("status", "active", "retired"),
    )

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    category_id: int = Field(foreign_key="category.id", index=True)
    text: str = Field(sa_column=Column(Text, nullable=False))
    html: str = Field(sa_column=Column(Text, nullable=False))
    language: str
    direction: str
    difficulty: int | None = None
    tags: list[str] = Field(sa_column=Column(JSON, nullable=False))
    source: str | None = Field(default=None, sa_column=Column(Text))
    visibility: str
    status: str


class Contestant(SQLModel, table=True):
    """An entrant with frozen settings."""

    __table_args__: ClassVar[Any] = (
        _one_of("kind", "model", "tool", "style"),
        _one_of("status", "active", "retired"),
    )

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    name: str
    family: str
    flagship: bool
    provider: str
    kind: str
    licence: str
    url: str | None = None
    released: str | None = None
    price: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    openness: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    note: str = Field(sa_column=Column(Text, nullable=False))
    aliases: list[str] = Field(sa_column=Column(JSON, nullable=False))
    status: str


class Asset(SQLModel, table=True):
    """An image as it is served: encoded once, without metadata. The digest never leaves the server."""

    digest: str = Field(primary_key=True)
    media_type: str
    width: int
    height: int
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Reference(SQLModel, table=True):
    """What the outputs of a prompt are compared with; unchangeable once a battle used the prompt."""

    __table_args__: ClassVar[Any] = (
        CheckConstraint("(html IS NULL) <> (asset_digest IS NULL)", name="text_or_asset"),
        _one_of("shown", "beside", "hold", "after_vote"),
    )

    prompt_id: int = Field(primary_key=True, foreign_key="prompt.id")
    shown: str
    content_digest: str
    html: str | None = Field(default=None, sa_column=Column(Text))
    direction: str
    asset_digest: str | None = Field(default=None, foreign_key="asset.digest")
    credit: str | None = None


class Output(SQLModel, table=True):
    """What a contestant returned for a prompt; immutable once a battle used it."""

    __table_args__: ClassVar[Any] = (
        UniqueConstraint("prompt_id", "contestant_id", "sample"),
        CheckConstraint("(html IS NULL) <> (asset_digest IS NULL)", name="text_or_asset"),
        CheckConstraint("sample >= 1", name="sample_positive"),
        _one_of("status", "active", "retired"),
    )

    id: int | None = Field(default=None, primary_key=True)
    prompt_id: int = Field(foreign_key="prompt.id")
    contestant_id: int = Field(foreign_key="contestant.id", index=True)
    sample: int
    content_digest: str
    html: str | None = Field(default=None, sa_column=Column(Text))
    direction: str
    asset_digest: str | None = Field(default=None, foreign_key="asset.digest")
    tokens: int | None = None
    seconds: float | None = None
    cost_usd: float | None = None
    generated_at: datetime | None = Field(default=None, sa_type=UtcTime)
    settings: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    # Computed when the output is taken in; absent on rows older than the column, until the next sync.
    style: dict[str, float] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    status: str


class Voter(SQLModel, table=True):
    """A pseudonym. No address, no name, no browser."""

    __table_args__: ClassVar[Any] = (_one_of("origin", "human", "judge", "simulated", "imported"),)

    id: str = Field(primary_key=True)
    origin: str
    created_at: datetime = Field(sa_type=UtcTime)


class Battle(SQLModel, table=True):
    """Two outputs to one prompt served blind to one voter; written before it is sent."""

    __table_args__: ClassVar[Any] = (
        UniqueConstraint("voter_id", "ordinal"),
        CheckConstraint("output_a_id <> output_b_id", name="two_outputs"),
        CheckConstraint("propensity > 0 AND propensity <= 0.5", name="propensity_range"),
        CheckConstraint("(closed_at IS NULL) = (closed_how IS NULL)", name="closed_whole"),
        CheckConstraint("(closed_how = 'skipped') = (skip_reason IS NOT NULL)", name="skip_reason_whole"),
        _one_of("purpose", "rating", "check"),
        _one_of("closed_how", "voted", "skipped", "expired"),
        _one_of("skip_reason", "like_both", "like_neither", "dont_know", "look_the_same", "broken", "other"),
        Index(None, "voter_id", "closed_at"),
    )

    id: str = Field(primary_key=True)
    voter_id: str = Field(foreign_key="voter.id")
    ordinal: int
    category_id: int = Field(foreign_key="category.id", index=True)
    category_version: str
    prompt_id: int = Field(foreign_key="prompt.id")
    output_a_id: int = Field(foreign_key="output.id")
    output_b_id: int = Field(foreign_key="output.id")
    purpose: str
    propensity: float
    sampler: str
    served_at: datetime = Field(sa_type=UtcTime)
    shown_at: datetime | None = Field(default=None, sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_how: str | None = None
    skip_reason: str | None = None


class Exposure(SQLModel, table=True):
    """How often an unordered pair of outputs was served; unshown battles that expire are taken off again."""

    __table_args__: ClassVar[Any] = (
        CheckConstraint("output_low_id < output_high_id", name="pair_ordered"),
        CheckConstraint("served >= 0", name="served_not_negative"),
    )

    output_low_id: int = Field(primary_key=True, foreign_key="output.id")
    output_high_id: int = Field(primary_key=True, foreign_key="output.id")
    prompt_id: int = Field(foreign_key="prompt.id")
    category_id: int = Field(foreign_key="category.id", index=True)
    served: int


class Vote(SQLModel, table=True):
    """The one choice recorded for a battle; may be voided or marked, never changed or deleted."""

    __table_args__: ClassVar[Any] = (
        _one_of("choice", "a", "b", "tie", "both_bad"),
        _one_of("origin", "human", "judge", "simulated", "imported"),
        _one_of("recognised", "a", "b", "neither"),
        CheckConstraint("voided_at IS NULL OR revealed_at IS NULL", name="revealed_stays"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="voided_whole"),
        CheckConstraint("decided_ms IS NULL OR decided_ms >= 0", name="decided_not_negative"),
    )

    id: str = Field(primary_key=True)
    battle_id: str = Field(foreign_key="battle.id", unique=True)
    choice: str
    origin: str
    decided_ms: int | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    revealed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    voided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    void_reason: str | None = None
    misclick_at: datetime | None = Field(default=None, sa_type=UtcTime)
    recognised: str | None = None


class Quarantine(SQLModel, table=True):
    """A vote, or all votes of a voter, that weigh nothing for now; reversible, never told to the client."""

    __table_args__: ClassVar[Any] = (
        CheckConstraint("(vote_id IS NULL) <> (voter_id IS NULL)", name="vote_or_voter"),
    )

    id: int | None = Field(default=None, primary_key=True)
    vote_id: str | None = Field(default=None, foreign_key="vote.id", index=True)
    voter_id: str | None = Field(default=None, foreign_key="voter.id", index=True)
    rule: str
    since: datetime = Field(sa_type=UtcTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcTime)


class OutputReport(SQLModel, table=True):
    """A voter's word that something is wrong with one side of a battle."""

    __table_args__: ClassVar[Any] = (
        _one_of("side", "a", "b"),
        _one_of("reason", "broken", "offensive", "reveals_maker", "other"),
    )

    battle_id: str = Field(primary_key=True, foreign_key="battle.id")
    side: str = Field(primary_key=True)
    reason: str
    created_at: datetime = Field(sa_type=UtcTime)


class Proposal(SQLModel, table=True):
    """A category that a visitor suggested."""

    __table_args__: ClassVar[Any] = (
        _one_of("modality", "text", "image"),
        _one_of("status", "proposed", "accepted", "rejected"),
    )

    id: int | None = Field(default=None, primary_key=True)
    title: str
    question: str
    modality: str
    why: str = Field(sa_column=Column(Text, nullable=False))
    prompts: list[str] = Field(sa_column=Column(JSON, nullable=False))
    contact: str | None = None
    status: str
    decided_because: str | None = Field(default=None, sa_column=Column(Text))
    created_at: datetime = Field(sa_type=UtcTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Snapshot(SQLModel, table=True):
    """One published state of a live board: never changed."""

    __table_args__: ClassVar[Any] = (
        UniqueConstraint("category_id", "origin", "number"),
        _one_of("origin", "human", "judge", "simulated", "imported"),
    )

    id: str = Field(primary_key=True)
    category_id: int = Field(foreign_key="category.id")
    category_version: str
    origin: str
    number: int
    cut_off: datetime = Field(sa_type=UtcTime)
    votes: int
    voters: int
    prompts: int
    interval_note: str
    # Absent when the votes of this category are published in releases only.
    rows_published: bool
    table_rows: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    parameters: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    choix_difference: float | None = None
    recompute: str
    created_at: datetime = Field(sa_type=UtcTime)


class SnapshotFile(SQLModel, table=True):
    """A file of a snapshot, compressed; its digest is of the uncompressed bytes."""

    snapshot_id: str = Field(primary_key=True, foreign_key="snapshot.id")
    name: str = Field(primary_key=True)
    media_type: str
    digest: str
    gzip_body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Event(SQLModel, table=True):
    """Append-only log: who changed what."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcTime, index=True)
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
