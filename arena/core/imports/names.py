"""What a file of votes calls contestants, prompts and outputs, found in the database."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from arena.db.tables import Category, Contestant, Output, Prompt, known_id


class RowRefused(Exception):
    """A row cannot be taken in; ``is_unknown`` where it names something that the category does not have."""

    def __init__(self, what: str, *, is_unknown: bool = False) -> None:
        super().__init__(what)
        self.is_unknown = is_unknown


@dataclass(frozen=True)
class NamedOutput:
    """An output of a contestant for a prompt."""

    id: int
    contestant: str
    sample: int
    is_active: bool


@dataclass(frozen=True)
class Names:
    """Everything that a row can name.

    Attributes
    ----------
    slugs : dict
        For a name, in small letters, the contestants that it may mean.
    prompts : dict
        Rows of the table by the prompts' ids in the files.
    texts : dict
        Those ids by the prompts' texts.
    outputs : dict
        Outputs by prompt and contestant.
    said_contestants, said_prompts : dict
        What the person who imports says that a name means.
    """

    category: str
    slugs: Mapping[str, set[str]]
    prompts: Mapping[str, int]
    texts: Mapping[str, str]
    outputs: Mapping[tuple[str, str], list[NamedOutput]]
    said_contestants: Mapping[str, str]
    said_prompts: Mapping[str, str]

    def contestant(self, name: str) -> str:
        """Return the slug of the contestant that a name stands for: slug, name or alias in any case.

        Raises
        ------
        RowRefused
            If it stands for none of the category's, or for several.
        """
        found = self.slugs.get(self.said_contestants.get(name, name).casefold(), set())
        if len(found) > 1:
            raise RowRefused(f"{name!r} may be {' or '.join(sorted(found))}; say which with --map")
        if not found:
            raise RowRefused(f"{name!r} is no contestant of {self.category!r}", is_unknown=True)
        return next(iter(found))

    def prompt(self, name: str) -> str:
        """Return the id of the prompt that a name stands for: its id or its text.

        Raises
        ------
        RowRefused
            If it stands for none of the category's.
        """
        said = self.said_prompts.get(name, name)
        found = said if said in self.prompts else self.texts.get(said)
        if found is None:
            raise RowRefused(f"{name[:80]!r} is no prompt of {self.category!r}", is_unknown=True)
        return found

    def output(self, prompt: str, contestant: str, sample: str) -> NamedOutput:
        """Return the output of a contestant for a prompt.

        Parameters
        ----------
        sample
            Its number; blank stands for the only one that is not retired.

        Raises
        ------
        RowRefused
            If there is none, or several and no number says which.
        """
        outputs = self.outputs.get((prompt, contestant), [])
        fitting = [item for item in outputs if (str(item.sample) == sample if sample else item.is_active)]
        if not fitting:
            which = f"sample {sample}" if sample else "output"
            raise RowRefused(f"{contestant!r} has no {which} for {prompt!r}", is_unknown=True)
        if len(fitting) > 1:
            raise RowRefused(
                f"{contestant!r} has {len(fitting)} samples for {prompt!r}; say which in sample_a, sample_b"
            )
        return fitting[0]


def known_names(
    session: Session,
    category: Category,
    said_contestants: Mapping[str, str],
    said_prompts: Mapping[str, str],
) -> Names:
    """Read what a category has."""
    prompts = list(session.exec(select(Prompt).where(Prompt.category_id == category.id)))
    statement = (
        select(Output, Prompt.slug, Contestant)
        .join(Prompt, col(Prompt.id) == Output.prompt_id)
        .join(Contestant, col(Contestant.id) == Output.contestant_id)
        .where(Prompt.category_id == category.id)
    )
    slugs, outputs = defaultdict(set), defaultdict(list)
    for output, prompt, contestant in session.exec(statement):
        for name in (contestant.slug, contestant.name, *contestant.aliases):
            slugs[name.casefold()].add(contestant.slug)
        is_active = output.status == "active"
        item = NamedOutput(known_id(output.id), contestant.slug, output.sample, is_active)
        outputs[prompt, contestant.slug].append(item)
    return Names(
        category.slug,
        slugs,
        {row.slug: known_id(row.id) for row in prompts},
        {row.text.strip(): row.slug for row in prompts},
        outputs,
        said_contestants,
        said_prompts,
    )
