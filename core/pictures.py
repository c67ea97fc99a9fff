"""Read pictures that people upload, and encode them anew.

Nothing of the uploaded file is kept: a picture is decoded and written again, small, upright and
without metadata. So whatever was hidden in the file, or said where a photo was taken, is gone.
"""

import math
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from core.errors import ProblemError

MAX_BYTES = 5_000_000
# A form with one picture and a few short fields. Django keeps such a body in memory.
MAX_FORM_BYTES = MAX_BYTES + 200_000
# PNG, WebP and progressive JPEG are decoded as a whole, at four bytes a pixel and more. Other JPEGs
# are decoded at a fraction of their size, so that photos of a phone's camera may be larger.
MAX_PIXELS, MAX_JPEG_PIXELS = 12_000_000, 100_000_000
MIN_SIDE = 32
MAX_RATIO = 8
FORMATS = ("PNG", "JPEG", "WEBP")
# What decoders raise for a broken file. Pillow's own warning is an error where warnings are errors.
BROKEN = (
    *(OSError, ValueError, SyntaxError, EOFError, IndexError, OverflowError),
    *(TypeError, AttributeError, KeyError, struct.error),  # odd EXIF
)
DECODING = threading.Lock()
# How a picture is turned by each value of its EXIF orientation.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

LOGO_SIZE, MAX_LOGO_BYTES = (480, 192), 12_000
PHOTO_SIZE, MAX_PHOTO_BYTES = 176, 6_000
ATTACHMENT_SIZE, MAX_ATTACHMENT_BYTES = (1280, 1280), 300_000
# Share of the longer side that is left free around a cut-out logo.
MARGIN = 0.02
WHITE, INK = (255, 255, 255), (26, 46, 43)
# Above this mean brightness a cut-out logo would vanish on white paper.
LIGHT = 200


class PictureError(ProblemError):
    """The file cannot be used. The message says why, and what to upload instead."""

    status = 422


@dataclass(frozen=True)
class EncodedPicture:
    data: bytes
    content_type: str
    width: int
    height: int


def encode_logo(file: UploadedFile) -> EncodedPicture:
    """Return a logo as an opaque PNG, or as JPEG if it is a photo.

    A cut-out logo gets a background, white or dark, whichever makes it visible. Pages and mail
    programs in dark mode then show it as the clinic knows it.
    """
    image = _decode(file, LOGO_SIZE)
    _require_logo_shape(image)
    logo = _give_background(image) if image.mode == "RGBA" else image
    return _first_small(_logo_attempts(logo), MAX_LOGO_BYTES)


def encode_photo(file: UploadedFile) -> EncodedPicture:
    """Return a square portrait as WebP, cut from the middle and a little above it."""
    side = (PHOTO_SIZE, PHOTO_SIZE)
    image = _decode(file, side)
    if image.mode == "RGBA":
        image = _on_colour(image, WHITE)
    # Faces are in the upper part of a photo that is higher than wide.
    portrait = ImageOps.fit(image, side, Image.Resampling.LANCZOS, centering=(0.5, 0.35))
    return _first_small(_photo_attempts(portrait), MAX_PHOTO_BYTES)


def encode_attachment(file: UploadedFile) -> EncodedPicture:
    """Return a picture that somebody sent, small enough for a screen, as JPEG."""
    image = _decode(file, ATTACHMENT_SIZE)
    if image.mode == "RGBA":
        image = _on_colour(image, WHITE)
    return _first_small(_attachment_attempts(image), MAX_ATTACHMENT_BYTES)


def _decode(file: UploadedFile, wanted: tuple[int, int]) -> Image.Image:
    """Return the first frame, upright, as RGB or RGBA."""
    if (file.size or 0) > MAX_BYTES:
        raise PictureError(_("This file is larger than 5 MB. Choose a smaller picture."))
    file.seek(0)
    start = file.read(1024)
    if not start:
        raise PictureError(_("This file is empty. Choose a picture."))
    file.seek(0)
    try:
        return _read_pixels(file, wanted)
    except BOMBS as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise PictureError(_explain_format(start)) from error
    except BROKEN as error:
        raise PictureError(
            _("This picture is damaged or incomplete. Open it, save it again and choose it anew.")
        ) from error


def _read_pixels(file: BinaryIO | UploadedFile, wanted: tuple[int, int]) -> Image.Image:
    with Image.open(file, formats=FORMATS) as image:
        # Only the header is read so far. Nothing is decoded before the size is known.
        is_jpeg = image.format in ("JPEG", "MPO")
        is_in_parts = is_jpeg and "progressive" not in image.info
        if image.width * image.height > (MAX_JPEG_PIXELS if is_in_parts else MAX_PIXELS):
            raise _too_many_pixels()
        if is_jpeg:
            image.draft("RGB", (wanted[0] * 2, wanted[1] * 2))
        turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
        # One at a time in each process, because a decoded picture takes up to 50 MB.
        with DECODING:
            image.load()
            small = _shrink(image, wanted)
        upright = small.transpose(turn) if turn is not None else small
    if max(upright.size) > MAX_RATIO * min(upright.size):
        raise PictureError(_("This picture is too long and narrow. Cut it or choose another."))
    if max(upright.size) < MIN_SIDE:
        raise PictureError(_("This picture is too small. It needs at least 32 pixels on a side."))
    plain = _in_plain_colours(upright)
    # Otherwise Pillow writes the comment of a JPEG into the new file too.
    plain.info.clear()
    return plain


