"""Split a reply into words with their places, so that findings can quote it as it is written."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviews.gate.spelling import fold

# Zero-width characters, soft hyphens and combining accents belong to the word around them.
INVISIBLE = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u0300-\u036f\ufe0f\u20e3"
WORD = re.compile(rf"[^\W_](?:[{INVISIBLE}]*(?:['’ʼ`´][{INVISIBLE}]*)?[^\W_])*[{INVISIBLE}]*")
AFTER_LAST_LETTER = re.compile(rf"[{INVISIBLE}]+$")
SENTENCE_END = re.compile(r"[.!?…;¡¿]|\n\s*\n")
CAMEL_CASE = re.compile(r"(?<=[a-zà-ÿ]{3})(?=[A-ZÀ-Þ][a-zà-ÿ]{2})")
ABBREVIATIONS = frozenset(
    (
        "dr",
        "dra",
        "drs",
        "dras",
        "sr",
        "sra",
        "srs",
        "sras",
        "srta",
        "lic",
        "licda",
        "ing",
        "enf",
        "od",
        "odont",
        "psic",
        "obst",
        "prof",
        "profa",
        "mr",
        "mrs",
        "ms",
        "st",
        "sto",
        "sta",
        "av",
    )
)
FEWEST_SPACED_LETTERS, MOST_SPACED_LETTERS = 3, 60


@dataclass(frozen=True, slots=True)
class Token:
    written: str
    folded: str
    forms: tuple[str, ...]
    start: int
    end: int
    gap: str  # what is between this word and the one before it
    starts_sentence: bool

    @property
    def last_letter(self) -> str:
        """Return the last letter with its accent, in lower case."""
        return AFTER_LAST_LETTER.sub("", unicodedata.normalize("NFC", self.written.lower()))[-1:]

    @property
    def is_capital(self) -> bool:
        return self.written[0].isupper()

    @property
    def is_shouted(self) -> bool:
        return self.written.isupper() and len(self.written) > 1


def split(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield words with their places. Letters that were spaced out are one word again."""
    pending: list[tuple[str, int, int]] = []
    for match in WORD.finditer(text):
        parts = list(_parts(match[0], match.start()))
        if len(fold(match[0])) == 1 and (
            not pending or match.start() - pending[-1][2] <= 2  # noqa: PLR2004
        ):
            pending += parts
            continue
        yield from _joined(pending)
        pending = parts if len(fold(match[0])) == 1 else []
        if not pending:
            yield from parts
    yield from _joined(pending)


def _parts(word: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Split "GraciasAndrés" as hashtags are written."""
    for part in CAMEL_CASE.split(word):
        yield part, start, start + len(part)
        start += len(part)


def _joined(letters: Sequence[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    are_letters = all(word[0].isalpha() for word, *_ in letters)
    if not FEWEST_SPACED_LETTERS <= len(letters) <= MOST_SPACED_LETTERS or not are_letters:
        yield from letters
        return
    start, end = letters[0][1], letters[-1][2]
    yield "".join(word for word, *_ in letters), start, end


def is_sentence_end(gap: str, before: str) -> bool:
    if gap == " " or not gap:
        return False
    if gap.strip() == "." and (before in ABBREVIATIONS or len(before) == 1):
        return False
    return bool(SENTENCE_END.search(gap))
