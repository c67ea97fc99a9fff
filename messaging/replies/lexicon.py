"""Mark each word of a text with the groups that it belongs to.

A pattern can then ask for "a word with the mark of {write}" instead of listing a thousand forms, so
patterns stay small and quick. In a line of keys a marked word is "/<marks>:<key> ".
"""

from messaging.replies.tokenizer import phonetic_key
from messaging.replies.typos import typos_of
from messaging.replies.verb_forms import TYPO_CHECKED_WORDS, VERB_GROUPS
from messaging.replies.word_groups import GROUPS

# Smaller groups are written out in the patterns. So are entries of several words ("dar-de-baja")
# and beginnings of words ("escrib~"): a mark belongs to exactly one word.
MIN_MARKED_GROUP = 12
ALL_GROUPS = {**GROUPS, **VERB_GROUPS}


def is_one_word(entry: str) -> bool:
    return not any(sign in entry for sign in "-~,#")


def single_words(entries: str) -> list[str]:
    return list(filter(is_one_word, entries.split()))


# One character for each group, from Unicode's private use area, which no text has.
GROUP_MARKS = {
    name: chr(0xE000 + index)
    for index, (name, entries) in enumerate(ALL_GROUPS.items())
    if len(single_words(entries)) >= MIN_MARKED_GROUP
}


def _collect_marks() -> dict[str, str]:
    """Map the phonetic key of each word in a marked group to its marks."""
    marks_of_key: dict[str, set[str]] = {}
    for name, mark in GROUP_MARKS.items():
        for word in single_words(ALL_GROUPS[name]):
            marks_of_key.setdefault(phonetic_key(word), set()).add(mark)
    return {key: "".join(sorted(marks)) for key, marks in marks_of_key.items()}


_MARKS_OF_KEY = _collect_marks()
# Typos of important words, and how small words are shortened in messages.
_CORRECTIONS = {
    **typos_of(TYPO_CHECKED_WORDS, known=" ".join(ALL_GROUPS.values())),
    **{"d": "de", "m": "me", "t": "te", "x": "por", "nk": "no", "nop": "no", "ia": "ya"},
}


def correct_and_mark(key: str) -> str:
    """Return the key of the word that was meant, with its marks, as a line of keys has it."""
    return with_marks(_CORRECTIONS.get(key, key))


def with_marks(key: str) -> str:
    return f"/{marks}:{key} " if (marks := _MARKS_OF_KEY.get(key)) else f"{key} "
