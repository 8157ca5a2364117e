"""Look after the data files."""

import typer

from arena.app import opened
from arena.cli.status import status
from arena.core.leaks import refuse_leaks
from arena.core.operations import catalog_roots, configured_catalog, prepare
from arena.core.sync import check_images, check_texts
from arena.settings import Settings

app = typer.Typer(help="The data files: check them, take them in.", no_args_is_help=True)


@app.command("check")
def check() -> None:
    """Check every data file; the first thing that is wrong is named with file and line."""
    settings = Settings()
    catalog = configured_catalog(settings)
    check_texts(catalog)
    images = check_images(catalog)
    refuse_leaks(catalog, print)
    prompts = sum(len(files.prompts) for files in catalog.categories)
    outputs = sum(len(outputs) for files in catalog.categories for outputs in files.outputs.values())
    roots = ", ".join(str(root) for root in catalog_roots(settings))
    print(
        f"{roots}: {len(catalog.categories)} categories, {prompts} prompts, "
        f"{len(catalog.contestants)} contestants, {outputs} outputs ({images} images): all right"
    )


@app.command("sync")
def sync() -> None:
    """Make the database agree with the data files."""
    with opened(Settings()) as context:
        report = prepare(context)
    print(f"added {report.added}, changed {report.changed}, retired {report.retired}")


app.command("status")(status)
