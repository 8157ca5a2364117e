"""How a contestant is asked for outputs, and what it costs: two blocks of ``contestants.yaml``."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from arena.core.file_shape import FileShape, Line, Text

OPENAI = "https://api.openai.com/v1"
#: What the arena sets itself in every request.
OUR_PARAMETERS = {"model", "messages", "prompt", "stream", "stream_options", "n"}


def checked_base_url(url: str) -> str:
    """Return the address of an endpoint if it is one that can stand in a published file.

    Raises
    ------
    ValueError
        If it is no HTTP address, or carries a password or a query: keys come from the environment only.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address as https://host/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must not carry a name, password or query; keys come from the environment")
    return url


class PriceSpec(FileShape):
    """What a contestant costs, as its provider states it, in US dollars."""

    usd_per_million_in: float | None = Field(default=None, ge=0, description="a million tokens sent")
    usd_per_million_out: float | None = Field(default=None, ge=0, description="a million tokens answered")
    usd_per_image: float | None = Field(default=None, ge=0)
    stated_on: date
    source: str | None = None


class GenerationSpec(FileShape):
    """The frozen settings with which an OpenAI-compatible endpoint is asked."""

    base_url: str = OPENAI
    model: Line
    system: Text | None = None
    parameters: dict[str, Any] = Field(default={})
    stream: bool = True
    key_variable: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9_]*$")
    mystery_shopper: bool | None = None

    _base_url = field_validator("base_url")(checked_base_url)

    @field_validator("parameters")
    @classmethod
    def _not_ours(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        if ours := sorted(OUR_PARAMETERS & set(parameters)):
            raise ValueError(f"{', '.join(ours)} cannot be among them: the arena sets that itself")
        return parameters
