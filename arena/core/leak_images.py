"""What an image file carries beside its pixels: text, EXIF, XMP, C2PA, a colour profile with a name.

Voters never get any of it, because only pixels are served. The files themselves are published, and whoever
reads them learns the maker.
"""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO

from PIL import Image

from arena.core.images import FORMATS

_PNG = b"\x89PNG\r\n\x1a\n"
_TEXTS = {b"tEXt", b"iTXt", b"zTXt"}
_BLOCKS = {b"eXIf": "EXIF", b"iCCP": "ICC profile", b"caBX": "C2PA"}
#: What Pillow calls the same blocks of JPEG, WebP and AVIF files.
_INFO = {"exif": "EXIF", "xmp": "XMP", "icc_profile": "ICC profile", "comment": "comment"}
#: Bytes that one compressed block may grow to; what it says stands at its beginning.
_MOST = 20_000
_SHOWN = 80
_WORDS = re.compile(rb"[ -~\x80-\xff]{4,}")
_LETTERS = re.compile(rb"[A-Za-z]{3}|[\x80-\xff]{3}")
#: How an EXIF block begins in JPEG files, whatever it holds.
_EXIF_START = b"Exif"
_WIDE = re.compile(rb"[A-Za-z]\x00(?=[A-Za-z]\x00)|\x00[A-Za-z](?=\x00[A-Za-z])")
#: Letters between zeros from which on a block is taken for UTF-16.
_WIDE_LETTERS = 9


def image_marks(data: bytes) -> Iterator[str]:
    """Yield what each block of a picture's file says in words; nothing where the file is pixels alone."""
    blocks = _png_blocks(data) if data.startswith(_PNG) else _other_blocks(data)
    for kind, body in blocks:
        if kind == "ICC profile" and b"sRGB" in body.replace(b"\x00", b""):
            continue
        said = _said(body)
        if said:
            yield f"{kind}: {said}"


def _png_blocks(data: bytes) -> Iterator[tuple[str, bytes]]:
    place = len(_PNG)
    while place + 8 <= len(data):
        length, name = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        body = data[place + 8 : place + 8 + length]
        if name in _TEXTS:
            yield "PNG text", _inflated(body) if name != b"tEXt" else body
        elif name in _BLOCKS:
            yield _BLOCKS[name], _inflated(body) if name == b"iCCP" else body
        place += 12 + length


def _inflated(body: bytes) -> bytes:
    """Return the keyword and what is compressed behind it, or the block itself if it is not compressed."""
    keyword, _, rest = body.partition(b"\x00")
    for start in (1, len(rest) - len(rest.lstrip(b"\x00\x01"))):
        try:
            return keyword + b" " + zlib.decompressobj().decompress(rest[start:], _MOST)
        except zlib.error:
            continue
    return body[:_MOST]


def _other_blocks(data: bytes) -> Iterator[tuple[str, bytes]]:
    with Image.open(BytesIO(data), formats=FORMATS) as picture:
        for name, kind in _INFO.items():
            body = picture.info.get(name)
            if body:
                yield kind, body if isinstance(body, bytes) else str(body).encode()
    if b"jumb" in data and b"c2pa" in data:
        yield "C2PA", data[data.index(b"jumb") :][:_MOST]


def _said(body: bytes) -> str:
    """Return the runs of characters that hold a word, as far as they are shown in a finding."""
    plain = body[:_MOST].replace(b"\x00", b"" if _is_wide(body) else b" ").removeprefix(_EXIF_START)
    runs = [run for run in _WORDS.findall(plain) if _LETTERS.search(run)]
    return " ".join(b" ".join(runs).decode(errors="replace").split())[:_SHOWN]


def _is_wide(body: bytes) -> bool:
    """Whether the text is UTF-16, where every other byte of Latin letters is zero."""
    return len(_WIDE.findall(body[:_MOST])) >= _WIDE_LETTERS
