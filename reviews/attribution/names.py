"""Compare the name that a reviewer shows with the name of a patient."""

from enum import StrEnum
from functools import lru_cache

from core.names import fold, load_words

# "Caro" is Carolina, but "Al" is anybody.
SHORTEST_SHORT_FORM = 3


class NameMatch(StrEnum):
    FULL = "full_name"  # two names or more, and all of them are the patient's
    ONE = "one_name"  # the only name shown is the patient's, perhaps with an initial
    SHORT = "short_name"  # a short form of one of the patient's names
    SHARED = "shared_name"  # one is the patient's and another is not: perhaps a relative
    OTHER = "other_name"
    NONE = "no_name"  # anonymous, or fitting initials alone


def compare_names(shown: str, patient: str) -> NameMatch:
    """Compare in any order, without accents and case: lists often begin with the family names."""
    words, own = split_name(shown), split_name(patient)
    if not words or not own:
        return NameMatch.NONE
    names = [word for word in words if len(word) > 1]
    if not all(_begins_one(initial, own) for initial in words if len(initial) == 1):
        return NameMatch.OTHER
    if not names:
        return NameMatch.NONE
    known = [name for name in names if name in own]
    if len(known) == len(names):
        return NameMatch.FULL if len(names) > 1 else NameMatch.ONE
    if len(names) == 1 and len(names[0]) >= SHORTEST_SHORT_FORM and _begins_one(names[0], own):
        return NameMatch.SHORT
    return NameMatch.SHARED if known else NameMatch.OTHER


@lru_cache(16_384)  # each name is compared with all of a month
def split_name(name: str) -> tuple[str, ...]:
    """Return the names in a full name, folded, without titles and particles."""
    letters = "".join(letter if letter.isalpha() else " " for letter in fold(name))
    ignored = load_words().titles | load_words().particles
    return tuple(word for word in letters.split() if word not in ignored)


def _begins_one(start: str, names: tuple[str, ...]) -> bool:
    return any(name.startswith(start) for name in names)
