"""The data files as they must be: shapes, and a reader that names file and line.

Data only. ``prompts/<category>/`` holds ``category.yaml``, ``prompts.jsonl`` and, in ``references/``, the
images of prompts; ``pregenerated/`` holds ``contestants.yaml`` and ``<category>/<contestant>.jsonl`` with its
images in ``<category>/<contestant>/``.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import AwareDatetime, Field, ValidationError, model_validator

from arena.core.file_shape import FileShape, Language, Line, Link, Slug, Text
from arena.core.generation_spec import GenerationSpec, PriceSpec
from arena.core.leak_spec import AcceptedSpec
from arena.core.openness_spec import OpennessSpec
from arena.core.words import FailureReason, Modality, RevealPolicy, Shown
from arena.errors import CatalogError


class CanvasSpec(FileShape):
    """The common size of every image of a category, in pixels, and what shows around smaller ones."""

    width: int = Field(ge=16, le=4096)
    height: int = Field(ge=16, le=4096)
    background: str = Field(pattern=r"^#[0-9a-f]{6}$")


class SimulationSpec(FileShape):
    """The stated truth behind the simulated votes of the practice category."""

    seed: int
    voters: int = Field(ge=1, le=10_000)
    votes: int = Field(ge=1, le=1_000_000)
    strengths: dict[Slug, float] = Field(description="natural log-odds")
    taste_sd: float = Field(ge=0, description="spread of a voter's and of a prompt's taste, log-odds")
    tie_rate: float = Field(ge=0, le=0.5, description="probability of no winner between equals")
    both_bad_share: float = Field(
        ge=0, le=1, description="share of the votes without a winner that are both-bad"
    )


class CategorySpec(FileShape):
    """``category.yaml``."""

    slug: Slug
    version: str = Field(
        pattern=r"^\d+\.\d+$", description="major.minor; votes of one major version are rated together"
    )
    modality: Modality
    title: Line
    question: Line
    rubric: list[Line] = Field(max_length=4)
    brief: str = Field(min_length=1)
    difficulty_axis: str = Field(min_length=1)
    language: Language
    licence: Line
    card: str = Field(min_length=1, description="where the outputs come from, said honestly")
    reveal: RevealPolicy
    views: Literal["aligned", "free"]
    status: Literal["draft", "live", "paused", "retired"]
    refusals: Literal["hidden", "shown"] = Field(
        default="hidden", description="whether a refusal is an output that people judge"
    )
    complete: bool = Field(default=True, description="while live, every contestant must answer every prompt")
    canvas: CanvasSpec | None = None
    simulation: SimulationSpec | None = None

    @model_validator(mode="after")
    def _canvas_for_images(self) -> "CategorySpec":
        if (self.modality == "image") != (self.canvas is not None):
            raise ValueError("canvas belongs to image categories, and every image category needs one")
        return self


class ReferenceSpec(FileShape):
    """What the outputs of a prompt are compared with: the original to enlarge, the source to summarise."""

    asset: str | None = Field(default=None, min_length=1)
    text: Text | None = None
    shown: Shown
    credit: Line | None = None

    @model_validator(mode="after")
    def _one_content(self) -> "ReferenceSpec":
        if (self.asset is None) == (self.text is None):
            raise ValueError("a reference has either an asset or a text")
        return self


class PromptSpec(FileShape):
    """A line of ``prompts.jsonl``."""

    id: Slug
    text: Text
    difficulty: int | None = Field(ge=1, le=5)
    tags: list[Line] = Field(default=[])
    language: Language
    visibility: Literal["open", "sealed"]
    source: str | None = None
    reference: ReferenceSpec | None = None
    status: Literal["active", "retired"] = "active"


class ContestantSpec(FileShape):
    """An entry of ``contestants.yaml``."""

    slug: Slug
    name: Line
    family: Slug
    flagship: bool
    provider: Line
    kind: Literal["model", "tool", "style"]
    licence: Line
    url: Link | None = None
    released: date | None = None
    price: PriceSpec | None = None
    generation: GenerationSpec | None = None
    openness: OpennessSpec | None = None
    aliases: list[Line] = Field(default=[])
    note: str = Field(min_length=1)
    status: Literal["active", "retired"] = "active"


class OutputSpec(FileShape):
    """A line of ``pregenerated/<category>/<contestant>.jsonl``."""

    prompt_id: Slug
    sample: int = Field(ge=1)
    text: str | None = Field(default=None, min_length=1)
    asset: str | None = Field(default=None, min_length=1)
    tokens: int | None = Field(ge=0)
    seconds: float | None = Field(ge=0)
    cost_usd: float | None = Field(ge=0)
    generated_at: AwareDatetime | None
    settings: dict[str, Any]


class FailureSpec(OutputSpec):
    """A line of ``pregenerated/<category>/<contestant>.failures.jsonl``: asked for, and nothing to judge."""

    reason: FailureReason
    detail: str = Field(min_length=1, max_length=500)


Shape = TypeVar("Shape", bound=FileShape)
#: How the name of a contestant's file of failures ends.
FAILURES = ".failures.jsonl"


@dataclass(frozen=True)
class CategoryFiles:
    """One category as read: its spec, prompts, and outputs by contestant, with where each came from."""

    spec: CategorySpec
    folder: Path
    prompts: tuple[PromptSpec, ...]
    outputs: dict[str, tuple[OutputSpec, ...]]
    output_folder: Path
    failures: dict[str, tuple[FailureSpec, ...]]
    accepted: tuple[AcceptedSpec, ...]

    def asset_path(self, contestant: str, output: OutputSpec) -> Path:
        """Return the image file of an image output."""
        return self.output_folder / contestant / str(output.asset)

    @property
    def reference_folder(self) -> Path:
        """The folder of the images that prompts name as their references."""
        return self.folder / "references"


@dataclass(frozen=True)
class Catalog:
    """Everything the data files say."""

    categories: tuple[CategoryFiles, ...]
    contestants: dict[str, ContestantSpec]


def packaged_catalog() -> Path | None:
    """Return the catalog inside an installed package, which no command may write to; a clone has none."""
    sample = Path(__file__).resolve().parents[1] / "sample"
    return sample if sample.is_dir() else None


def shipped_catalog() -> Path:
    """Return the folder of the catalog that came with the code: in a clone its root, else in the wheel."""
    return packaged_catalog() or Path(__file__).resolve().parents[2]


def read_catalog(roots: Sequence[Path]) -> Catalog:
    """Read the data files under each root; each file is checked by itself.

    Raises
    ------
    CatalogError
        At the first thing that is wrong, with file and, where there is one, line.
    """
    contestants: dict[str, ContestantSpec] = {}
    categories: dict[str, CategoryFiles] = {}
    for root in roots:
        # A mistyped folder would look like an empty catalog, and a sync would retire everything.
        if not (root / "prompts").is_dir():
            raise CatalogError(
                root / "prompts", None, "is missing: a catalog holds prompts/ and pregenerated/"
            )
        path = root / "pregenerated" / "contestants.yaml"
        for spec in read_contestants(path):
            if contestants.setdefault(spec.slug, spec) is not spec:
                raise CatalogError(path, None, f"contestant {spec.slug!r} stands twice")
    for root in roots:
        for folder in sorted((root / "prompts").glob("*/")):
            files = _category(folder, root / "pregenerated" / folder.name)
            if categories.setdefault(files.spec.slug, files) is not files:
                raise CatalogError(folder, None, f"category {files.spec.slug!r} stands twice")
    return Catalog(tuple(categories.values()), contestants)


def read_contestants(path: Path) -> Iterator[ContestantSpec]:
    """Yield the contestants of a ``contestants.yaml``; without the file there are none.

    Raises
    ------
    CatalogError
        At the first entry that is wrong, with its line.
    """
    yield from _read_list(ContestantSpec, path, "contestants")


def _read_list(shape: type[Shape], path: Path, what: str) -> Iterator[Shape]:
    """Yield the entries of a YAML file that need not be there."""
    if not path.is_file():
        return
    entries, node = _read_yaml(path)
    if not isinstance(entries, list):
        raise CatalogError(path, 1, f"must be a list of {what}")
    for index, entry in enumerate(entries):
        yield _parse(shape, entry, path, node=node.value[index])


def _category(folder: Path, output_folder: Path) -> CategoryFiles:
    path = folder / "category.yaml"
    if not path.is_file():
        raise CatalogError(path, None, "is missing: every folder of prompts/ is a category")
    content, node = _read_yaml(path)
    spec = _parse(CategorySpec, content, path, node=node)
    if spec.slug != folder.name:
        raise CatalogError(path, None, f"slug {spec.slug!r} must equal the folder's name {folder.name!r}")
    return CategoryFiles(
        spec=spec,
        folder=folder,
        prompts=tuple(_read_jsonl(PromptSpec, folder / "prompts.jsonl")),
        outputs={
            file.stem: tuple(_read_jsonl(OutputSpec, file))
            for file in sorted(output_folder.glob("*.jsonl"))
            if not file.name.endswith(FAILURES)
        },
        output_folder=output_folder,
        failures={
            file.name.removesuffix(FAILURES): tuple(_read_jsonl(FailureSpec, file))
            for file in sorted(output_folder.glob(f"*{FAILURES}"))
        },
        accepted=tuple(_read_list(AcceptedSpec, output_folder / "accepted.yaml", "accepted findings")),
    )


def _read_yaml(path: Path) -> tuple[Any, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.safe_load(text), yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError) as error:  # a date that does not exist is a ValueError
        mark = getattr(error, "problem_mark", None)
        raise CatalogError(path, mark.line + 1 if mark else None, f"is not YAML: {error}") from error


def _read_jsonl(shape: type[Shape], path: Path) -> Iterator[Shape]:
    if not path.is_file():
        raise CatalogError(path, None, "is missing")
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if line.strip():
            yield _parse(shape, _read_json(line, path, number), path, line=number)


def _read_json(line: bytes, path: Path, number: int) -> object:
    try:
        return json.loads(line.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise CatalogError(path, number, f"is not UTF-8: {error}") from error
    except ValueError as error:
        raise CatalogError(path, number, f"is not JSON: {error}") from error


def _refuse_constant(word: str) -> float:
    """Refuse NaN and Infinity, which Python reads and PostgreSQL does not store as JSON."""
    raise ValueError(f"{word} is no number of JSON")


def _parse(
    shape: type[Shape],
    content: object,
    path: Path,
    *,
    node: yaml.Node | None = None,
    line: int | None = None,
) -> Shape:
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        value = "" if first["type"] == "missing" else f" (found {first['input']!r:.80})"
        message = f"{where}: {first['msg']}{value}" if where else first["msg"]
        raise CatalogError(path, line or _line_of(node, first["loc"]), message) from error


def _line_of(node: yaml.Node | None, location: tuple[int | str, ...]) -> int | None:
    """Return the line of the YAML node that a validation error is about, or of its nearest parent."""
    if node is None:
        return None
    line: int = node.start_mark.line + 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = [value for key, value in node.value if key.value == str(part)]
            if not found:
                break
            node = found[0]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            break
        line = node.start_mark.line + 1
    return line
