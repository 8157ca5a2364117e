"""Decide on proposed categories."""

from typing import Annotated, Literal

import typer

from arena.app import opened
from arena.core.proposals import accept_proposal, list_proposals, reject_proposal
from arena.settings import Settings

app = typer.Typer(help="Categories that visitors suggested.", no_args_is_help=True)
Status = Literal["proposed", "accepted", "rejected"]
Number = Annotated[int, typer.Argument(help="The proposal's number.")]


@app.command("list")
def list_all(
    status: Annotated[Status | None, typer.Option(help="Only those with this status.")] = None,
) -> None:
    """List proposals, oldest first."""
    with opened(Settings()) as context, context.query() as session:
        for row in list_proposals(session, status):
            print(f"{row.id}  {row.status}  {row.modality}  {row.title} — {row.question}")
            print(f"    why: {row.why}")
            print(f"    {len(row.prompts)} prompts, the first: {row.prompts[0]}")


@app.command("accept")
def accept(number: Number, slug: Annotated[str | None, typer.Option(help="Folder name.")] = None) -> None:
    """Accept a proposal: write it as a draft category into the data folder."""
    with opened(Settings()) as context, context.command() as session:
        folder = accept_proposal(
            session, number, root=context.settings.data_dir, slug=slug, now=context.now()
        )
    print(f"wrote {folder}; complete it, add outputs, then set status: live")


@app.command("reject")
def reject(
    number: Number, because: Annotated[str, typer.Option(help="The reason, kept with the proposal.")]
) -> None:
    """Reject a proposal with a reason."""
    with opened(Settings()) as context, context.command() as session:
        reject_proposal(session, number, because=because, now=context.now())
    print(f"rejected proposal {number}")
