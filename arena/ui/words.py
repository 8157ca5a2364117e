"""Every sentence on the screens: one catalogue per language, so that a language is added as a file."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def words(language: str = "en") -> Mapping[str, str]:
    """Return the catalogue of one language, key to sentence.

    Raises
    ------
    FileNotFoundError
        If there is no catalogue of that language.
    """
    text = (files("arena.ui") / "words" / f"{language}.json").read_text(encoding="utf-8")
    catalogue: dict[str, str] = json.loads(text)
    return MappingProxyType(catalogue)


def words_for(prefix: str, language: str = "en") -> dict[str, str]:
    """Return the part of a catalogue that starts with ``prefix``, for a script in the browser."""
    return {key: text for key, text in words(language).items() if key.startswith(prefix)}
