"""What a picture file may carry, and what of it reaches a voter: pixels only."""

import hashlib
import random
import re
import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from arena.core import images
from arena.core.images import Asset, Canvas, ImageRefused, check_image, ingest_image

CANVAS = Canvas(64, 48, "#204060")
GROUND = (0x20, 0x40, 0x60)
NAME = "atlas-7b-seed"


def noise(width=64, height=48, mode="RGB"):
    channels = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), random.Random(7).randbytes(width * height * channels))


def saved(picture, kind="PNG", **options):
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def pixels(asset: Asset):
    return Image.open(BytesIO(asset.body)).convert("RGB")


def chunk(kind: bytes, data: bytes):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width, height, *extra: bytes):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(bytes(100))), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def riff_chunks(body: bytes):
    assert body[:4] == b"RIFF"
    assert body[8:12] == b"WEBP"
    assert struct.unpack("<I", body[4:8])[0] == len(body) - 8
    found, at = [], 12
    while at < len(body):
        size = struct.unpack("<I", body[at + 4 : at + 8])[0]
        found.append(body[at : at + 4])
        at += 8 + size + size % 2
    return found


def srgb_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def red_and_green_swapped(profile: bytes):
    """A true profile of a strange screen: the tag table says green where sRGB says red."""
    return profile.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)


# What comes out


def test_picture_of_the_canvas_size_keeps_every_pixel():
    picture = noise()
    assert pixels(ingest_image(saved(picture), CANVAS)).tobytes() == picture.tobytes()


def test_body_is_one_lossless_chunk_and_nothing_else():
    asset = ingest_image(saved(noise(mode="RGBA")), CANVAS)
    assert riff_chunks(asset.body) == [b"VP8L"]
    assert (asset.media_type, asset.width, asset.height) == ("image/webp", 64, 48)


def test_same_file_gives_the_same_bytes_and_digest():
    first, second = (ingest_image(saved(noise()), CANVAS) for _ in range(2))
    assert first == second
    assert first.digest == hashlib.sha256(first.body).hexdigest()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_each_allowed_format_is_read(kind):
    # 8-pixel blocks of one colour survive the lossy formats almost unchanged.
    asset = ingest_image(saved(Image.new("RGB", (64, 48), (200, 30, 90)), kind), CANVAS)
    assert all(abs(a - b) <= 3 for a, b in zip(pixels(asset).getpixel((32, 24)), (200, 30, 90), strict=True))


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ((640, 240), (0, 12, 64, 36)),  # wide: full width, centred vertically
        ((240, 480), (20, 0, 44, 48)),  # tall
        ((20, 10), (22, 19, 42, 29)),  # small: never enlarged
        ((9000, 2), (0, 23, 64, 24)),  # a line keeps one pixel
    ],
)
def test_picture_is_fitted_centred_and_never_enlarged(size, box):
    shown = pixels(ingest_image(saved(Image.new("RGB", size, "white")), CANVAS))
    expected = Image.new("RGB", (64, 48), GROUND)
    expected.paste((255, 255, 255), box)
    assert shown.tobytes() == expected.tobytes()


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_pixels_show_the_canvas(mode):
    picture = Image.new("RGBA", (64, 48), (255, 255, 255, 0))
    picture.paste((255, 255, 255, 255), (0, 0, 32, 48))
    picture.paste((255, 255, 255, 51), (32, 0, 40, 48))
    shown = pixels(ingest_image(saved(picture.convert(mode)), CANVAS))
    assert shown.getpixel((0, 0)) == (255, 255, 255)
    assert shown.getpixel((63, 0)) == GROUND
    # 51/255 is a fifth of the way from the ground to white.
    assert shown.getpixel((35, 0)) == tuple(round(part + (255 - part) / 5) for part in GROUND)


def test_palette_with_a_transparent_entry_shows_the_canvas():
    picture = Image.new("P", (64, 48), 1)
    picture.putpalette([255, 255, 255, 10, 20, 30])
    picture.paste(0, (0, 0, 32, 48))
    shown = pixels(ingest_image(saved(picture, transparency=0), CANVAS))
    assert (shown.getpixel((0, 0)), shown.getpixel((63, 0))) == (GROUND, (10, 20, 30))


def test_palette_without_transparency_keeps_its_colours():
    picture = Image.new("P", (64, 48), 1)
    picture.putpalette([255, 255, 255, 10, 20, 30])
    assert pixels(ingest_image(saved(picture), CANVAS)).getpixel((5, 5)) == (10, 20, 30)


def test_sixteen_bit_grey_is_scaled_and_not_clipped():
    picture = Image.new("I;16", (64, 48), 0x8123)
    assert pixels(ingest_image(saved(picture), CANVAS)).getpixel((0, 0)) == (0x81, 0x81, 0x81)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_camera_orientation_is_applied(kind):
    picture = Image.new("RGB", (48, 32), (200, 0, 0))
    picture.paste((0, 0, 200), (24, 0, 48, 32))  # right half blue
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned a quarter to the right: the blue half lies below
    shown = pixels(ingest_image(saved(picture, kind, exif=exif), Canvas(32, 48, "#ffffff")))
    assert shown.getpixel((16, 8))[0] > 150
    assert shown.getpixel((16, 40))[2] > 150


