"""Take in outputs and votes that were made elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from arena.app import opened
from arena.core.catalog import packaged_catalog
from arena.core.imports.outputs import OutputsReport, import_outputs
from arena.core.imports.votes import FIELDS, ImportedOrigin, VoteSource, import_votes
from arena.core.operations import configured_catalog
from arena.settings import Settings

app = typer.Typer(help="Outputs and votes made elsewhere.", no_args_is_help=True)
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything and say what would be added.")]
DRY = "nothing was written: this was a dry run"


@app.command("outputs")
def outputs(
    path: Annotated[Path, typer.Argument(help="CSV, JSONL, or a folder with manifest.csv or .jsonl.")],
    dry_run: DryRun = False,
) -> None:
    """Add outputs to the catalog files: all rows of PATH, or none and a list of what is wrong."""
    report = import_outputs(path, configured_catalog(Settings()), closed=packaged_catalog(), dry_run=dry_run)
    print("\n".join(_lines(report)))
    print(DRY if dry_run else "take them in with: arena catalog sync")


@app.command("votes")
def votes(
    file: Annotated[Path, typer.Argument(help="CSV or JSONL with model_a, model_b, winner, prompt, voter.")],
    category: Annotated[str, typer.Option(help="The category's slug.")],
    contestant: Annotated[
        list[str] | None, typer.Option("--map", metavar="NAME=SLUG", help="A contestant's name in the file.")
    ] = None,
    prompt: Annotated[
        list[str] | None, typer.Option(metavar="NAME=ID", help="A prompt's name in the file.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=COLUMN", help="Where the file has another name.")
    ] = None,
    origin: Annotated[
        ImportedOrigin, typer.Option(help="Whose votes: people's elsewhere, or a judge's.")
    ] = "imported",
    leave_out_unknown: Annotated[
        bool, typer.Option("--leave-out-unknown", help="Leave out votes on what the category lacks.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Add votes cast elsewhere to a board of their own; the same vote never counts twice."""
    source = VoteSource(
        file,
        columns=_pairs(column, "--column", FIELDS),
        contestants=_pairs(contestant, "--map"),
        prompts=_pairs(prompt, "--prompt"),
        leave_out_unknown=leave_out_unknown,
    )
    with opened(Settings()) as context, context.command() as session:
        report = import_votes(
            session, source, category=category, origin=origin, now=context.now(), dry_run=dry_run
        )
    print(
        f"{category} ({origin}): {report.added} new votes of {report.voters} voters, "
        f"{report.known} known already, {report.left_out} left out"
    )
    print(DRY if dry_run else f"publish them with: arena board publish {category} --origin {origin}")


def _pairs(words: list[str] | None, option: str, allowed: tuple[str, ...] = ()) -> dict[str, str]:
    """Read NAME=VALUE words; a name may hold an equals sign, a value does not."""
    pairs = {}
    for word in words or ():
        name, equals, value = word.rpartition("=")
        if not (equals and name and value) or (allowed and name not in allowed):
            choices = f"; the names are {', '.join(allowed)}" if allowed else ""
            raise typer.BadParameter(f"{option}: {word!r} is not NAME=VALUE{choices}")
        pairs[name] = value
    return pairs


def _lines(report: OutputsReport) -> list[str]:
    new = set(report.contestants)
    lines = [
        f"{category}/{contestant}: {number} new outputs" + (", a new contestant" if contestant in new else "")
        for (category, contestant), number in report.added.items()
    ]
    lines += [f"{report.known} known already"] if report.known else []
    return [
        *lines,
        f"{sum(report.added.values())} new outputs for {', '.join(map(str, report.folders)) or 'nowhere'}",
    ]
