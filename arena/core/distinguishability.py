"""How well a program tells who made an output, from its looks alone.

Where the look tells, a vote is not quite blind; that cannot be mended, so it is measured and printed. The
program learns on all prompts but one, is shown the outputs to that one, and names each one's maker: the
contestant whose mean is nearest. What all outputs to a prompt share says nothing about the maker and is taken
off first.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from arena.core.look import FloatArray, look_of_images, look_of_texts
from arena.db.tables import Asset, Category, Contestant, Output, Prompt, known_id

IntArray = NDArray[np.int64]

#: Below, the mean of a contestant rests on too little.
FEWEST_PROMPTS = 4
FEWEST_CONTESTANTS = 2
#: Changes whenever the same outputs could give another number.
METHOD = "nearest mean, one prompt left out, 1"


@dataclass(frozen=True)
class Distinguishability:
    """How often the program is right.

    Attributes
    ----------
    accuracy : float
        Share of outputs whose maker it names, 0 to 1.
    chance : float
        What naming the most frequent contestant each time would reach.
    outputs, contestants, prompts : int
        What it was tried on.
    """

    accuracy: float
    chance: float
    outputs: int
    contestants: int
    prompts: int
    method: str = METHOD


def is_measurable(makers: Sequence[str], prompts: Sequence[str]) -> bool:
    """Whether there are enough contestants and prompts."""
    return len(set(makers)) >= FEWEST_CONTESTANTS and len(set(prompts)) >= FEWEST_PROMPTS


def distinguishability(
    blocks: Sequence[FloatArray], makers: Sequence[str], prompts: Sequence[str]
) -> Distinguishability:
    """Measure on n outputs, which `is_measurable`.

    Parameters
    ----------
    blocks : sequence of arrays (n, any)
        Kinds of features; each kind weighs the same.
    makers, prompts : sequence of str
        Who made each output, and for which prompt.
    """
    maker, prompt = (np.unique(np.array(names), return_inverse=True)[1] for names in (makers, prompts))
    features = np.hstack([_weighed(block, prompt) for block in blocks])
    right = sum(
        _named_rightly(features, maker, prompt == held_out) for held_out in range(int(prompt.max()) + 1)
    )
    return Distinguishability(
        accuracy=right / len(maker),
        chance=max(Counter(makers).values()) / len(makers),
        outputs=len(makers),
        contestants=len(set(makers)),
        prompts=len(set(prompts)),
    )


def refresh_distinguishability(session: Session, category: Category) -> None:
    """Measure a category anew if other outputs are served than when it was measured last."""
    statement = (
        select(Output.id, Output.content_digest, Prompt.slug, Contestant.slug)
        .join(Prompt, col(Prompt.id) == Output.prompt_id)
        .join(Contestant, col(Contestant.id) == Output.contestant_id)
        .where(Prompt.category_id == category.id, Prompt.status == "active", Output.status == "active")
        .order_by(col(Output.id))
    )
    served = list(session.exec(statement))
    facts = [METHOD, *(f"{digest} {prompt} {maker}" for _, digest, prompt, maker in served)]
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()
    if category.distinguishability is not None and category.distinguishability["of"] == digest:
        return
    makers, prompts = [row[3] for row in served], [row[2] for row in served]
    found = None
    if is_measurable(makers, prompts):
        blocks = _blocks(session, category, [known_id(row[0]) for row in served])
        found = asdict(distinguishability(blocks, makers, prompts)) | {"of": digest}
    category.distinguishability = found
    session.add(category)


def measured_distinguishability(category: Category) -> Distinguishability | None:
    """Return what was measured last, or None where there was too little."""
    stored = category.distinguishability
    return None if stored is None else Distinguishability(**{n: v for n, v in stored.items() if n != "of"})


def _blocks(session: Session, category: Category, ids: Sequence[int]) -> list[FloatArray]:
    if category.modality == "text":
        return look_of_texts([str(session.get_one(Output, number).html) for number in ids])
    body = select(Asset.body).join(Output, col(Output.asset_digest) == Asset.digest)
    return look_of_images(session.exec(body.where(Output.id == number)).one() for number in ids)


def _weighed(block: FloatArray, prompt: IntArray) -> FloatArray:
    """Take off what the outputs to a prompt share, and give the block a mean square of 1."""
    own = block.copy()
    for held in range(int(prompt.max()) + 1):
        own[prompt == held] -= block[prompt == held].mean(axis=0)
    size = float(np.sqrt((own**2).sum(axis=1).mean()))
    return own / size if size > 0 else own


def _named_rightly(features: FloatArray, maker: IntArray, is_held_out: NDArray[np.bool_]) -> float:
    """Return how many of the outputs held out are named rightly; a tie of k counts 1/k."""
    learned = np.unique(maker[~is_held_out])
    means = np.array([features[~is_held_out & (maker == one)].mean(axis=0) for one in learned])
    distances = ((features[is_held_out][:, None, :] - means[None]) ** 2).sum(axis=2)
    nearest = np.isclose(distances, distances.min(axis=1, keepdims=True), rtol=1e-9, atol=1e-12)
    is_right = nearest & (learned[None] == maker[is_held_out][:, None])
    return float((is_right.any(axis=1) / nearest.sum(axis=1)).sum())
