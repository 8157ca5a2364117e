"""What every data file's shape is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Link = Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$", max_length=500)]
# PostgreSQL stores no null character.
Text = Annotated[str, Field(min_length=1, max_length=50_000, pattern=r"^[^\x00]*$")]


class FileShape(BaseModel):
    """A part of a data file: nothing unknown in it, no infinite numbers, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
