"""Rows that READMEs must hold, made from the code. Run as a program, it prints them."""

from collections.abc import Iterator
from typing import Any

import typer.main

from arena.cli import app
from arena.settings import Settings


def settings_rows() -> list[str]:
    """Return one row for each setting."""
    return [
        f"| `ARENA_{name.upper()}` | {_default(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]


def command_rows() -> list[str]:
    """Return one row for each command."""
    return [f"| `{usage}` | {summary} |" for usage, summary in commands()]


def commands() -> list[tuple[str, str]]:
    """Return how each command is called, and the first line of its help."""
    return list(_walk(typer.main.get_command(app), "arena"))


def _walk(command: Any, path: str) -> Iterator[tuple[str, str]]:
    if hasattr(command, "commands"):
        for name, part in command.commands.items():
            yield from _walk(part, f"{path} {name}")
        return
    arguments = " ".join([path, *(_usage(parameter) for parameter in command.params)])
    yield arguments, (command.help or "").split("\n")[0]


def _usage(parameter: Any) -> str:
    usage = parameter.name.upper()
    if parameter.param_type_name == "option":
        value = "" if parameter.is_flag else f" {parameter.metavar or usage}"
        usage = f"{parameter.opts[0]}{value}"
    return usage if parameter.required else f"[{usage}]"


def _default(value: object) -> str:
    if value is None:
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    print("\n".join([*settings_rows(), "", *command_rows()]))  # noqa: T201  this is its purpose
