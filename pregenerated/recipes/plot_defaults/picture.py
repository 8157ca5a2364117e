"""From the PNG that a library wrote to the file that is kept: same pixels, no metadata, few bytes."""

from io import BytesIO
from pathlib import Path

from briefs import HEIGHT, WIDTH
from PIL import Image, ImageChops

MAX_BYTES = 150_000
BACKGROUND = "#ffffff"


class UnfitPictureError(Exception):
    """A picture of the wrong size in pixels, or with too many bytes."""


def flatten(png: bytes) -> Image.Image:
    """Return the picture as RGB on the category's background; refuse any other size than the canvas."""
    with Image.open(BytesIO(png)) as opened:
        layer = opened.convert("RGBA")
    if layer.size != (WIDTH, HEIGHT):
        raise UnfitPictureError(f"picture is {layer.width} x {layer.height} pixels, not {WIDTH} x {HEIGHT}")
    canvas = Image.new("RGBA", layer.size, BACKGROUND)
    return Image.alpha_composite(canvas, layer).convert("RGB")


def encode(picture: Image.Image) -> bytes:
    """Return the smaller of a true-colour and, where 256 colours are enough, a palette PNG; both lossless."""
    candidates = [_png(picture)]
    if picture.getcolors(256):
        palette = picture.quantize(256, dither=Image.Dither.NONE)
        if same_pixels(palette.convert("RGB"), picture):
            candidates.append(_png(palette))
    smallest = min(candidates, key=len)
    if len(smallest) > MAX_BYTES:
        raise UnfitPictureError(f"picture takes {len(smallest)} bytes, more than {MAX_BYTES}")
    return smallest


def _png(picture: Image.Image) -> bytes:
    png = BytesIO()
    picture.save(png, format="PNG", optimize=True)
    return png.getvalue()


def same_pixels(one: Image.Image, other: Image.Image) -> bool:
    """Tell whether two RGB pictures agree in every pixel."""
    return one.size == other.size and ImageChops.difference(one, other).getbbox() is None


def kept(path: Path) -> Image.Image | None:
    """Read a kept picture as RGB; None where there is none yet."""
    if not path.exists():
        return None
    with Image.open(path) as opened:
        return opened.convert("RGB")