# Colour


def test_srgb_profile_changes_no_pixel():
    picture = noise()
    asset = ingest_image(saved(picture, icc_profile=srgb_profile()), CANVAS)
    assert pixels(asset).tobytes() == picture.tobytes()


def test_embedded_profile_is_applied():
    picture = Image.new("RGB", (64, 48), (250, 10, 10))
    data = saved(picture, icc_profile=red_and_green_swapped(srgb_profile()))
    red, green, blue = pixels(ingest_image(data, CANVAS)).getpixel((0, 0))
    assert (red, blue) == (10, 10)
    assert green == 250


def test_profile_is_applied_under_transparency():
    picture = Image.new("RGBA", (64, 48), (250, 10, 10, 255))
    picture.paste((250, 10, 10, 0), (0, 0, 8, 8))
    data = saved(picture, icc_profile=red_and_green_swapped(srgb_profile()))
    shown = pixels(ingest_image(data, CANVAS))
    assert (shown.getpixel((0, 0)), shown.getpixel((32, 32))) == (GROUND, (10, 250, 10))


def test_grey_picture_with_a_colour_profile_stays_grey():
    data = saved(Image.new("L", (64, 48), 99), icc_profile=srgb_profile())
    assert pixels(ingest_image(data, CANVAS)).getpixel((0, 0)) == (99, 99, 99)


def grey_profile():
    """A grey profile of gamma 1, built by hand: header, tag table, white point, curve (ICC.1:2010, 7.2)."""
    white = b"XYZ " + bytes(4) + struct.pack(">iii", 0xF6D6, 0x10000, 0xD32D)
    curve = b"curv" + bytes(4) + struct.pack(">I", 0)
    start = 128 + 4 + 2 * 12
    table = struct.pack(">I4sII4sII", 2, b"wtpt", start, 20, b"kTRC", start + 20, 12)
    header = struct.pack(">I4sI4s4s4s", start + 32, bytes(4), 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + white[8:]
    return header.ljust(128, b"\0") + table + white + curve


def test_grey_profile_is_applied():
    data = saved(Image.new("L", (64, 48), 128), icc_profile=grey_profile())
    red, green, blue = pixels(ingest_image(data, CANVAS)).getpixel((0, 0))
    # Linear 128/255 = .502 is 1.055 * .502^(1/2.4) - .055 = .7366 in sRGB (IEC 61966-2-1), that is 188.
    assert red == green == blue
    assert abs(red - 188) <= 1


def ink_profile():
    """A CMYK profile in which black ink is everything: Lab L* = 100 (1 - K), by ICC.1:2010, 10.10 (lut8)."""
    ramp = bytes(range(256))
    nodes = b"".join(bytes([0 if node & 1 else 255, 128, 128]) for node in range(16))
    identity = struct.pack(">9i", *(0x10000 * (index % 4 == 0) for index in range(9)))
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + ramp * 4 + nodes + ramp * 3
    white = b"XYZ " + bytes(4) + struct.pack(">iii", 0xF6D6, 0x10000, 0xD32D)
    start = 128 + 4 + 2 * 12
    tags = struct.pack(">I4sII4sII", 2, b"wtpt", start, 20, b"A2B0", start + 20, len(table))
    header = struct.pack(
        ">I4sI4s4s4s", start + 20 + len(table), bytes(4), 0x02400000, b"prtr", b"CMYK", b"Lab "
    )
    header += bytes(12) + b"acsp" + bytes(28) + white[8:]
    return header.ljust(128, b"\0") + tags + white + table


def test_ink_profile_is_applied():
    picture = Image.new("CMYK", (64, 48), (255, 255, 255, 0))  # three full inks that this profile ignores
    shown = pixels(ingest_image(saved(picture, "JPEG", icc_profile=ink_profile()), CANVAS))
    assert all(part >= 253 for part in shown.getpixel((32, 24)))


def test_cmyk_jpeg_is_read():
    shown = pixels(ingest_image(saved(Image.new("CMYK", (64, 48), (0, 0, 0, 0)), "JPEG"), CANVAS))
    assert shown.getpixel((0, 0)) == (255, 255, 255)


def test_profile_of_another_colour_space_is_refused():
    data = saved(Image.new("CMYK", (64, 48)), "JPEG", icc_profile=srgb_profile())
    with pytest.raises(ImageRefused, match=r"profile is for RGB, its pixels are CMYK; convert it to sRGB"):
        ingest_image(data, CANVAS)


@pytest.mark.parametrize("damage", [slice(0, 40), slice(16, 20), slice(128, 200)])
def test_unreadable_profile_is_refused(damage):
    profile = bytearray(srgb_profile())
    profile[damage] = b"\xff" * len(profile[damage])
    with pytest.raises(ImageRefused, match="colour profile"):
        ingest_image(saved(noise(), icc_profile=bytes(profile)), CANVAS)


# What must not come out


def exif_naming():
    exif = Image.Exif()
    exif[0x010E] = exif[0x0131] = exif[0x013B] = NAME
    return exif


def named_png():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("model", NAME)
    texts.add_text("prompt", NAME * 9, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{NAME}</x:xmpmeta>")
    wide = NAME.encode("utf-16-be")
    profile = srgb_profile().replace("sRGB built-in".encode("utf-16-be"), wide)
    assert wide in profile
    return saved(noise(), pnginfo=texts, exif=exif_naming(), icc_profile=profile)


def with_archive_behind():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{NAME}.html", f"<script>{NAME}</script>")
    return saved(noise()) + file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        named_png(),
        saved(noise(), "JPEG", exif=exif_naming(), comment=NAME.encode(), xmp=NAME.encode()),
        saved(noise(), "WEBP", exif=exif_naming(), xmp=NAME.encode(), icc_profile=srgb_profile()),
        saved(noise(), "AVIF", exif=exif_naming(), xmp=NAME.encode()),
        with_archive_behind(),
    ],
    ids=["png", "jpeg", "webp", "avif", "zip-behind"],
)
def test_name_planted_in_a_file_does_not_survive(data):
    asset = ingest_image(data, CANVAS)
    assert riff_chunks(asset.body) == [b"VP8L"]
    for encoding in ("ascii", "utf-16-be", "utf-16-le"):
        assert NAME.encode(encoding) not in asset.body
    assert not Image.open(BytesIO(asset.body)).getexif()


