"""Remove from a text what identifies people, before it is sent to the provider.

Names that we were not told cannot be found. The page on which an owner agrees says so.
"""

import re
import unicodedata
from collections.abc import Iterable

from workspaces.vetting.plain_names import find_address

PATIENT, PERSON = "[PATIENT]", "[PERSON]"
PHONE, EMAIL, LINK, NUMBER = "[PHONE]", "[EMAIL]", "[LINK]", "[NUMBER]"
MASKS = (PATIENT, PERSON, PHONE, EMAIL, LINK, NUMBER)
MAX_LENGTH = 1_000

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.[a-z]{2,12}/\S*")
# Digits with the signs that people write between them: phones, identity cards, record numbers.
_DIGITS = re.compile(r"\+?\d(?:[ ().·/-]{0,2}\d){5,}")
# "Dr. Pérez", "doctora Ana María Ruiz": a title, and the words with a capital letter behind it.
_TITLED = re.compile(
    r"\b(?P<title>[Dd](?:ra?|octora?)s?\.?|[Ss]r(?:a|ta)?\.?|[Ll]ic(?:da)?\.?|[Dd]on|[Dd]oña|Mrs?\.?|Ms\.?)"
    r"\s+(?:[A-ZÁÉÍÓÚÑÜ][\w'’-]+)(?:\s+[A-ZÁÉÍÓÚÑÜ][\w'’-]+){0,3}"
)
# Shorter parts, such as "de" and "la", are ordinary words.
MIN_NAME_PART = 3


def mask_text(text: str, *, patient: str = "", others: Iterable[str] = ()) -> str:
    """Return the visible letters of a text, with names, addresses and long numbers masked."""
    text = _visible_letters(text)[:MAX_LENGTH]
    text = _EMAIL.sub(EMAIL, text)
    text = _LINK.sub(LINK, text)
    text = _mask_disguised_addresses(text)
    text = _DIGITS.sub(lambda found: PHONE if len(_digits(found[0])) >= 7 else NUMBER, text)  # noqa: PLR2004
    text = _mask_name(text, patient, PATIENT)
    text = _mask_name(text, " ".join(others), PERSON)
    return _TITLED.sub(rf"\g<title> {PERSON}", text)


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
    parts = [part for part in re.split(r"[\s,]+", name) if len(part) >= MIN_NAME_PART]
    if not parts:
        return text
    alternatives = "|".join(_with_any_accents(part) for part in parts)
    whole = re.compile(rf"\b(?:{alternatives})\b(?:\s+(?:{alternatives})\b)*", re.IGNORECASE)
    return whole.sub(mask, text)


def _with_any_accents(word: str) -> str:
    """Return a pattern for a word that also finds it without its accents, or with others."""
    letters = unicodedata.normalize("NFD", word)
    plain = [letter for letter in letters if not unicodedata.combining(letter)]
    return "".join(
        f"[{_accented(letter)}]" if letter.isalpha() else re.escape(letter) for letter in plain
    )


def _accented(letter: str) -> str:
    same = {"a": "aáàâãä", "e": "eéèêë", "i": "iíìîï", "o": "oóòôõö", "u": "uúùûü"}
    same |= {"n": "nñ", "c": "cç"}
    return same.get(letter.lower(), letter)


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
