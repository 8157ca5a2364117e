"""Pictures made fit to be served: one size, one colour space, one encoding, nothing but pixels.

Whatever a file carries beside its pixels (names, dates, programs, comments, other files behind the end) is
lost here, because only the decoded pixels go on. The encoding happens once; requests send the stored bytes.
"""

import hashlib
import re
import struct
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

#: Bytes of the file, pixels of the picture.
MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
#: The largest side that WebP can hold.
MAX_SIDE = 16_383

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF")

#: What Pillow raises on broken files. Its warnings count where a caller has made warnings errors.
_DECODE_ERRORS: tuple[type[Exception], ...] = (
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    OverflowError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    UserWarning,
)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class ImageRefused(ValueError):
    """A file that is not ingested; the message says why and what would be right."""


@dataclass(frozen=True)
class Canvas:
    """The common ground of a category's pictures: pixels, and a colour as ``#rrggbb``."""

    width: int
    height: int
    background: str

    def __post_init__(self) -> None:
        """Refuse, with ValueError, what no picture can be laid on."""
        if not (1 <= self.width <= MAX_SIDE and 1 <= self.height <= MAX_SIDE):
            raise ValueError(f"canvas is {self.width} x {self.height}; each side must be 1 to {MAX_SIDE:,}")
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.background):
            raise ValueError(f"background is {self.background!r}; it must read #rrggbb")


@dataclass(frozen=True)
class Asset:
    """A picture as it is served. ``digest`` is the SHA-256 of ``body`` in hex and never leaves the server."""

    digest: str
    media_type: str
    width: int
    height: int
    body: bytes


def ingest_image(data: bytes, canvas: Canvas) -> Asset:
    """Decode a picture by anyone and encode it again as lossless WebP, centred on ``canvas``.

    The picture is turned upright, converted to sRGB, laid on the canvas' background where it is transparent,
    and made smaller (Lanczos) if it does not fit; it is never made larger. A picture of the canvas' own size
    keeps every pixel. The same bytes give the same asset under the same Pillow and libwebp.

    Raises
    ------
    ImageRefused
        If ``data`` is not one still PNG, JPEG, WebP or AVIF picture, is damaged, or is over a limit.
    """
    encoded = BytesIO()
    _laid(data, canvas).save(encoded, "WEBP", lossless=True, quality=80, method=4, exact=True)
    body = encoded.getvalue()
    return Asset(hashlib.sha256(body).hexdigest(), "image/webp", canvas.width, canvas.height, body)


def check_image(data: bytes, canvas: Canvas) -> None:
    """Refuse what `ingest_image` would refuse, without encoding anything, which takes most of the time.

    Raises
    ------
    ImageRefused
        As `ingest_image`.
    """
    _laid(data, canvas)


def _laid(data: bytes, canvas: Canvas) -> Image.Image:
    """Decode a picture by anyone and lay it on the canvas."""
    if len(data) > MAX_BYTES:
        raise ImageRefused(f"it has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    picture = _fitted(_upright_rgb(_decoded(data), canvas.background), canvas)
    ground = Image.new("RGB", (canvas.width, canvas.height), canvas.background)
    ground.paste(picture, ((canvas.width - picture.width) // 2, (canvas.height - picture.height) // 2))
    return ground


def picture_size(data: bytes) -> tuple[int, int]:
    """Return width and height of a picture as it would be shown, turned upright.

    Raises
    ------
    ImageRefused
        If ``ingest_image`` would refuse it before laying it on a canvas.
    """
    if len(data) > MAX_BYTES:
        raise ImageRefused(f"it has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    return _decoded(data).size


def _decoded(data: bytes) -> Image.Image:
    try:
        _check_header(data)
        picture = Image.open(BytesIO(data), formats=FORMATS)
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
    except UnidentifiedImageError as error:
        reason = "it is not a readable PNG, JPEG, WebP or AVIF picture; save it as one of these"
        raise ImageRefused(reason) from error
    except _BOMBS as error:
        raise ImageRefused(f"it has far more than {MAX_PIXELS:,} pixels; make it smaller") from error
    except ImageRefused:
        raise
    except _DECODE_ERRORS as error:
        raise ImageRefused(f"it is damaged or cut short ({error}); save it again") from error
    return picture


def _check_header(data: bytes) -> None:
    """Refuse by what the header says, before any pixel is decoded, then check the file's own checksums."""
    with Image.open(BytesIO(data), formats=FORMATS) as header:
        if header.format not in FORMATS:
            raise ImageRefused(f"it is a {header.format} file; save one picture as PNG, JPEG, WebP or AVIF")
        if header.width * header.height > MAX_PIXELS:
            raise ImageRefused(
                f"it has {header.width:,} x {header.height:,} pixels; at most {MAX_PIXELS:,} in all are read"
            )
        n_frames = getattr(header, "n_frames", 1)
        if n_frames != 1:
            raise ImageRefused(f"it holds {n_frames} frames; a still picture is needed")
        header.verify()


def _upright_rgb(picture: Image.Image, background: str) -> Image.Image:
    if picture.mode in {"P", "PA"}:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    colours = _srgb(picture)
    if alpha is None:
        return colours
    flat = Image.new("RGB", picture.size, background)
    flat.paste(colours, mask=alpha)
    return flat


def _srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if picture.mode == "I;16":
        # Pillow would clip; the high byte of each little-endian sample is the 8-bit value.
        picture = Image.frombytes("L", picture.size, picture.tobytes()[1::2])
    if not profile:
        return picture.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = _mode_for(source, picture.mode)
        to_srgb = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, UnicodeError) as error:
        raise ImageRefused(f"its colour profile cannot be used ({error}); convert it to sRGB") from error
    return to_srgb.apply(picture.convert(mode))


def _mode_for(profile: ImageCms.ImageCmsProfile, mode: str) -> str:
    """Return the mode in which the profile reads the pixels.

    Raises
    ------
    ImageRefused
        If the profile is for another kind of colour than the pixels have.
    """
    space = profile.profile.xcolor_space.strip()
    if space == "RGB" and mode != "CMYK":
        return "RGB"
    if space == "GRAY" and mode in {"1", "L", "LA"}:
        return "L"
    if space == "CMYK" and mode == "CMYK":
        return "CMYK"
    raise ImageRefused(f"its colour profile is for {space}, its pixels are {mode}; convert it to sRGB")


def _fitted(picture: Image.Image, canvas: Canvas) -> Image.Image:
    scale = min(canvas.width / picture.width, canvas.height / picture.height)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS)
