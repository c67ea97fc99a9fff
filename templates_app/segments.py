"""Count the segments that an SMS is split into, and write it with cheaper letters."""

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.accents import without_accents

Encoding = Literal["GSM-7", "UCS-2"]

# 3GPP TS 23.038. The escape code is left out, because texts cannot contain it as a character.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
GSM_7 = GSM_BASIC | GSM_EXTENSION


@dataclass(frozen=True)
class Capacity:
    """Number of units in a text of one segment, and in each segment of a longer text."""

    single: int
    joined: int


CAPACITY: dict[Encoding, Capacity] = {
    "GSM-7": Capacity(single=160, joined=153),
    "UCS-2": Capacity(single=70, joined=67),
}
FIRST_SUPPLEMENTARY = 0x10000


@dataclass(frozen=True)
class Segments:
    encoding: Encoding
    units: int
    count: int


def measure_text(text: str) -> Segments:
    """Return the encoding and length of a text. An empty text, which is never sent, has none."""
    encoding: Encoding = "GSM-7" if GSM_7.issuperset(text) else "UCS-2"
    units = _count_units(text, encoding)
    capacity = CAPACITY[encoding]
    if units <= capacity.single:
        return Segments(encoding, units, min(units, 1))
    if units == len(text):  # every character has one unit, so segments are filled completely
        return Segments(encoding, units, math.ceil(units / capacity.joined))
    widths = (_units_of_character(character, encoding) for character in text)
    return Segments(encoding, units, _count_segments(widths, capacity.joined))


def _count_units(text: str, encoding: Encoding) -> int:
    """Count the septets of GSM-7, where an escape precedes the extension, or UTF-16 units."""
    if encoding == "GSM-7":
        return len(text) + sum(map(text.count, GSM_EXTENSION))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _units_of_character(character: str, encoding: Encoding) -> int:
    if encoding == "GSM-7":
        return 2 if character in GSM_EXTENSION else 1
    return 2 if ord(character) >= FIRST_SUPPLEMENTARY else 1


def _count_segments(widths: Iterable[int], capacity: int) -> int:
    """Fill one segment after the other. Characters of two units are not split between two."""
    segments, used = 1, 0
    for width in widths:
        if used + width > capacity:
            segments, used = segments + 1, 0
        used += width
    return segments


# Characters that Unicode cannot decompose: typographic marks, and letters with a stroke.
_REPLACEMENTS = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\t\u00a0\u1680\u202f\u205f\u3000", " "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
    **dict.fromkeys("\u2028\u2029", "\n"),
    "…": "...",
    "•": "-",
    "·": ".",
    "‹": "<",
    "›": ">",
    "×": "x",
    "ª": "a",
    "º": "o",
    "œ": "oe",
    "Œ": "OE",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
}
_COMBINING_MARKS = frozenset(map(chr, range(0x0300, 0x0370)))


def plain_letters(text: str) -> str:
    """Replace characters that need UCS-2 with similar ones of GSM-7, if there are any."""
    return "".join(map(_replace_letter, unicodedata.normalize("NFC", text)))


def _replace_letter(character: str) -> str:
    """Return similar letters of GSM-7, or the character itself if there are none."""
    if character in GSM_7:
        return character
    if character in _REPLACEMENTS:
        return _REPLACEMENTS[character]
    if character in _COMBINING_MARKS:
        return ""
    letters = without_accents(character)
    return letters if letters and GSM_7.issuperset(letters) else character
