"""Which groups a word belongs to: its marks, which it carries before it in a line of sounds.

A pattern asks for a mark instead of a thousand forms, so it stays small and quick.
"""

from messaging.replies.groups import GROUPS
from messaging.replies.inflected import INFLECTED, MISSPELLED
from messaging.replies.spelling import slips
from messaging.replies.text import sound

# A smaller group is written out; so is what is more than one word, or only the beginning of one.
SMALLEST = 12
EVERY_GROUP = {**GROUPS, **INFLECTED}


def is_one_word(entry: str) -> bool:
    return not any(mark in entry for mark in "-~,#")


def single_words(entries: str) -> list[str]:
    return list(filter(is_one_word, entries.split()))


# One letter for each group, from a range that no text has.
MARKS = {
    name: chr(0xE000 + index)
    for index, (name, entries) in enumerate(EVERY_GROUP.items())
    if len(single_words(entries)) >= SMALLEST
}


def _marked() -> dict[str, str]:
    """Map each word of a marked group, by its sound, to its marks."""
    marks_of: dict[str, set[str]] = {}
    for name, mark in MARKS.items():
        for word in single_words(EVERY_GROUP[name]):
            marks_of.setdefault(word, set()).add(mark)
    marked: dict[str, set[str]] = {}
    for word, marks in marks_of.items():
        marked.setdefault(sound(word), set()).update(marks)
    return {key: "".join(sorted(marks)) for key, marks in marked.items()}


_MARKED = _marked()
# What a thumb leaves of small words, and of those that matter.
_MEANT = {
    **slips(MISSPELLED, known=" ".join(EVERY_GROUP.values())),
    **{"d": "de", "m": "me", "t": "te", "x": "por", "nk": "no", "nop": "no", "ia": "ya"},
}


def meant(key: str) -> str:
    """The word that was meant, as a line of sounds has it."""
    return with_marks(_MEANT.get(key, key))


def with_marks(key: str) -> str:
    return f"/{marks}:{key} " if (marks := _MARKED.get(key)) else f"{key} "
