"""Simulated votes, drawn from stated strengths, for the practice category and nowhere else."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import insert
from sqlmodel import Session, select

from arena.core.catalog import SimulationSpec
from arena.core.matchmaking import SAMPLER, Candidate, Draw, Pair, draw_battle, eligible_pairs, pair_of
from arena.core.pool import ServedCounts, candidates
from arena.core.voters import new_id
from arena.core.words import PRACTICE, Choice
from arena.db.tables import Battle, Category, Contestant, Event, Vote, Voter
from ratings import choice_probabilities

_CHOICES: tuple[Choice, ...] = get_args(Choice)


@dataclass(frozen=True)
class _World:
    """The pool, and how strong each contestant and how tasty each prompt's output is said to be."""

    category: Category
    outputs: list[Candidate]
    strengths: dict[int, float]
    prompt_taste: dict[int, float]
    spec: SimulationSpec


def simulate_votes(session: Session, spec: SimulationSpec, *, now: datetime) -> int:
    """Fill the practice category with simulated votes, once; return how many were added.

    Every vote has its battle and its simulated voter, drawn by the same matchmaking as real ones, and
    the origin ``simulated`` on voter and vote. Voters who run out of pairs end their visit early.
    """
    if session.exec(select(Vote.id).where(Vote.origin == "simulated").limit(1)).first() is not None:
        return 0
    rng = random.Random(spec.seed)  # noqa: S311  reproducible on purpose
    world = _world(session, spec, rng)
    served: ServedCounts = defaultdict(lambda: defaultdict(int))
    voters, battles, votes = [], [], []
    for visit in range(spec.voters):
        voter = new_id(rng)
        share = (visit + 1) * spec.votes // spec.voters - visit * spec.votes // spec.voters
        voters.append({"id": voter, "origin": "simulated", "created_at": now})
        for battle, vote in _visit(world, voter, share, served, now, rng):
            battles.append(battle)
            votes.append(vote)
    for table, rows in ((Voter, voters), (Battle, battles), (Vote, votes)):
        session.connection().execute(insert(table), rows)
    detail = {"votes": len(votes), "voters": len(voters)}
    session.add(Event(at=now, actor="simulation", action="simulate", subject=PRACTICE, detail=detail))
    session.commit()
    return len(votes)


def _world(session: Session, spec: SimulationSpec, rng: random.Random) -> _World:
    category = session.exec(select(Category).where(Category.slug == PRACTICE)).one()
    outputs = candidates(session, category)
    slugs = {row.id: row.slug for row in session.exec(select(Contestant))}
    return _World(
        category=category,
        outputs=outputs,
        strengths={item.contestant: spec.strengths[slugs[item.contestant]] for item in outputs},
        prompt_taste={item.output: rng.gauss(0, spec.taste_sd) for item in outputs},
        spec=spec,
    )


def _visit(
    world: _World, voter: str, share: int, served: ServedCounts, now: datetime, rng: random.Random
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield the battle and vote rows of one simulated voter, who judges his share of the votes."""
    taste = {contestant: rng.gauss(0, world.spec.taste_sd) for contestant in world.strengths}
    seen: list[Pair] = []
    for ordinal in range(1, share + 1):
        eligible = eligible_pairs(world.outputs, seen)
        if not eligible:
            return
        draw = draw_battle(eligible, served, rng)
        pair = pair_of(draw.output_a, draw.output_b)
        served[draw.prompt][pair] += 1
        seen.append(pair)
        yield _rows(world, voter, ordinal, draw, _choose(world, taste, draw, rng), now, rng)


def _choose(world: _World, taste: dict[int, float], draw: Draw, rng: random.Random) -> Choice:
    contestant = {item.output: item.contestant for item in world.outputs}
    appeal = {
        output: world.strengths[contestant[output]] + taste[contestant[output]] + world.prompt_taste[output]
        for output in (draw.output_a, draw.output_b)
    }
    chances = choice_probabilities(
        appeal[draw.output_a],
        appeal[draw.output_b],
        tie_rate=world.spec.tie_rate,
        both_bad_share=world.spec.both_bad_share,
    )
    return rng.choices(_CHOICES, weights=[float(chance) for chance in chances])[0]


def _rows(
    world: _World, voter: str, ordinal: int, draw: Draw, choice: Choice, now: datetime, rng: random.Random
) -> tuple[dict[str, Any], dict[str, Any]]:
    battle = {
        "id": new_id(rng),
        "voter_id": voter,
        "ordinal": ordinal,
        "category_id": world.category.id,
        "category_version": world.category.version,
        "prompt_id": draw.prompt,
        "output_a_id": draw.output_a,
        "output_b_id": draw.output_b,
        "purpose": "rating",
        "propensity": draw.propensity,
        "sampler": SAMPLER,
        "served_at": now,
        "expires_at": now,
        "closed_at": now,
        "closed_how": "voted",
    }
    vote = {
        "id": new_id(rng),
        "battle_id": battle["id"],
        "choice": choice,
        "origin": "simulated",
        "created_at": now,
    }
    return battle, vote
