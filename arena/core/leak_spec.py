"""An entry of ``pregenerated/<category>/accepted.yaml``: a finding of the leak linter that may stand."""

from typing import Literal

from pydantic import Field

from arena.core.file_shape import FileShape, Slug

LeakKind = Literal[
    "names_maker",
    "describes_itself",
    "template_mark",
    "refusal",
    "cut_short",
    "metadata",
    "own_size",
    "own_length",
]


class AcceptedSpec(FileShape):
    """A finding that may stand: of one contestant and prompt, or of all where none is named."""

    kind: LeakKind
    found: str = Field(min_length=1, description="as the finding quotes it; capitals do not matter")
    contestant: Slug | None = None
    prompt_id: Slug | None = None
    reason: str = Field(min_length=1, max_length=500)
