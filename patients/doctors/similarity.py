"""Which doctors' names look like one person. It only suggests: people decide.

"Dra. Maria Perez" and "Dr. María Pérez Gómez" look alike: each word of the shorter name is in the
longer one, as it is, as an initial, or with one wrong letter.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from patients.models.doctor import Doctor
from patients.people.doctor_names import TITLES
from patients.people.words import plain

# Shorter words are too often alike by chance to be a wrong letter of each other.
SHORTEST_MISSPELLED = 5
# A name has few namesakes, and a list with junk as names must not fill the page.
MAX_SUGGESTED = 5


@dataclass(frozen=True)
class Suggestion:
    """A name that nobody has reviewed, and the doctors who may be meant by it."""

    doctor: Doctor
    similar: list[Doctor]


def suggest_reviews(people: Iterable[Doctor]) -> list[Suggestion]:
    """Return the unreviewed doctors who look like an older one, the newest first."""
    by_word: dict[str, list[Doctor]] = defaultdict(list)
    suggestions = []
    for doctor in sorted(people, key=lambda row: row.pk):
        words = set(name_words(doctor.name))
        if doctor.reviewed_at is None:
            candidates = {other.pk: other for word in words for other in by_word[word]}
            similar = [one for one in candidates.values() if look_alike(one.name, doctor.name)]
            if similar:
                similar.sort(key=lambda one: one.pk)
                suggestions.append(Suggestion(doctor, similar[:MAX_SUGGESTED]))
        for word in words:
            by_word[word].append(doctor)
    return suggestions[::-1]


def look_alike(one: str, other: str) -> bool:
    """Return whether two names may be those of one person. They share at least one whole word."""
    shorter, longer = sorted((name_words(one), name_words(other)), key=len)
    if not set(shorter) & {word for word in longer if len(word) > 1}:
        return False
    if len(shorter) == 1 and _titles_differ(one, other):
        return False
    return all(any(_same_word(word, known) for known in longer) for word in shorter)


def name_words(name: str) -> list[str]:
    return [word for word in plain(name).split() if word not in TITLES]


def _titles_differ(one: str, other: str) -> bool:
    """Return whether one is a Dr. and the other a Dra. It decides only for a surname alone."""
    titles = [
        {TITLES[word] for word in plain(name).split() if word in TITLES} for name in (one, other)
    ]
    return all(titles) and titles[0] != titles[1]


def _same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    if 1 in (len(one), len(other)):
        return one[0] == other[0]
    return min(len(one), len(other)) >= SHORTEST_MISSPELLED and _differ_by_one_letter(one, other)


def _differ_by_one_letter(one: str, other: str) -> bool:
    """Return whether one letter was changed, added, left out, or swapped with its neighbour."""
    return other in _with_one_letter_wrong(one, other)


def _with_one_letter_wrong(word: str, other: str) -> Iterator[str]:
    """Yield what becomes of the word when the first letter that differs is corrected."""
    at = next(
        (n for n, pair in enumerate(zip(word, other, strict=False)) if pair[0] != pair[1]), None
    )
    if at is None:
        at = min(len(word), len(other))
    yield word[:at] + other[at : at + 1] + word[at + 1 :]
    yield word[:at] + word[at + 1 :]
    yield word[:at] + other[at : at + 1] + word[at:]
    yield word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
