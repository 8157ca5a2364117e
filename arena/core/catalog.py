"""The data files as they must be: shapes, and a reader that names file and line.

Data only. ``prompts/<category>/`` holds ``category.yaml`` and ``prompts.jsonl``; ``pregenerated/`` holds
``contestants.yaml`` and ``<category>/<contestant>.jsonl`` with its images in ``<category>/<contestant>/``.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from arena.core.words import Modality, RevealPolicy
from arena.errors import CatalogError

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
# PostgreSQL stores no null character.
Text = Annotated[str, Field(min_length=1, max_length=50_000, pattern=r"^[^\x00]*$")]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class CanvasSpec(_Shape):
    """The common size of every image of a category, in pixels, and what shows around smaller ones."""

    width: int = Field(ge=16, le=4096)
    height: int = Field(ge=16, le=4096)
    background: str = Field(pattern=r"^#[0-9a-f]{6}$")


class SimulationSpec(_Shape):
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


class CategorySpec(_Shape):
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
    complete: bool = Field(default=True, description="while live, every contestant must answer every prompt")
    canvas: CanvasSpec | None = None
    simulation: SimulationSpec | None = None

    @model_validator(mode="after")
    def _canvas_for_images(self) -> "CategorySpec":
        if (self.modality == "image") != (self.canvas is not None):
            raise ValueError("canvas belongs to image categories, and every image category needs one")
        return self


class PromptSpec(_Shape):
    """A line of ``prompts.jsonl``."""

    id: Slug
    text: Text
    difficulty: int | None = Field(ge=1, le=5)
    tags: list[Line] = []
    language: Language
    visibility: Literal["open", "sealed"]
    source: str | None = None
    status: Literal["active", "retired"] = "active"


class ContestantSpec(_Shape):
    """An entry of ``contestants.yaml``."""

    slug: Slug
    name: Line
    family: Slug
    flagship: bool
    provider: Line
    kind: Literal["model", "tool", "style"]
    licence: Line
    url: str | None = None
    released: date | None = None
    price: dict[str, Any] | None = None
    openness: dict[str, Any] | None = None
    aliases: list[Line] = []
    note: str = Field(min_length=1)
    status: Literal["active", "retired"] = "active"


class OutputSpec(_Shape):
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


Shape = TypeVar("Shape", bound=_Shape)


@dataclass(frozen=True)
class CategoryFiles:
    """One category as read: its spec, prompts, and outputs by contestant, with where each came from."""

    spec: CategorySpec
    folder: Path
    prompts: tuple[PromptSpec, ...]
    outputs: dict[str, tuple[OutputSpec, ...]]
    output_folder: Path

    def asset_path(self, contestant: str, output: OutputSpec) -> Path:
        """Return the image file of an image output."""
        return self.output_folder / contestant / str(output.asset)


@dataclass(frozen=True)
class Catalog:
    """Everything the data files say."""

    categories: tuple[CategoryFiles, ...]
    contestants: dict[str, ContestantSpec]


def shipped_catalog() -> Path:
    """Return the folder of the catalog that came with the code: in a clone its root, else in the wheel."""
    package = Path(__file__).resolve().parents[1]
    sample = package / "sample"
    return sample if sample.is_dir() else package.parent


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
        for spec, path in _contestants(root):
            if contestants.setdefault(spec.slug, spec) is not spec:
                raise CatalogError(path, None, f"contestant {spec.slug!r} stands twice")
    for root in roots:
        for folder in sorted((root / "prompts").glob("*/")):
            files = _category(folder, root / "pregenerated" / folder.name)
            if categories.setdefault(files.spec.slug, files) is not files:
                raise CatalogError(folder, None, f"category {files.spec.slug!r} stands twice")
    return Catalog(tuple(categories.values()), contestants)


def _contestants(root: Path) -> Iterator[tuple[ContestantSpec, Path]]:
    path = root / "pregenerated" / "contestants.yaml"
    if not path.is_file():
        return
    entries, node = _read_yaml(path)
    if not isinstance(entries, list):
        raise CatalogError(path, 1, "must be a list of contestants")
    for index, entry in enumerate(entries):
        yield _parse(ContestantSpec, entry, path, node=node.value[index]), path


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
            file.stem: tuple(_read_jsonl(OutputSpec, file)) for file in sorted(output_folder.glob("*.jsonl"))
        },
        output_folder=output_folder,
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
