"""What image files say beside their pixels; the files are made by Pillow, as people's are."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from arena.core.leak_images import image_marks
from tests.factories import png

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF")


def file(kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (24, 16), (10, 120, 200)).save(stream, kind, **options)
    return stream.getvalue()


def exif(**words: str) -> bytes:
    made = Image.Exif()
    made[0x0131] = words.get("software", "")
    made[0x0112] = 1
    return made.tobytes()


def marks(data: bytes) -> list[str]:
    return list(image_marks(data))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_of_pixels_says_nothing(kind: str):
    assert marks(file(kind)) == []


@pytest.mark.parametrize("kind", FORMATS)
def test_exif_that_names_a_program_is_found(kind: str):
    (mark,) = marks(file(kind, exif=exif(software="Quartz Nine 2.0")))
    assert mark.startswith("EXIF: ")
    assert "Quartz Nine 2.0" in mark


@pytest.mark.parametrize("kind", FORMATS)
def test_exif_that_only_turns_the_picture_is_no_finding(kind: str):
    made = Image.Exif()
    made[0x0112] = 6
    assert marks(file(kind, exif=made.tobytes())) == []


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_xmp_is_found(kind: str):
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r CreatorTool="Quartz"/></x:xmpmeta>'
    (mark,) = marks(file(kind, xmp=packet))
    assert mark.startswith("XMP: <x:xmpmeta")


def test_texts_of_a_png_are_found_wherever_they_stand():
    info = PngInfo()
    info.add_text("Software", "Quartz Nine")
    info.add_text("Comment", "a long comment " * 400, zip=True)
    info.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>Quartz</x:xmpmeta>")
    found = marks(file("PNG", pnginfo=info))
    assert [mark[:24] for mark in found] == [
        "PNG text: Software Quart",
        "PNG text: Comment a long",
        "PNG text: XML:com.adobe.",
    ]
    behind = png()[:-12] + chunk(b"tEXt", b"Author\x00Quartz") + png()[-12:]
    assert marks(behind) == ["PNG text: Author Quartz"]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def test_content_credentials_are_found_in_png_and_jpeg():
    box = b"\x00\x00\x00\x30jumb\x00\x00\x00\x28jumdc2pa urn:uuid:quartz claim generator"
    assert marks(png()[:-12] + chunk(b"caBX", box) + png()[-12:])[0].startswith("C2PA: ")
    jpeg = file("JPEG")
    segment = b"\xff\xeb" + struct.pack(">H", len(box) + 10) + b"JP\x00\x01\x00\x00\x00\x01" + box
    assert [mark[:6] for mark in marks(jpeg[:2] + segment + jpeg[2:])] == ["C2PA: "]


@pytest.mark.parametrize("kind", FORMATS)
def test_the_profile_of_srgb_is_no_finding_and_another_is(kind: str):
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert marks(file(kind, icc_profile=srgb)) == []
    named = srgb.replace(b"s\x00R\x00G\x00B", b"Q\x00z\x009\x000").replace(b"sRGB", b"Qz90")
    (mark,) = marks(file(kind, icc_profile=named))
    assert mark.startswith("ICC profile: ")


def test_a_comment_of_a_jpeg_is_found():
    assert marks(file("JPEG", comment=b"drawn by Quartz")) == ["comment: drawn by Quartz"]


def test_a_text_that_inflates_without_end_is_read_to_a_bound():
    body = b"Comment\x00\x00" + zlib.compress(b"Quartz " * 5_000_000)
    (mark,) = marks(png()[:-12] + chunk(b"zTXt", body) + png()[-12:])
    assert len(mark) < 120


@pytest.mark.parametrize(
    "damage", [lambda data: data[:40], lambda data: data[:60] + b"\xff" * 30, lambda data: data[:8]]
)
def test_a_damaged_png_is_read_as_far_as_it_goes(damage: Callable[[bytes], bytes]):
    assert marks(damage(png())) == []
