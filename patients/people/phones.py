"""Read phone numbers as people type them, into E.164, by the country of the practice."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberType

from patients.people.words import NOTHING, plain


class PhoneKind(Enum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    INVALID = "invalid"
    EATEN = "eaten"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class ParsedPhone:
    kind: PhoneKind
    number: str = ""


NO_PHONE = ParsedPhone(PhoneKind.NOTHING)
INVALID = ParsedPhone(PhoneKind.INVALID)

REACHED_BY_TEXT = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
BETWEEN_DIGITS = str.maketrans("", "", " -().\u00a0\u2010\u2011\u2012\u2013\u2014\t")

# A spreadsheet saves a long number as 9.87654E+08 to a CSV, so that its last digits are lost.
SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d{1,2})", re.IGNORECASE)
FLOAT = re.compile(r"(\+?\d{7,15})[.,]0+")
EXTENSION = re.compile(
    r"(?<=\d)[\s,;(]*(?:extensi[oó]n|ext|anexo|int|interno|ramal|x|#)\.?:?\s*\d{1,6}\)?\s*$",
    re.IGNORECASE,
)
THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3}){2,}")
# Dialled before a mobile number until 2019, and still in many address books.
OLD_PREFIXES = {
    "MX": re.compile(r"^(?:(?:\+|00)?52\D{0,3}1\D{0,3}|04[45]\D{0,3})(?=\d(?:\D?\d){9}$)")
}
SPLIT_BY_LETTER = re.compile(r"\d[^\W\d_]+\d")
SEPARATORS = re.compile(r"\s*(?:[/;,|\n&]|\by/o\b|\b(?:o|y|e|or|and|ou)\b|\s-\s)\s*", re.IGNORECASE)
CANDIDATE = re.compile(r"\+?\(?\+?\d[\d\s().+\-\u2010-\u2015]*")
MAX_DIGITS = 15


class PhoneReader:
    """Reads the numbers of one country."""

    def __init__(self, country: str) -> None:
        self.country = country
        self.common_form, self.code = _compile_common_form(country)
        self.old_prefix = OLD_PREFIXES.get(country)

    def read_common_form(self, text: str) -> str:
        """Return the number if it is one mobile of the country in its usual form, else "".

        Nearly all numbers of a list are, and this is much faster than parsing them.
        """
        match = self.common_form.fullmatch(text.translate(BETWEEN_DIGITS))
        return f"+{self.code}{match[1]}" if match and text[-2:] != ".0" else ""

    def read(self, text: str) -> ParsedPhone:
        """Return the first mobile number in the text, else its landline, else what is wrong."""
        number = self.read_common_form(text)
        return ParsedPhone(PhoneKind.MOBILE, number) if number else self.read_any_form(text)

    def read_any_form(self, text: str) -> ParsedPhone:
        if plain(text) in NOTHING or not text.strip("0 .-()+/"):
            return NO_PHONE
        text = unicodedata.normalize("NFKC", text[:200]).strip()
        if scientific := SCIENTIFIC.fullmatch(text):
            digits, exponent = scientific[1] + (scientific[2] or ""), int(scientific[3])
            if len(digits) != exponent + 1:
                return ParsedPhone(PhoneKind.EATEN)
            text = digits
        if whole := FLOAT.fullmatch(text):
            text = whole[1]
        elif THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
        text = EXTENSION.sub("", text)
        if SPLIT_BY_LETTER.search(text):
            return INVALID
        phones = [phone for piece in _split_into_candidates(text) if (phone := self._parse(piece))]
        mobiles = [phone for phone in phones if phone.kind is PhoneKind.MOBILE]
        return (mobiles or phones or [INVALID])[0]

    def _parse(self, text: str) -> ParsedPhone | None:
        if text.startswith("00"):
            # The international prefix of most countries. People use it in the others, too.
            text = f"+{text[2:]}"
        if self.old_prefix:
            text = self.old_prefix.sub("", text, count=1)
        try:
            number = phonenumbers.parse(text, self.country)
        except NumberParseException:
            return None
        if not phonenumbers.is_valid_number(number):
            return None
        if phonenumbers.number_type(number) not in REACHED_BY_TEXT:
            return ParsedPhone(PhoneKind.LANDLINE)
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return ParsedPhone(PhoneKind.MOBILE, written)


def _split_into_candidates(text: str) -> list[str]:
    """Return the parts that may be one number: the longest first, then those between separators."""
    candidates = [piece.strip() for piece in CANDIDATE.findall(text)]
    parts = [piece.strip() for part in SEPARATORS.split(text) for piece in CANDIDATE.findall(part)]
    pieces = candidates + [piece for piece in parts if piece not in candidates]
    for piece in candidates:
        if sum(map(str.isdigit, piece)) > MAX_DIGITS:
            pieces += _halves(piece)
    return pieces[:40]


def _halves(text: str) -> list[str]:
    """Split two numbers that have only a blank or a hyphen between them, at each such place."""
    cuts = [match.start() for match in re.finditer(r"[\s\-]+", text)][:10]
    return [half.strip() for cut in cuts for half in (text[:cut], text[cut:].lstrip(" -"))]


def _compile_common_form(country: str) -> tuple[re.Pattern[str], int]:
    """Return a pattern of the country's mobile numbers, and the country's calling code."""
    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is None or not metadata.mobile or not metadata.mobile.national_number_pattern:
        return re.compile(r"(?!)"), 0
    code, trunk = metadata.country_code, metadata.national_prefix
    if metadata.national_prefix_for_parsing != trunk:
        trunk = None  # a carrier code may follow it, which only the full parser knows
    mobile = re.sub(r"\((?!\?)", "(?:", metadata.mobile.national_number_pattern)
    before = rf"(?:\+{code}|00{code}" + (f"|{trunk}" if trunk else "") + ")?"
    return re.compile(f"{before}({mobile})"), code or 0
