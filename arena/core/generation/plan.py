"""What a contestant has of a category, and what is still to be asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from arena.core.catalog import CategoryFiles, ContestantSpec, OutputSpec, PromptSpec
from arena.core.generation_spec import GenerationSpec
from arena.errors import Conflict, Invalid

#: Of these an output's settings must be the same for one contestant.
FROZEN = ("model", "system", "parameters")


@dataclass(frozen=True)
class Wanted:
    """One output that is not there yet; ``text`` is what the contestant is given."""

    prompt_id: str
    sample: int
    text: str


@dataclass(frozen=True)
class Plan:
    """What to ask for, and why the rest is not asked for.

    Attributes
    ----------
    wanted : tuple of Wanted
        First samples first, prompts in the order of their file.
    present : int
        Outputs that are there already.
    settled : int
        Asked before, and refused, empty, cut off or unusable: the answer was given, and paid.
    """

    wanted: tuple[Wanted, ...]
    present: int
    settled: int


def make_plan(
    files: CategoryFiles, contestant: ContestantSpec, settings: GenerationSpec, *, samples: int, again: bool
) -> Plan:
    """Compare what is there with ``samples`` outputs for every active prompt.

    Parameters
    ----------
    again
        Ask once more where the answer was no output. Requests that failed are always sent again.

    Raises
    ------
    Conflict
        If outputs of this contestant were made with other settings.
    Invalid
        If a prompt or the settings cannot be sent to an endpoint.
    """
    if files.spec.modality == "image" and settings.system is not None:
        raise Invalid("invalid", f"{contestant.slug}: an image is asked for without generation.system.")
    outputs = files.outputs.get(contestant.slug, ())
    failures = files.failures.get(contestant.slug, ())
    _check_frozen([*outputs, *failures], contestant, settings)
    texts = {prompt.id: _sent_text(prompt) for prompt in files.prompts if prompt.status == "active"}
    cells = [(prompt, sample) for sample in range(1, samples + 1) for prompt in texts]
    present = {(output.prompt_id, output.sample) for output in outputs}
    settled = {(item.prompt_id, item.sample) for item in failures if item.reason != "failed"} - present
    done = present if again else present | settled
    return Plan(
        wanted=tuple(
            Wanted(prompt, sample, texts[prompt]) for prompt, sample in cells if (prompt, sample) not in done
        ),
        present=len(present & set(cells)),
        settled=0 if again else len(settled & set(cells)),
    )


def sent_parameters(settings: GenerationSpec, sample: int) -> dict[str, Any]:
    """Return the parameters of one request. A seed is counted up with the sample: else all would be equal."""
    parameters = dict(settings.parameters)
    if isinstance(seed := parameters.get("seed"), int):
        parameters["seed"] = seed + sample - 1
    return parameters


def _sent_text(prompt: PromptSpec) -> str:
    if prompt.reference is None:
        return prompt.text
    if prompt.reference.text is None:
        raise Invalid(
            "invalid", f"{prompt.id}: its reference is a picture, and this command sends nothing but text."
        )
    return f"{prompt.text}\n\n{prompt.reference.text}"


def _check_frozen(made: Iterable[OutputSpec], contestant: ContestantSpec, settings: GenerationSpec) -> None:
    for output in made:
        if "model" not in output.settings:  # not made by this command
            continue
        now: dict[str, Any] = {
            "model": settings.model,
            "system": settings.system,
            "parameters": sent_parameters(settings, output.sample),
        }
        for name in FROZEN:
            if output.settings.get(name) != now[name]:
                raise Conflict(
                    "frozen",
                    f"{contestant.slug}: the output for {output.prompt_id} was made with {name} "
                    f"{output.settings.get(name)!r}, now it is {now[name]!r}. Another setting is another "
                    "contestant.",
                )
