"""How open a contestant is: the block ``openness`` of ``contestants.yaml``."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from arena.core.file_shape import FileShape, Link

Level = Literal["open", "partial", "closed"]
POINTS: Mapping[Level, int] = {"open": 2, "partial": 1, "closed": 0}
MOST_POINTS = 6
"""Weights, data and training code, all open."""


class OpennessFact(FileShape):
    """One part of a contestant, and where anybody can see that it is so."""

    level: Level
    url: Link | None = Field(default=None, description="needed unless closed")

    @model_validator(mode="after")
    def _shown_somewhere(self) -> "OpennessFact":
        if self.level != "closed" and self.url is None:
            raise ValueError(f"what is {self.level} needs a url where it can be seen")
        return self


class OpennessSpec(FileShape):
    """What of a contestant is open to anybody."""

    weights: OpennessFact
    data: OpennessFact
    training_code: OpennessFact

    @property
    def points(self) -> int:
        """The sum: 2 for each part that is open, 1 for partial; at most `MOST_POINTS`."""
        return sum(POINTS[fact.level] for fact in (self.weights, self.data, self.training_code))
