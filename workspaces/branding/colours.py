"""Derive readable colours from the colour that a clinic chose.

Text needs a contrast of 4.5 to its background (WCAG AA). The chosen colour is darkened for the
light theme and lightened for the dark one until it has that contrast, and no further.
"""

import re
from dataclasses import dataclass

COLOUR = re.compile(r"#[0-9a-f]{6}")
DEFAULT = "#14605a"
AA = 4.5
STEPS = 50
BLACK, WHITE, INK = "#000000", "#ffffff", "#10201d"
# The backgrounds on which the colour has text, and those of text in the colour. Also in
# messaging/static/messaging/patient.css, and a test compares them.
LIGHT_PAPER, DARK_PAPER = "#f8f4ec", "#182523"


@dataclass(frozen=True)
class Accent:
    """A readable form of the colour in one theme, and the colour of text on it."""

    colour: str
    hover: str
    text: str


@dataclass(frozen=True)
class Palette:
    chosen: str
    light: Accent
    dark: Accent

    @property
    def was_darkened(self) -> bool:
        return self.light.colour != self.chosen


# Our own colours were chosen by hand.
STANDARD = Palette(
    DEFAULT, Accent(DEFAULT, "#0d4640", WHITE), Accent("#7ccfc0", "#a5e0d5", "#10201d")
)


def derive_palette(colour: str) -> Palette:
    """Return the readable colours for both themes. `colour` is like `#14605a`."""
    if colour == DEFAULT:
        return STANDARD
    light = move_until_readable(colour, towards=BLACK, on=LIGHT_PAPER)
    dark = move_until_readable(colour, towards=WHITE, on=DARK_PAPER)
    return Palette(
        colour,
        # White on the darkened colour has more contrast than the colour has on paper.
        Accent(light, mix(light, BLACK, 0.25), WHITE),
        Accent(dark, mix(dark, WHITE, 0.3), INK),
    )


def move_until_readable(colour: str, *, towards: str, on: str) -> str:
    """Mix the colour with black or white until it is readable on the background."""
    for step in range(STEPS + 1):
        moved = mix(colour, towards, step / STEPS)
        if contrast(moved, on) >= AA:
            return moved
    return towards


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """Return the colour with a share of the other one, from 0 to 1."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    mixed = (round(one + (two - one) * share) for one, two in pairs)
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    """Undo the gamma of sRGB."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
