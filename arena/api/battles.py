"""Battles: ask for them, show, vote, skip, reveal."""

from dataclasses import asdict

from fastapi import APIRouter, Request

from arena.api.deps import ContextDep, WritingVoter, limited_new_voter
from arena.api.shapes import (
    BattleShape,
    BattlesRequest,
    BattlesShape,
    ImageReference,
    ImageSide,
    PromptShape,
    ReceiptShape,
    RevealedSide,
    RevealShape,
    ShownShape,
    SkipRequest,
    SkipShape,
    TextReference,
    TextSide,
    VoteRequest,
    VoteShape,
)
from arena.core.battles import mark_shown, open_battles
from arena.core.matchmaking import SPACED, UNSPACED
from arena.core.references import ServedReference
from arena.core.reveal import reveal
from arena.core.servings import ServedBattle, ServedOutput
from arena.core.voters import voter_exists
from arena.core.votes import cast_vote, skip_battle
from arena.core.words import Side

router = APIRouter(prefix="/battles", tags=["voting"])


@router.post("")
def request_battles(
    request: Request, body: BattlesRequest, context: ContextDep, voter: WritingVoter
) -> BattlesShape:
    """Return open battles of this voter first, then new ones."""
    with context.query() as session:
        is_new = not voter_exists(session, voter)
    if is_new:
        limited_new_voter(request)
    with context.command() as session:
        served = open_battles(
            session,
            voter=voter,
            category=body.category,
            n=body.n,
            now=context.now(),
            rng=context.rng,
            # One person with a few outputs wants to judge every pair.
            repeats=(SPACED, UNSPACED) if context.settings.is_local else (SPACED,),
        )
    return BattlesShape(battles=[_battle(battle) for battle in served.battles], exhausted=served.exhausted)


@router.post("/{battle}/shown")
def shown(battle: str, context: ContextDep, voter: WritingVoter) -> ShownShape:
    """Record that the battle is on the screen."""
    with context.command() as session:
        at = mark_shown(session, battle_id=battle, voter=voter, now=context.now())
    return ShownShape(battle=battle, shown_at=at)


@router.post("/{battle}/vote")
def vote(battle: str, body: VoteRequest, context: ContextDep, voter: WritingVoter) -> VoteShape:
    """Store the vote; sending it again is safe."""
    with context.command() as session:
        receipt = cast_vote(
            session, battle_id=battle, voter=voter, choice=body.choice, now=context.now(), rng=context.rng
        )
    facts = asdict(receipt)
    return VoteShape(reveal_when=facts.pop("reveal_when"), receipt=ReceiptShape(**facts))


@router.post("/{battle}/skip")
def skip(battle: str, body: SkipRequest, context: ContextDep, voter: WritingVoter) -> SkipShape:
    """Close the battle without a vote."""
    with context.command() as session:
        skip_battle(session, battle_id=battle, voter=voter, reason=body.reason, now=context.now())
    return SkipShape(battle=battle, reason=body.reason)


@router.post("/{battle}/reveal")
def reveal_names(battle: str, context: ContextDep, voter: WritingVoter) -> RevealShape:
    """Name the makers, after the vote."""
    with context.command() as session:
        revealed = reveal(session, battle_id=battle, voter=voter, now=context.now())
    return RevealShape(
        a=RevealedSide(**asdict(revealed.makers["a"])),
        b=RevealedSide(**asdict(revealed.makers["b"])),
        reference=_reference(battle, revealed.reference),
    )


def _battle(battle: ServedBattle) -> BattleShape:
    return BattleShape(
        id=battle.id,
        category=battle.category,
        question=battle.question,
        rubric=list(battle.rubric),
        prompt=PromptShape(html=battle.prompt_html, lang=battle.language, dir=battle.direction),
        reference=_reference(battle.id, battle.reference),
        a=_side(battle, "a"),
        b=_side(battle, "b"),
        expires_at=battle.expires_at,
    )


def _side(battle: ServedBattle, side: Side) -> TextSide | ImageSide:
    output: ServedOutput = battle.sides[side]
    if output.html is not None:
        return TextSide(html=output.html, dir=output.direction)
    return ImageSide(url=f"/media/{battle.id}/{side}", width=output.width or 0, height=output.height or 0)


def _reference(battle: str, reference: ServedReference | None) -> TextReference | ImageReference | None:
    if reference is None:
        return None
    shown, credit = reference.shown, reference.credit
    if reference.html is not None:
        return TextReference(html=reference.html, dir=reference.direction, shown=shown, credit=credit)
    width, height = reference.width or 0, reference.height or 0
    url = f"/media/{battle}/reference"
    return ImageReference(url=url, width=width, height=height, shown=shown, credit=credit)
