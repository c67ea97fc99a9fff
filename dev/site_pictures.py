"""Draw the icons and the picture for links of the product, from the shapes of favicon.svg.

`python -m dev.site_pictures` writes them to config/static. Run it after a change of the logo.
"""

from importlib.resources import files
from math import acos, cos, hypot, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

STATIC = Path(__file__).resolve().parent.parent / "config" / "static"
PAPER, BRAND, SMILE, SPARK = "#f8f4ec", "#14605a", "#fffdf9", "#e0654c"
INK, SOFT, STAR = "#1a2e2b", "#52625d", "#c9791a"
# Drawn larger and then made smaller, because Pillow draws polygons with hard edges.
SCALE = 4
Point = tuple[float, float]


def main() -> None:
    draw_icon(32, background=None).save(STATIC / "favicon-32.png", optimize=True)
    draw_icon(48, background=None).save(
        STATIC / "favicon.ico", sizes=[(16, 16), (32, 32), (48, 48)]
    )
    draw_icon(180, background=PAPER, margin=0.12).convert("RGB").save(
        STATIC / "apple-touch-icon.png", optimize=True
    )
    # Launchers cut a maskable icon into any shape within four fifths of its width.
    for size in (192, 512):
        draw_icon(size, background=PAPER, margin=0.2).convert("RGB").save(
            STATIC / f"icon-{size}.png", optimize=True
        )
    draw_link_card().save(STATIC / "link-card.png", optimize=True)


def draw_icon(size: int, *, background: str | None, margin: float = 0) -> Image.Image:
    """Draw the logo. `margin` is the share of the width that stays empty on each side."""
    image = Image.new("RGBA", (size * SCALE, size * SCALE), background or (0, 0, 0, 0))
    draw_logo(image, left=size * SCALE * margin, width=size * SCALE * (1 - 2 * margin))
    return image.resize((size, size), Image.Resampling.LANCZOS)


def draw_logo(image: Image.Image, *, left: float, width: float, top: float | None = None) -> None:
    """Draw favicon.svg, whose grid is 32 wide."""
    unit = width / 32
    above = left if top is None else top

    def place(point: Point) -> Point:
        return left + point[0] * unit, above + point[1] * unit

    def circle(at: Point, radius: float, colour: str) -> None:
        x, y = place(at)
        reach = radius * unit
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)

    draw = ImageDraw.Draw(image)
    draw.polygon([place(point) for point in bubble()], fill=BRAND)
    for point in smile():
        circle(point, 1.3, SMILE)
    circle((26, 6), 5.5, PAPER)
    circle((26, 6), 3.75, SPARK)


def bubble() -> list[Point]:
    """M10 4h11a8 8 0 0 1 8 8v5a8 8 0 0 1-8 8h-6.5L8 30v-5.2A8 8 0 0 1 3 17v-6a7 7 0 0 1 7-7z"""
    return [
        *arc((21, 4), (29, 12), 8),
        *arc((29, 17), (21, 25), 8),
        (14.5, 25),
        (8, 30),
        *arc((8, 24.8), (3, 17), 8),
        *arc((3, 11), (10, 4), 7),
    ]


def smile() -> list[Point]:
    """M9.5 14.5c1.3 3 3.7 4.5 6.5 4.5s5.2-1.5 6.5-4.5"""
    left = curve((9.5, 14.5), (10.8, 17.5), (13.2, 19), (16, 19))
    return left + curve((16, 19), (18.8, 19), (21.2, 17.5), (22.5, 14.5))


def arc(start: Point, end: Point, radius: float) -> list[Point]:
    """Return points on the shorter arc that turns clockwise, as SVG's flags 0 1 do."""
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    across = (end[0] - start[0], end[1] - start[1])
    chord = hypot(*across)
    to_centre = (max(radius**2 - chord**2 / 4, 0)) ** 0.5
    centre = (middle[0] - across[1] / chord * to_centre, middle[1] + across[0] / chord * to_centre)
    first = acos(max(-1, min(1, (start[0] - centre[0]) / radius)))
    first = first if start[1] >= centre[1] else -first
    turn = 2 * acos(max(-1, min(1, to_centre / radius)))
    angles = [first + turn * step / 24 for step in range(25)]
    return [(centre[0] + radius * cos(a), centre[1] + radius * sin(a)) for a in angles]


def curve(start: Point, first: Point, second: Point, end: Point) -> list[Point]:
    """Return points on a cubic Bézier curve, close enough to draw it as a row of circles."""
    points = []
    for step in range(201):
        t = step / 200
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        corners = (start, first, second, end)
        points.append(
            (
                sum(w * corner[0] for w, corner in zip(weights, corners, strict=True)),
                sum(w * corner[1] for w, corner in zip(weights, corners, strict=True)),
            )
        )
    return points


def draw_link_card() -> Image.Image:
    """Draw the picture that messengers show for a link to the site, without words."""
    scale = 2
    image = Image.new("RGB", (1200 * scale, 630 * scale), PAPER)
    draw_logo(image, left=490 * scale, width=220 * scale, top=90 * scale)
    draw = ImageDraw.Draw(image)
    path = files("font_source_serif_pro") / "files" / "SourceSerifPro-Semibold.ttf"
    font = ImageFont.truetype(str(path), 92 * scale)
    draw.text((600 * scale, 400 * scale), "Reputation Manager", font=font, fill=INK, anchor="mm")
    for number in range(5):
        centre = (600 + (number - 2) * 66) * scale
        draw.polygon(star(centre, 515 * scale, 29 * scale), fill=STAR)
    return image.resize((1200, 630), Image.Resampling.LANCZOS).quantize(128)


def star(x: float, y: float, radius: float) -> list[Point]:
    reaches = [radius if number % 2 == 0 else radius * 0.45 for number in range(10)]
    return [
        (x + reach * sin(number * pi / 5), y - reach * cos(number * pi / 5))
        for number, reach in enumerate(reaches)
    ]


if __name__ == "__main__":
    main()
