"""Remove from a text what identifies people, before it is sent to the provider.

Names that we were not told cannot be found. The page on which an owner agrees says so.
"""

import re
import unicodedata
from collections.abc import Iterable

from core.accents import without_accents
from workspaces.vetting.plain_names import find_address

PATIENT, PERSON = "[PATIENT]", "[PERSON]"
PHONE, EMAIL, LINK, NUMBER = "[PHONE]", "[EMAIL]", "[LINK]", "[NUMBER]"
MASKS = (PATIENT, PERSON, PHONE, EMAIL, LINK, NUMBER)
MAX_LENGTH = 1_000

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.[a-z]{2,12}/\S*")
# Digits with the signs that people write between them: phones, identity cards, record numbers.
LONG_NUMBER = r"\d(?:[\s().,·*_/:+\u2010-\u2015-]{0,3}\d){5,}"
_DIGITS = re.compile(rf"\+?{LONG_NUMBER}")
# "Dr. Pérez", "doctora Ana María Ruiz": a title, and the words with a capital letter behind it.
_TITLED = re.compile(
    r"\b(?P<title>(?i:d(?:ra?|octora?)s?|s(?:ra?|rta)|lic(?:da)?|don|doña|mrs?|ms))"
    r"(?P<mark>\.\s*|\s+)(?:[A-ZÁÉÍÓÚÑÜ][\w'’-]+)(?:\s+[A-ZÁÉÍÓÚÑÜ][\w'’-]+){0,3}"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Shorter parts of a name are also ordinary words, so they are masked only with a capital letter.
MIN_NAME_PART = 3
# Parts of names that are ordinary words, and titles.
_NO_NAMES = frozenset(
    [
        "de",
        "la",
        "del",
        "los",
        "las",
        "da",
        "do",
        "dos",
        "das",
        "di",
        "van",
        "von",
        "y",
        "e",
        "dr",
        "dra",
        "sr",
        "sra",
        "srta",
    ]
)
# Letters that have no plain form in Unicode.
_PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "’": "'"})


def mask_text(text: str, *, patient: str = "", others: Iterable[str] = ()) -> str:
    """Return the visible letters of a text, with names, addresses and long numbers masked."""
    text = _visible_letters(text)[:MAX_LENGTH]
    text = _EMAIL.sub(EMAIL, text)
    text = _LINK.sub(LINK, text)
    text = _mask_disguised_addresses(text)
    text = _DIGITS.sub(lambda found: PHONE if len(_digits(found[0])) >= 7 else NUMBER, text)  # noqa: PLR2004
    text = _mask_name(text, patient, PATIENT)
    text = _mask_name(text, " ".join(others), PERSON)
    return _TITLED.sub(rf"\g<title>\g<mark>{PERSON}", text)


def contains_mask(text: str) -> bool:
    return any(mask in text for mask in MASKS)


def _visible_letters(text: str) -> str:
    """Drop invisible characters, which can hide instructions, and turn digits into plain ones."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(
        letter
        for letter in plain
        if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cf", "Co", "Cn", "Cs"}
    ).strip()


def _mask_disguised_addresses(text: str) -> str:
    """Replace a line with an address that only `find_address` recognises, such as "a (dot) com"."""
    return "\n".join(LINK if find_address(line) else line for line in text.split("\n"))


def _mask_name(text: str, name: str, mask: str) -> str:
    """Replace each run of words that are parts of the name, however they are written."""
    parts = _name_parts(name)
    pieces: list[str] = []
    end = 0
    for word in _WORD.finditer(text):
        if not _is_part(word[0], parts):
            continue
        between = text[end : word.start()]
        is_next = bool(pieces) and pieces[-1] == mask and not between.strip(" \t-")
        pieces += [] if is_next else [between, mask]
        end = word.end()
    return "".join([*pieces, text[end:]])


def _name_parts(name: str) -> frozenset[str]:
    words = {_fold(word) for word in _WORD.findall(name)}
    return frozenset(words | {part for word in words for part in word.split("'")}) - _NO_NAMES


def _is_part(word: str, parts: frozenset[str]) -> bool:
    key = _fold(word)
    return key in parts and (len(key) >= MIN_NAME_PART or (len(key) > 1 and word[0].isupper()))


def _fold(word: str) -> str:
    """Return the word in small letters without accents: "JOSÉ" and "jose" are equal."""
    plain = without_accents(unicodedata.normalize("NFKD", word.casefold()))
    return plain.translate(_PLAIN_LETTERS)


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
