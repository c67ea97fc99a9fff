"""Names of people, and the words around them, from `names.txt`."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.accents import without_accents

NAMES_FILE = Path(__file__).with_name("names.txt")


@dataclass(frozen=True)
class NameWords:
    """The sections of the file. Names that are words too count only with a capital or a title."""

    names: frozenset[str]
    words_too: frozenset[str]
    doctor_titles: frozenset[str]
    other_titles: frozenset[str]
    particles: frozenset[str]
    safe: frozenset[str]

    @property
    def titles(self) -> frozenset[str]:
        return self.doctor_titles | self.other_titles


@cache
def load_words() -> NameWords:
    lines = NAMES_FILE.read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    _empty, *sections = re.split(r"^\[.*\]$", text, flags=re.MULTILINE)
    return NameWords(*(frozenset(section.split()) for section in sections))


def fold(word: str) -> str:
    """Return the word without accents, case and width, so that "JOSÉ" and "jose" are equal."""
    plain = without_accents(unicodedata.normalize("NFKD", word.casefold()))
    return plain.replace("’", "'")
