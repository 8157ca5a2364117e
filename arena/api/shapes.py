"""Bodies of requests and answers. What is not named here is not sent."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from arena.core.words import (
    Choice,
    Mark,
    Modality,
    Origin,
    ReportReason,
    RevealWhen,
    Shown,
    Side,
    SkipReason,
)

BattleId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BattlesRequest(_Request):
    """Ask for ``n`` battles; open ones of this voter come first and count."""

    category: str | None = Field(default=None, max_length=64)
    n: int = Field(default=3, ge=1, le=5)


class VoteRequest(_Request):
    """The choice."""

    choice: Choice


class SkipRequest(_Request):
    """Why there is no choice."""

    reason: SkipReason


class MarkRequest(_Request):
    """What the voter says about his vote."""

    mark: Mark = Field(alias="as")


class ReportRequest(_Request):
    """What is wrong with one side."""

    battle: BattleId
    side: Side
    reason: ReportReason


class PromptShape(BaseModel):
    """The prompt as safe HTML."""

    html: str
    lang: str
    dir: str


class TextSide(BaseModel):
    """A text output as safe HTML."""

    kind: Literal["text"] = "text"
    html: str
    dir: str


class ImageSide(BaseModel):
    """An image output; the address works for this voter and this battle only."""

    kind: Literal["image"] = "image"
    url: str
    width: int
    height: int


class TextReference(TextSide):
    """A text that both sides are compared with."""

    shown: Shown
    credit: str | None


class ImageReference(ImageSide):
    """An image that both sides are compared with."""

    shown: Shown
    credit: str | None


class BattleShape(BaseModel):
    """A battle before the vote."""

    id: str
    category: str
    question: str
    rubric: list[str]
    prompt: PromptShape
    reference: TextReference | ImageReference | None
    a: TextSide | ImageSide
    b: TextSide | ImageSide
    expires_at: datetime


class BattlesShape(BaseModel):
    """Battles to judge; ``exhausted`` when this voter has judged everything here."""

    battles: list[BattleShape]
    exhausted: bool


class ShownShape(BaseModel):
    """When the battle was first on the screen."""

    battle: str
    shown_at: datetime


class ReceiptShape(BaseModel):
    """Proof that the vote is stored."""

    vote: str
    battle: str
    choice: Choice
    created_at: datetime


class VoteShape(BaseModel):
    """The answer to a vote; the same bytes however often it is sent."""

    receipt: ReceiptShape
    reveal_when: RevealWhen


class SkipShape(BaseModel):
    """The answer to a skip."""

    battle: str
    reason: SkipReason


class RevealedSide(BaseModel):
    """The maker of one side."""

    slug: str
    name: str
    family: str
    provider: str
    kind: str
    licence: str
    url: str | None
    note: str
    tokens: int | None
    seconds: float | None
    cost_usd: float | None
    settings: dict[str, Any]


class RevealShape(BaseModel):
    """Who made which side, and the reference where it is shown after the vote."""

    a: RevealedSide
    b: RevealedSide
    reference: TextReference | ImageReference | None


class VoidShape(BaseModel):
    """The answer to an undo."""

    vote: str
    voided_at: datetime


class MarkShape(BaseModel):
    """The answer to a mark."""

    model_config = ConfigDict(serialize_by_alias=True, populate_by_name=True)

    vote: str
    mark: Mark = Field(alias="as")


class VoterShape(BaseModel):
    """The answer to a script that asked for a voter; the cookie is in the header."""

    voter: Literal["created"] = "created"


class ReportShape(BaseModel):
    """The answer to a report."""

    battle: str
    side: Side


class CategoryShape(BaseModel):
    """A category with its counts of human votes and voters."""

    slug: str
    version: str
    title: str
    question: str
    rubric: list[str]
    brief: str
    difficulty_axis: str
    modality: Modality
    language: str
    licence: str
    card: str
    status: str
    reveal: str
    prompts: int
    contestants: int
    votes: int
    voters: int
    simulated: bool


class ProposalShape(BaseModel):
    """The answer to a proposal."""

    proposal: int
    created_at: datetime


class SnapshotShape(BaseModel):
    """What a published table rests on."""

    id: str
    number: int
    cut_off: datetime
    votes: int
    voters: int
    prompts: int
    interval_note: str
    parameters: dict[str, Any]
    choix_difference: float | None
    recompute: str
    rows_published: bool


class RowShape(BaseModel):
    """A row of a leaderboard, in points."""

    contestant: str
    name: str
    family: str
    provider: str
    rating: float | None
    low: float | None
    high: float | None
    low_generalise: float | None
    high_generalise: float | None
    rank_low: int | None
    rank_high: int | None
    votes: int
    voters: int
    prompts: int
    tie_rate: float | None
    both_bad_rate: float | None
    state: str


class LeaderboardShape(BaseModel):
    """A board's newest snapshot."""

    category: str
    category_version: str
    origin: Origin
    simulated: bool
    votes_so_far: int
    snapshot: SnapshotShape | None
    rows: list[RowShape]
