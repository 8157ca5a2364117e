"""Five image codecs, each with one dial for quality, and the search for the setting that meets a budget."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import pillow_jxl  # noqa: F401  registers JPEG XL with Pillow
from PIL import Image

Encode = Callable[[Image.Image, float], bytes]
STEPS = 24


@dataclass(frozen=True)
class Codec:
    """A contestant: ``encode`` with the dial from ``worst`` to ``best``, bytes of a whole file."""

    slug: str
    dial: str
    worst: float
    best: float
    fixed: dict[str, object]
    encode: Encode


@dataclass(frozen=True)
class Encoded:
    """A file that met its budget as nearly as the dial allows."""

    dial: float
    data: bytes

    def decoded(self) -> Image.Image:
        """Return the pixels that a viewer would show."""
        with Image.open(BytesIO(self.data)) as opened:
            return opened.convert("RGB")


def _saved(picture: Image.Image, **options: object) -> bytes:
    stream = BytesIO()
    picture.save(stream, **options)
    return stream.getvalue()


def _standard_tables() -> dict[int, list[int]]:
    """Return the tables of Annex K of the JPEG standard, which quality 50 uses unscaled."""
    with Image.open(BytesIO(_saved(Image.new("RGB", (8, 8)), format="JPEG", quality=50))) as opened:
        return opened.quantization


def jpeg(picture: Image.Image, quality: float) -> bytes:
    """Encode with libjpeg's own scale from quality to tables, between its whole numbers too."""
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    tables = [
        [min(255, max(1, int((entry * scale + 50) / 100))) for entry in table]
        for table in _standard_tables().values()
    ]
    return _saved(
        picture, format="JPEG", qtables=tables, optimize=True, progressive=True, subsampling="4:2:0"
    )


def webp(picture: Image.Image, quality: float) -> bytes:
    """Encode lossily, with the slowest method."""
    return _saved(picture, format="WEBP", quality=quality, method=6)


def avif(picture: Image.Image, quality: float) -> bytes:
    """Encode with libaom; the dial has whole steps only."""
    return _saved(
        picture,
        format="AVIF",
        quality=round(quality),
        speed=4,
        codec="aom",
        max_threads=1,
        subsampling="4:2:0",
    )


def jpeg_xl(picture: Image.Image, quality: float) -> bytes:
    """Encode lossily as a bare codestream."""
    return _saved(picture, format="JXL", quality=quality, effort=7, num_threads=1)


def jpeg_2000(picture: Image.Image, quality: float) -> bytes:
    """Encode with the irreversible wavelet at a ratio of 1000 to ``quality``."""
    layers = [1000 / quality]
    return _saved(
        picture, format="JPEG2000", quality_mode="rates", quality_layers=layers, irreversible=True, mct=1
    )


CODECS = (
    Codec("avif", "quality", 0, 90, {"speed": 4, "encoder": "aom", "subsampling": "4:2:0"}, avif),
    Codec("jpeg", "quality", 1, 95, {"progressive": True, "optimize": True, "subsampling": "4:2:0"}, jpeg),
    Codec("webp-lossy", "quality", 0, 95, {"method": 6}, webp),
    Codec("jpeg-xl", "quality", 0, 95, {"effort": 7}, jpeg_xl),
    Codec("jpeg-2000", "1000 / ratio", 1, 400, {"irreversible": True}, jpeg_2000),
)


def nearest(codec: Codec, picture: Image.Image, budget: int) -> Encoded:
    """Return the file whose bytes come nearest to the budget, found by halving the dial's range."""
    low, high = codec.worst, codec.best
    tried: list[Encoded] = []
    for _ in range(STEPS):
        dial = (low + high) / 2
        found = Encoded(dial, codec.encode(picture, dial))
        tried.append(found)
        if len(found.data) == budget:
            break
        low, high = (low, dial) if len(found.data) > budget else (dial, high)
        if codec.slug == "avif" and high - low < 0.5:
            break
    return min(tried, key=lambda encoded: abs(len(encoded.data) - budget))
