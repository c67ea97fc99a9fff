"""Which letters can be printed. PDF/UA refuses a page with a letter that its typefaces lack.

Patients write pictures, other scripts and characters that turn the direction of a line. On paper
they would be empty boxes at best.
"""

import re
import unicodedata
from functools import cache

import font_manrope
from fontTools.ttLib import TTFont

# Manrope is the typeface of all texts, or the one that is used where the serif lacks a letter.
FONT = f"{font_manrope.font_directory}/Manrope-Regular.ttf"
NARROW_SPACE, SPACE = "\u202f", "\u00a0"


@cache
def printable_letters() -> frozenset[str]:
    with TTFont(FONT, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def to_printable(text: str) -> str:
    """Return the text on one line, without the characters that cannot be printed."""
    known = printable_letters()
    composed = unicodedata.normalize("NFC", text).replace(NARROW_SPACE, SPACE)
    kept = "".join(letter for letter in re.sub(r"\s", _to_space, composed) if letter in known)
    return re.sub(r" {2,}", " ", kept).strip()


def has_unprintable_words(text: str) -> bool:
    """Return whether letters would be lost, and not only pictures."""
    known = printable_letters()
    return any(
        letter.isalpha() and letter not in known for letter in unicodedata.normalize("NFC", text)
    )


def _to_space(match: re.Match[str]) -> str:
    return SPACE if match[0] == SPACE else " "