def _shrink(image: Image.Image, wanted: tuple[int, int]) -> Image.Image:
    """Return a copy with at most four times the pixels that are wanted on each side.

    Everything after this copies the picture several times.
    """
    longest = 4 * max(wanted)
    if image.mode.startswith("I"):  # 16 bits
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    share = max(image.size) / longest
    return image.reduce(math.ceil(share)) if share > 1 else image.copy()


def _in_plain_colours(image: Image.Image) -> Image.Image:
    """Convert palettes and print colours to RGB, with transparency as RGBA."""
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        is_opaque = not any(with_alpha.getchannel("A").histogram()[:-1])
        return with_alpha.convert("RGB") if is_opaque else with_alpha
    return image.convert("RGB")


def _require_logo_shape(image: Image.Image) -> None:
    if image.mode == "RGBA" and image.getchannel("A").getbbox() is None:
        raise PictureError(_("This picture is empty: all of it is transparent."))


def _give_background(image: Image.Image) -> Image.Image:
    """Cut the empty border off, and put the rest on white, or on dark if it is light itself."""
    cut = image.crop(image.getchannel("A").getbbox())
    grey = cut.convert("L").resize((64, 64))
    weights = cut.getchannel("A").resize((64, 64))
    seen = [
        (value, weight)
        for value, weight in zip(grey.tobytes(), weights.tobytes(), strict=True)
        if weight
    ]
    total = sum(weight for _value, weight in seen) or 1
    brightness = sum(value * weight for value, weight in seen) / total
    colour = INK if brightness > LIGHT else WHITE
    margin = max(2, round(max(cut.size) * MARGIN))
    framed = ImageOps.expand(cut, border=margin, fill=(*colour, 0))
    return _on_colour(framed, colour)


def _on_colour(image: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    ground = Image.new("RGBA", image.size, (*colour, 255))
    return Image.alpha_composite(ground, image).convert("RGB")


def _first_small(attempts: Iterator[EncodedPicture], max_bytes: int) -> EncodedPicture:
    """Return the first encoding that is small enough. Later ones are not even made."""
    for encoded in attempts:
        if len(encoded.data) <= max_bytes:
            return encoded
    raise PictureError(_("This picture cannot be made small enough. Choose a simpler one."))


def _logo_attempts(image: Image.Image) -> Iterator[EncodedPicture]:
    """Yield encodings with ever fewer pixels and colours, the best-looking first."""
    for share in (1.0, 0.8, 0.65, 0.5, 0.35, 0.25):
        logo = _fit_within(image, (round(LOGO_SIZE[0] * share), round(LOGO_SIZE[1] * share)))
        for colours in (256, 64):
            yield _as_png(logo, colours)
        for quality in (85, 70):
            yield _encode(logo, "JPEG", quality=quality, optimize=True)


def _photo_attempts(image: Image.Image) -> Iterator[EncodedPicture]:
    for quality in (82, 70, 55, 40, 20, 5):
        yield _encode(image, "WEBP", quality=quality, method=6)


def _attachment_attempts(image: Image.Image) -> Iterator[EncodedPicture]:
    for share, quality in ((1.0, 80), (0.8, 70), (0.6, 60), (0.4, 50)):
        size = (round(ATTACHMENT_SIZE[0] * share), round(ATTACHMENT_SIZE[1] * share))
        yield _encode(_fit_within(image, size), "JPEG", quality=quality, optimize=True)


def _fit_within(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    smaller = image.copy()
    smaller.thumbnail(size, Image.Resampling.LANCZOS)
    return smaller


def _as_png(image: Image.Image, colours: int) -> EncodedPicture:
    return _encode(image.quantize(colours, dither=Image.Dither.NONE), "PNG", optimize=True)


def _encode(image: Image.Image, format: str, **options: int | bool) -> EncodedPicture:
    file = BytesIO()
    image.save(file, format, **options)
    return EncodedPicture(file.getvalue(), f"image/{format.lower()}", *image.size)


def _too_many_pixels() -> PictureError:
    return PictureError(_("This picture has too many pixels. Save it smaller and choose it again."))


def _explain_format(start: bytes) -> str:
    text = start.lower()
    if b"<svg" in text or text.lstrip().startswith(b"<?xml"):
        return _(
            "This is an SVG drawing, which can contain programs. Export it as PNG and choose that."
        )
    if start[4:8] == b"ftyp":
        return _("This is a photo of an iPhone (HEIC). Save it as JPEG and choose that file.")
    if start.startswith(b"GIF8"):
        return _("This is a GIF. Save it as PNG and choose that file.")
    if start.startswith(b"%PDF"):
        return _("This is a PDF. Export the logo as PNG and choose that file.")
    return _("This file is no picture that we can read. Choose a PNG, JPEG or WebP.")
