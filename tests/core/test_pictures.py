"""Which pictures are accepted, what is made of them, and what is said about the others."""

import zlib
from io import BytesIO
from struct import pack
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from core import pictures
from core.pictures import EncodedPicture, PictureError
from tests.pictures import as_upload, draw_logo

SVG_BOMB = b"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<svg xmlns="http://www.w3.org/2000/svg"><text>&b;</text><script>alert(1)</script></svg>"""


def decoded(picture: EncodedPicture) -> Image.Image:
    image = Image.open(BytesIO(picture.data))
    assert image.size == (picture.width, picture.height)
    assert f"image/{str(image.format).lower()}" == picture.content_type
    return image


def corner(picture: EncodedPicture) -> Any:
    return decoded(picture).convert("RGB").getpixel((0, 0))


def png_bomb(width: int, height: int) -> bytes:
    """A valid header of that size, before data that would decode to all these pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1_000_000))
    chunks = [chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def refusal(content: bytes, name: str = "logo.png") -> str:
    with translation.override("en"), pytest.raises(PictureError) as refused:
        pictures.encode_logo(SimpleUploadedFile(name, content))
    return str(refused.value.message)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"Paciente;Celular\nAna;0991234567\n", "no picture that we can read"),
        (SVG_BOMB, "SVG"),
        (b'  <svg onload="alert(1)"/>', "SVG"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"GIF89a" + bytes(40), "GIF"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "HEIC"),
        (png_bomb(50_000, 50_000), "too many pixels"),
        (png_bomb(6_000, 6_000), "too many pixels"),
        (png_bomb(12_000, 12_000), "too many pixels"),
        (png_bomb(40_000, 1), "damaged or incomplete|too long and narrow"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "damaged|no picture"),
        (b"\xff\xd8\xff\xe0" + bytes(200), "damaged|no picture"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(200), "damaged|no picture"),
    ],
)
def test_file_that_is_no_picture_is_refused_with_advice(content: bytes, words: str) -> None:
    said = refusal(content)

    assert any(part in said for part in words.split("|")), said


def test_animated_gif_is_refused() -> None:
    frames = [Image.new("P", (90, 90), number) for number in range(3)]
    file = as_upload(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert "GIF" in refusal(file.read())


def test_line_of_40000_pixels_is_refused() -> None:
    assert "too long and narrow" in refusal(as_upload(Image.new("RGB", (40_000, 1))).read())


def test_tiny_picture_is_refused() -> None:
    assert "too small" in refusal(as_upload(Image.new("RGB", (16, 16))).read())


def test_transparent_picture_is_refused() -> None:
    assert "transparent" in refusal(as_upload(Image.new("RGBA", (90, 90), (0, 0, 0, 0))).read())


def test_file_above_the_limit_is_refused_before_it_is_read() -> None:
    file = SimpleUploadedFile("logo.png", b"x")
    file.size = pictures.MAX_BYTES + 1

    with translation.override("en"), pytest.raises(PictureError, match="5 MB"):
        pictures.encode_logo(file)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_truncated_picture_is_refused(format: str) -> None:
    noise = Image.effect_noise((400, 300), 80).convert("RGB")
    content = as_upload(noise, format).read()

    assert "damaged" in refusal(content[: len(content) // 2])


def test_program_behind_a_picture_is_not_kept() -> None:
    content = as_upload(draw_logo()).read() + b"<script>alert(1)</script><?php evil(); ?>"

    encoded = pictures.encode_logo(SimpleUploadedFile("logo.png", content))

    assert b"script" not in encoded.data
    assert b"php" not in encoded.data


def test_photo_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif.get_ifd(0x8825)[1] = "S"  # GPS
    exif[0x010F] = "PhoneMaker"
    image = Image.new("RGB", (800, 400), "#ffffff")
    image.paste((200, 0, 0), (0, 0, 800, 100))
    file = as_upload(image, "JPEG", exif=exif)

    encoded = pictures.encode_logo(file)

    assert encoded.width < encoded.height
    assert not decoded(encoded).getexif()
    assert b"PhoneMaker" not in encoded.data


def test_print_colours_become_screen_colours() -> None:
    encoded = pictures.encode_photo(
        as_upload(Image.new("CMYK", (300, 400), (0, 200, 200, 0)), "JPEG")
    )

    shown = decoded(encoded)
    assert (shown.size, shown.mode) == ((pictures.PHOTO_SIZE, pictures.PHOTO_SIZE), "RGB")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGB", "RGBA"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    source = draw_logo().convert("RGB").convert("L") if mode == "I;16" else draw_logo()
    image = source.convert("I").convert("I;16") if mode == "I;16" else source.convert(mode)

    assert pictures.encode_logo(as_upload(image)).width > 100


def test_palette_with_transparency_gets_a_white_ground() -> None:
    image = draw_logo().quantize(16)

    assert corner(pictures.encode_logo(as_upload(image))) == pictures.WHITE


@pytest.mark.parametrize(
    ("colour", "ground"), [("#16324a", pictures.WHITE), ("#ffffff", pictures.INK)]
)
def test_cut_out_logo_gets_a_ground_on_which_it_is_seen(
    colour: str, ground: tuple[int, int, int]
) -> None:
    assert corner(pictures.encode_logo(as_upload(draw_logo(colour=colour)))) == ground


def test_first_frame_of_an_animation_is_used() -> None:
    frames = [Image.new("RGB", (90, 90), colour) for colour in ("#c00000", "#00c000")]
    file = as_upload(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)

    red, green, _blue = corner(pictures.encode_logo(file))
    assert red > green


@pytest.mark.parametrize("size", [(480, 192), (3000, 1200), (4500, 3600), (700, 700), (60, 400)])
def test_logo_stays_small_whatever_comes(size: tuple[int, int]) -> None:
    noise = Image.merge("RGB", [Image.effect_noise(size, 120) for _ in range(3)])

    encoded = pictures.encode_logo(as_upload(noise, "JPEG", quality=20))

    assert len(encoded.data) <= pictures.MAX_LOGO_BYTES
    assert encoded.width <= pictures.LOGO_SIZE[0]
    assert encoded.height <= pictures.LOGO_SIZE[1]


def test_noisiest_photo_stays_small() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((900, 1200), 200) for _ in range(3)])

    assert len(pictures.encode_photo(as_upload(noise)).data) <= pictures.MAX_PHOTO_BYTES


def test_progressive_photo_has_the_lower_limit_of_pixels() -> None:
    """Its decoder keeps the whole picture in memory, whatever size is wanted."""
    photo = Image.new("RGB", (5000, 4000), "teal")

    assert pictures.encode_photo(as_upload(photo, "JPEG")).width
    assert "too many pixels" in refusal(as_upload(photo, "JPEG", progressive=True).read())


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1", "I;16"])
def test_picture_is_small_before_anything_copies_it(mode: str) -> None:
    image = Image.new("RGB", (3000, 2400), "teal").convert(mode.replace("I;16", "L"))
    if mode == "I;16":
        image = image.convert("I").convert("I;16")

    small = pictures._shrink(image, (480, 192))
    assert max(small.size) <= 4 * 480
    assert abs(small.width / small.height - 1.25) < 0.01


def test_tags_of_a_wrong_type_do_not_refuse_a_photo() -> None:
    # One entry: the orientation, as a text.
    entry = pack("<HHI4s", 0x0112, 2, 4, b"abc\0")
    exif = b"Exif\0\0II*\0" + pack("<IH", 8, 1) + entry + pack("<I", 0)
    photo = as_upload(Image.new("RGB", (400, 300), "teal"), "JPEG", exif=exif)

    assert pictures.encode_photo(photo).width == pictures.PHOTO_SIZE