def animated(kind):
    return saved(noise(), kind, save_all=True, append_images=[noise(mode="RGB").rotate(90)], duration=100)


def wide_webp():
    """A header that promises 16,383 x 16,383 pixels over a tiny picture."""
    side = struct.pack("<I", 16_382)[:3]
    inner = b"VP8X" + struct.pack("<I", 10) + bytes(4) + side + side + saved(noise(8, 8), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(inner) + 4) + b"WEBP" + inner


BOMB = zlib.compress(bytes(30_000_000), 9)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a readable PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a readable PNG"),
        (saved(noise(), "GIF"), "not a readable PNG"),
        (saved(noise(), "BMP"), "not a readable PNG"),
        (saved(noise(), "TIFF"), "not a readable PNG"),
        (b"GIF89a" + saved(noise()), "not a readable PNG"),
        (b"%PDF-1.7\n%%EOF", "not a readable PNG"),
        (b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script></html>", "damaged|not a readable PNG"),
        (saved(noise())[:-40], "damaged"),
        (saved(noise())[:300], "damaged"),
        (saved(noise(), "JPEG")[:-40], "damaged"),
        (saved(noise(), "WEBP")[:-40], "damaged"),
        (saved(noise(), "AVIF")[:-40], "damaged"),
        (saved(noise())[:200] + b"?" + saved(noise())[201:], "damaged"),
        (animated("PNG"), "2 frames; a still picture"),
        (animated("WEBP"), "2 frames; a still picture"),
        (animated("AVIF"), "2 frames; a still picture"),
        (animated("MPO"), "MPO file"),
        (png_of(7_000, 7_000), "7,000 x 7,000 pixels; at most 40,000,000"),
        (png_of(10_000, 10_000), "40,000,000"),
        (png_of(2**31 - 1, 2**31 - 1), "40,000,000"),
        (png_of(6_000, 6_000), "damaged"),
        (png_of(0, 5), "not a readable PNG|damaged"),
        (wide_webp(), "damaged|40,000,000"),
        (png_of(8, 8, chunk(b"zTXt", b"a\0\0" + BOMB)), "damaged"),
        (png_of(8, 8, chunk(b"iCCP", b"a\0\0" + BOMB)), "damaged"),
    ],
)
def test_hostile_or_unfit_file_is_refused_with_its_reason(data, reason):
    with pytest.raises(ImageRefused, match=reason) as checked:
        check_image(data, CANVAS)
    with pytest.raises(ImageRefused, match=re.escape(str(checked.value))):
        ingest_image(data, CANVAS)


def test_file_over_the_byte_limit_is_refused_unread():
    with pytest.raises(ImageRefused, match="20,000,001 bytes; at most 20,000,000"):
        ingest_image(bytes(images.MAX_BYTES + 1), CANVAS)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damaged_bytes_are_refused_or_neutralised_and_never_another_error(kind):
    draw = random.Random(kind)
    whole = saved(noise(), kind, exif=exif_naming(), icc_profile=srgb_profile())
    refused = 0
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(draw.choice([1, 2, 20])):
            data[draw.randrange(min(len(data), draw.choice([60, 600, 10**6])))] = draw.randrange(256)
        try:
            assert riff_chunks(ingest_image(bytes(data), CANVAS).body) == [b"VP8L"]
        except ImageRefused:
            refused += 1
    assert refused > 15


@pytest.mark.parametrize(
    "arguments", [(0, 10, "#ffffff"), (10, 20_000, "#ffffff"), (10, 10, "white"), (10, 10, "#fff")]
)
def test_impossible_canvas_is_refused(arguments):
    with pytest.raises(ValueError, match=r"canvas is|background is"):
        Canvas(*arguments)
