"""What must hold between the data files, once each is well-formed by itself."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from arena.core.catalog import (
    FAILURES,
    Catalog,
    CategoryFiles,
    ContestantSpec,
    OutputSpec,
    PromptSpec,
    read_catalog,
)
from arena.core.words import PRACTICE
from arena.errors import CatalogError


def load_catalog(roots: Sequence[Path], *, names_unsaid: bool = True) -> Catalog:
    """Read the data files under each root and check them, alone and together.

    Parameters
    ----------
    names_unsaid
        Whether texts that voters read may not name a contestant. Names like "plain" or "one", which anybody's
        folders have, stand in many a text.

    Raises
    ------
    CatalogError
        At the first thing that is wrong, with file and, where there is one, line.
    """
    catalog = read_catalog(roots)
    check_catalog(catalog, names_unsaid=names_unsaid)
    return catalog


def check_catalog(catalog: Catalog, *, names_unsaid: bool = True) -> None:
    """Check the catalog as a whole.

    Raises
    ------
    CatalogError
        At the first rule that is broken.
    """
    _check_prompt_ids(catalog)
    _check_flagships(catalog.contestants.values())
    for files in catalog.categories:
        _check_category(files, catalog.contestants)
        if names_unsaid:
            _check_names_unsaid(files, catalog.contestants)


def _check_prompt_ids(catalog: Catalog) -> None:
    ids = Counter(prompt.id for files in catalog.categories for prompt in files.prompts)
    for files in catalog.categories:
        for prompt in files.prompts:
            if ids[prompt.id] > 1:
                raise CatalogError(
                    files.folder / "prompts.jsonl", None, f"prompt id {prompt.id!r} stands more than once"
                )


def _check_flagships(contestants: Iterable[ContestantSpec]) -> None:
    flagships = Counter[str]()
    for contestant in contestants:
        flagships[contestant.family] += contestant.flagship
    for family, number in flagships.items():
        if number != 1:
            raise CatalogError(
                Path("pregenerated/contestants.yaml"),
                None,
                f"family {family!r} must have exactly one flagship, it has {number}",
            )


def _check_category(files: CategoryFiles, contestants: dict[str, ContestantSpec]) -> None:
    spec = files.spec
    yaml_file = files.folder / "category.yaml"
    if spec.simulation is not None and spec.slug != PRACTICE:
        raise CatalogError(yaml_file, None, f"simulated votes exist only in the category {PRACTICE!r}")
    if spec.simulation is not None and set(spec.simulation.strengths) != set(files.outputs):
        raise CatalogError(
            yaml_file, None, f"simulation.strengths must name exactly the contestants {sorted(files.outputs)}"
        )
    for prompt in files.prompts:
        _check_reference(files, prompt)
    for contestant, outputs in files.outputs.items():
        path = files.output_folder / f"{contestant}.jsonl"
        if contestant not in contestants:
            raise CatalogError(path, None, f"contestant {contestant!r} is not in contestants.yaml")
        _check_outputs(files, contestant, outputs, path)
    _check_failures(files, contestants)
    if spec.status == "live":
        _check_complete(files, contestants)


def _check_failures(files: CategoryFiles, contestants: dict[str, ContestantSpec]) -> None:
    prompts = {prompt.id for prompt in files.prompts}
    for contestant, failures in files.failures.items():
        path = files.output_folder / f"{contestant}{FAILURES}"
        if contestant not in contestants:
            raise CatalogError(path, None, f"contestant {contestant!r} is not in contestants.yaml")
        for failure in failures:
            if failure.prompt_id not in prompts:
                raise CatalogError(path, None, f"prompt {failure.prompt_id!r}: no such prompt")


def _check_reference(files: CategoryFiles, prompt: PromptSpec) -> None:
    path, place, reference = files.folder / "prompts.jsonl", f"prompt {prompt.id!r}", prompt.reference
    if reference is None:
        return
    if reference.shown == "after_vote" and files.spec.reveal == "never":
        raise CatalogError(
            path, None, f"{place}: its reference is shown with the names, and here they are never given"
        )
    if reference.asset is None:
        return
    if files.spec.canvas is None:
        raise CatalogError(path, None, f"{place}: in a text category a reference is a text")
    _check_asset(files.reference_folder / reference.asset, files.reference_folder, path, place)


def _check_names_unsaid(files: CategoryFiles, contestants: dict[str, ContestantSpec]) -> None:
    """Refuse texts that voters read beside the outputs and that name a contestant."""
    yaml_file, spec = files.folder / "category.yaml", files.spec
    texts = [(yaml_file, field, getattr(spec, field)) for field in ("title", "question", "brief", "card")]
    texts += [
        (yaml_file, "difficulty_axis", spec.difficulty_axis),
        (yaml_file, "rubric", " ".join(spec.rubric)),
    ]
    texts += [(files.folder / "prompts.jsonl", prompt.id, prompt.text) for prompt in files.prompts]
    texts += [
        (files.folder / "prompts.jsonl", f"{prompt.id} tags", " ".join(prompt.tags))
        for prompt in files.prompts
    ]
    texts += [
        (files.folder / "prompts.jsonl", f"{prompt.id} reference", said)
        for prompt in files.prompts
        if prompt.reference is not None
        for said in (prompt.reference.text, prompt.reference.credit)
        if said is not None
    ]
    for slug in files.outputs:
        contestant = contestants[slug]
        for name in {slug, contestant.name, contestant.family, contestant.provider, *contestant.aliases}:
            pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
            for path, field, text in texts:
                if pattern.search(text):
                    raise CatalogError(
                        path,
                        None,
                        f"{field}: names {name!r} of contestant {slug!r}, which voters may not read",
                    )


def _check_outputs(
    files: CategoryFiles, contestant: str, outputs: tuple[OutputSpec, ...], path: Path
) -> None:
    prompts = {prompt.id for prompt in files.prompts}
    seen: set[tuple[str, int]] = set()
    for output in outputs:
        place = f"prompt {output.prompt_id!r} sample {output.sample}"
        if output.prompt_id not in prompts:
            raise CatalogError(path, None, f"{place}: no such prompt in {files.spec.slug}/prompts.jsonl")
        if (output.prompt_id, output.sample) in seen:
            raise CatalogError(path, None, f"{place} stands twice")
        seen.add((output.prompt_id, output.sample))
        wanted = "asset" if files.spec.modality == "image" else "text"
        if (output.asset is not None, output.text is not None) != (wanted == "asset", wanted == "text"):
            raise CatalogError(
                path, None, f"{place}: outputs of this category have {wanted!r} and nothing else"
            )
        if output.asset is not None:
            _check_asset(files.asset_path(contestant, output), files.output_folder / contestant, path, place)


def _check_asset(asset: Path, folder: Path, path: Path, place: str) -> None:
    if not asset.resolve().is_relative_to(folder.resolve()):
        raise CatalogError(path, None, f"{place}: asset must lie in {folder.name}/")
    if not asset.is_file():
        raise CatalogError(path, None, f"{place}: there is no file {asset}")


def _check_complete(files: CategoryFiles, contestants: dict[str, ContestantSpec]) -> None:
    """Demand an output of every active contestant for every active prompt, so that no pair is missing."""
    active = [slug for slug in files.outputs if contestants[slug].status == "active"]
    if len(active) < 2:  # noqa: PLR2004  a battle has two sides
        raise CatalogError(files.folder, None, "a live category needs outputs of at least two contestants")
    prompts = [prompt for prompt in files.prompts if prompt.status == "active"]
    if not prompts:
        raise CatalogError(files.folder / "prompts.jsonl", None, "a live category needs at least one prompt")
    for prompt in prompts:
        if prompt.difficulty is None:
            raise CatalogError(
                files.folder / "prompts.jsonl",
                None,
                f"prompt {prompt.id!r} of a live category needs a difficulty",
            )
    for slug in active if files.spec.complete else ():
        missing = {p.id for p in prompts} - {output.prompt_id for output in files.outputs[slug]}
        if missing:
            raise CatalogError(
                files.output_folder / f"{slug}.jsonl", None, f"no output for the prompts {sorted(missing)}"
            )
