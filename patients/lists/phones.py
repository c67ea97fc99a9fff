"""Phones as people type them, to E.164 by the country of the practice."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberType

from patients.lists.words import NOTHING, plain


class PhoneKind(Enum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    INVALID = "invalid"
    EATEN = "eaten"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class ReadPhone:
    kind: PhoneKind
    number: str = ""


NO_PHONE = ReadPhone(PhoneKind.NOTHING)
INVALID = ReadPhone(PhoneKind.INVALID)

REACHED_BY_TEXT = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
BETWEEN_DIGITS = str.maketrans("", "", " -().\u00a0\u2010\u2011\u2012\u2013\u2014\t")

# A spreadsheet shows a long number like this, and saves as CSV what it shows.
SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d{1,2})", re.IGNORECASE)
FLOAT = re.compile(r"(\+?\d{7,15})[.,]0+")
EXTENSION = re.compile(
    r"(?<=\d)[\s,;(]*(?:extensi[oó]n|ext|anexo|int|interno|ramal|x|#)\.?:?\s*\d{1,6}\)?\s*$",
    re.IGNORECASE,
)
THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3}){2,}")
# Dialled until 2019 before a mobile number, and still in many address books.
FORMERLY = {"MX": re.compile(r"^(?:(?:\+|00)?52\D{0,3}1\D{0,3}|04[45]\D{0,3})(?=\d(?:\D?\d){9}$)")}
SPLIT_BY_LETTER = re.compile(r"\d[^\W\d_]+\d")
APART = re.compile(r"\s*(?:[/;,|\n&]|\by/o\b|\b(?:o|y|e|or|and|ou)\b|\s-\s)\s*", re.IGNORECASE)
CANDIDATE = re.compile(r"\+?\(?\+?\d[\d\s().+\-\u2010-\u2015]*")
LONGEST = 15


class PhoneReader:
    """One country's way with numbers."""

    def __init__(self, country: str) -> None:
        self.country = country
        self.fast, self.code = _fast_path(country)
        self.formerly = FORMERLY.get(country)

    def usual(self, text: str) -> str:
        """The number when it is one mobile of the country, as most people write it; else empty."""
        found = self.fast.fullmatch(text.translate(BETWEEN_DIGITS))
        return f"+{self.code}{found[1]}" if found and text[-2:] != ".0" else ""

    def read(self, text: str) -> ReadPhone:
        """The first mobile number in the text, else its landline, else what is wrong with it."""
        usual = self.usual(text)
        return ReadPhone(PhoneKind.MOBILE, usual) if usual else self.read_slowly(text)

    def read_slowly(self, text: str) -> ReadPhone:
        if plain(text) in NOTHING or not text.strip("0 .-()+/"):
            return NO_PHONE
        text = unicodedata.normalize("NFKC", text[:200]).strip()
        if scientific := SCIENTIFIC.fullmatch(text):
            digits, places = scientific[1] + (scientific[2] or ""), int(scientific[3])
            if len(digits) != places + 1:
                return ReadPhone(PhoneKind.EATEN)
            text = digits
        if whole := FLOAT.fullmatch(text):
            text = whole[1]
        elif THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
        text = EXTENSION.sub("", text)
        if SPLIT_BY_LETTER.search(text):
            return INVALID
        found = [phone for piece in _pieces(text) if (phone := self._one(piece))]
        mobiles = [phone for phone in found if phone.kind is PhoneKind.MOBILE]
        return (mobiles or found or [INVALID])[0]

    def _one(self, text: str) -> ReadPhone | None:
        if text.startswith("00"):
            # The way out of most countries; people write it in those with another one, too.
            text = f"+{text[2:]}"
        if self.formerly:
            text = self.formerly.sub("", text, count=1)
        try:
            number = phonenumbers.parse(text, self.country)
        except NumberParseException:
            return None
        if not phonenumbers.is_valid_number(number):
            return None
        if phonenumbers.number_type(number) not in REACHED_BY_TEXT:
            return ReadPhone(PhoneKind.LANDLINE)
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return ReadPhone(PhoneKind.MOBILE, written)


def _pieces(text: str) -> list[str]:
    """Every stretch that may be one number: the whole first, then what separators part."""
    candidates = [piece.strip() for piece in CANDIDATE.findall(text)]
    parted = [piece.strip() for part in APART.split(text) for piece in CANDIDATE.findall(part)]
    pieces = candidates + [piece for piece in parted if piece not in candidates]
    for piece in candidates:
        if sum(map(str.isdigit, piece)) > LONGEST:
            pieces += _halves(piece)
    return pieces[:40]


def _halves(text: str) -> list[str]:
    """Two numbers with nothing but a blank or a hyphen between them."""
    cuts = [found.start() for found in re.finditer(r"[\s\-]+", text)][:10]
    return [half.strip() for cut in cuts for half in (text[:cut], text[cut:].lstrip(" -"))]


def _fast_path(country: str) -> tuple[re.Pattern[str], int]:
    """The country's own mobile numbers as most people write them, without parsing."""
    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is None or not metadata.mobile or not metadata.mobile.national_number_pattern:
        return re.compile(r"(?!)"), 0
    code, trunk = metadata.country_code, metadata.national_prefix
    if metadata.national_prefix_for_parsing != trunk:
        trunk = None  # a carrier's code may follow it, which takes a closer look
    mobile = re.sub(r"\((?!\?)", "(?:", metadata.mobile.national_number_pattern)
    before = rf"(?:\+{code}|00{code}" + (f"|{trunk}" if trunk else "") + ")?"
    return re.compile(f"{before}({mobile})"), code or 0
