"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

# Variables, words, single punctuation marks and runs of spaces are compared as units.
WORDS = re.compile(r"\{\{\s*\w+\s*\}\}|\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    text: str
    is_old: bool = False
    is_new: bool = False


def compare_texts(old: str, new: str) -> list[Piece]:
    return list(_compare_words(WORDS.findall(old), WORDS.findall(new)))


def _compare_words(old: list[str], new: list[str]) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for what, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if what == "equal":
            yield Piece("".join(old[old_start:old_end]))
            continue
        if old_end > old_start:
            yield Piece(_mark_line_breaks(old[old_start:old_end]), is_old=True)
        if new_end > new_start:
            yield Piece(_mark_line_breaks(new[new_start:new_end]), is_new=True)


def _mark_line_breaks(words: list[str]) -> str:
    """Show line breaks with a mark, or an added or removed one would be invisible."""
    return "".join(words).replace("\n", "↵\n")
