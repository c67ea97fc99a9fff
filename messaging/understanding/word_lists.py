"""Count words that point to a topic or an urgency.

The model gives texts with a similar tone similar vectors, so that "long wait" and "high price" are
near each other. The words tell them apart. README.md in the folder explains the files.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from core.accents import without_accents

FOLDER = Path(__file__).with_name("word_lists")
# Further words of the same list say nothing new.
HIGHEST_COUNT = 2


def count_words(text: str) -> list[int]:
    """Return how many words of each list are in the text, in the order of the lists' names."""
    folded = _fold(text)
    return [min(len(pattern.findall(folded)), HIGHEST_COUNT) for pattern in _load_patterns()]


@cache
def digest() -> str:
    """Return a hash of all lists. Heads that were trained with other lists give wrong answers."""
    content = "\n".join(f"{path.stem}\n{path.read_text(encoding='utf-8')}" for path in _paths())
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _paths() -> list[Path]:
    return sorted(FOLDER.glob("*/*.txt"))


@cache
def _load_patterns() -> list[re.Pattern[str]]:
    return [_pattern(path.read_text(encoding="utf-8").splitlines()) for path in _paths()]


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    """Return a pattern of all phrases, the longest first, so that each place counts once."""
    written = sorted((_fold(phrase) for phrase in phrases), key=len, reverse=True)
    choices = "|".join(re.escape(phrase).replace(r"\*", r"\w*") for phrase in written)
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)")


def _fold(text: str) -> str:
    """Return the text in lower case, without accents."""
    return without_accents(text.lower())
