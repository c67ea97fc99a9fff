"""The picture of a public report that messengers and networks show beside a link to it."""

import hashlib
from base64 import b64decode, b64encode
from functools import cache
from importlib.resources import files
from io import BytesIO
from math import cos, pi, sin
from typing import NamedTuple

from django.core.cache import cache as django_cache
from django.utils import translation
from django.utils.formats import number_format
from PIL import Image, ImageDraw, ImageFont

from insights.sharing.reports import ReportSummary
from insights.sharing.texts import report_texts

WIDTH, HEIGHT = 1200, 630
# Drawn at twice the size and then made smaller, because Pillow draws polygons with hard edges.
SCALE = 2
MARGIN = 90
PAPER, SURFACE, LINE = "#f8f4ec", "#fffdf9", "#e4dbca"
INK, SOFT, BRAND, STAR = "#1a2e2b", "#52625d", "#14605a", "#c9791a"
DAY = 24 * 3600
STARS = 5
# Part of the version, so that a new design replaces cached pictures.
DESIGN = 1


class Lettering(NamedTuple):
    package: str
    file: str
    size: int


def _serif(size: int) -> Lettering:
    return Lettering("font_source_serif_pro", "SourceSerifPro-Semibold.ttf", size)


def _sans(size: int) -> Lettering:
    return Lettering("font_manrope", "Manrope-Medium.ttf", size)


def version_of(summary: ReportSummary) -> str:
    """Return a digest of what the picture shows. It is part of the picture's address.

    Messengers keep a picture for weeks, so another average needs another address.
    """
    practice = summary.practice
    shown = (DESIGN, practice.name, practice.city, summary.language, summary.average)
    return hashlib.sha256(repr((*shown, summary.figures.rated)).encode()).hexdigest()[:12]


def read_card(summary: ReportSummary) -> bytes:
    """Return the picture as PNG, from the cache if it was drawn already."""
    key = f"link-card:{summary.token}:{version_of(summary)}"
    kept: str | None = django_cache.get(key)
    if kept is not None:
        return b64decode(kept)
    picture = draw_card(summary)
    # The cache stores JSON, which has no bytes.
    django_cache.set(key, b64encode(picture).decode(), DAY)
    return picture


def draw_card(summary: ReportSummary) -> bytes:
    words = report_texts(summary.language)
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
    draw = ImageDraw.Draw(image)
    _rectangle(draw, (40, 40, WIDTH - 40, HEIGHT - 40))
    top = _draw_name(draw, summary.practice.name)
    if summary.practice.city:
        _text(draw, (MARGIN, top), summary.practice.city, _sans(34), SOFT)
    if summary.has_enough:
        with translation.override(summary.language):
            average, rated = number_format(summary.average, 1), number_format(summary.figures.rated)
        _text(draw, (MARGIN, 300), average, _serif(150), INK)
        _draw_stars(image, (MARGIN + 270, 330), 76, summary.average)
        _text(draw, (MARGIN + 272, 426), f"{rated} {words['ratings']}", _sans(32), SOFT)
    else:
        _draw_stars(image, (MARGIN, 350), 76, 0)
        _text(draw, (MARGIN, 450), words["few"], _sans(32), SOFT)
    _text(draw, (MARGIN, 526), "Reputation Manager", _sans(26), BRAND)
    buffer = BytesIO()
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    # A few colours are enough, and make the file a third of its size.
    small.quantize(128).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _draw_name(draw: ImageDraw.ImageDraw, name: str) -> int:
    """Draw the name on one line or two. Return where the next line begins."""
    size, lines = 72, _wrap(name, _font(_serif(72)))
    if len(lines) > 1:
        size, lines = 56, _wrap(name, _font(_serif(56)))
    if len(lines) > 2:  # noqa: PLR2004
        lines = [lines[0], f"{lines[1]} …"]
    for number, line in enumerate(lines):
        _text(draw, (MARGIN, 84 + number * (size + 10)), line, _serif(size), INK)
    return 84 + len(lines) * (size + 10) + 16


def _wrap(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """Break a text into lines. A word that is too long for a line is cut."""
    widest = (WIDTH - 2 * MARGIN - 40) * SCALE
    lines = [""]
    for word in text.split():
        while font.getlength(word) > widest:
            word = word[:-1]  # noqa: PLW2901
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= widest:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _draw_stars(image: Image.Image, at: tuple[int, int], size: int, average: float) -> None:
    """Draw five stars and fill them from the left, as far as the average."""
    step = round(size * 1.12)
    mask = Image.new("L", (step * STARS * SCALE, size * SCALE), 0)
    shape = ImageDraw.Draw(mask)
    for number in range(STARS):
        shape.polygon(star_points(number * step + size / 2, size / 2, size / 2, SCALE), fill=255)
    whole = int(average)
    filled = (whole * step + (average - whole) * size) * SCALE
    colours = Image.new("RGB", mask.size, LINE)
    if average:
        ImageDraw.Draw(colours).rectangle((0, 0, filled, mask.height), fill=STAR)
    image.paste(colours, (at[0] * SCALE, at[1] * SCALE), mask)


def star_points(x: float, y: float, radius: float, scale: float = 1) -> list[tuple[float, float]]:
    """Return the ten corners of a star, the top one first."""
    corners = []
    for number in range(10):
        reach = radius if number % 2 == 0 else radius * 0.45
        angle = number * pi / 5
        corners.append(((x + reach * sin(angle)) * scale, (y - reach * cos(angle)) * scale))
    return corners


def _rectangle(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    scaled = tuple(side * SCALE for side in box)
    draw.rounded_rectangle(scaled, radius=28 * SCALE, fill=SURFACE, outline=LINE, width=2 * SCALE)


def _text(
    draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, lettering: Lettering, colour: str
) -> None:
    draw.text((at[0] * SCALE, at[1] * SCALE), text, font=_font(lettering), fill=colour)


@cache
def _font(lettering: Lettering) -> ImageFont.FreeTypeFont:
    path = files(lettering.package) / "files" / lettering.file
    return ImageFont.truetype(str(path), lettering.size * SCALE)
