"""Match the headings of a list with our fields, in three languages.

A heading matches a phrase when it contains all its words. The longest phrase decides.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from patients.lists.cells import ListRow
from patients.lists.fields import Field
from patients.lists.heading_words import (
    MESSAGES,
    NEVER,
    OTHERS,
    PHRASES,
    REFUSALS,
    RELATIVES,
    TREATMENTS,
    WEAK,
    drop_connecting_words,
)
from patients.people.values import clean_text
from patients.people.words import plain

CAMEL = re.compile(r"(?<=[a-záéíóúñ])(?=[A-ZÁÉÍÓÚÑ])")
MAX_LETTERS = 200
LOOKS_LIKE_DATA = re.compile(r"\d{4}|\d[/:.\-]\d|@|^\d+$")

PHRASES_OF = {
    field: frozenset(
        phrase for other, _, phrases in PHRASES if other is field for phrase in phrases
    )
    for field in Field
}
MOMENTS = frozenset({Field.APPOINTMENT_TIME, Field.APPOINTMENT_DATE, Field.APPOINTMENT_HOUR})
OCCASIONS = frozenset({Field.APPOINTMENT_TYPE, Field.DOCTOR})
PHONES = frozenset({Field.PHONE, Field.OTHER_PHONE})
# "Acepta mensajes (SI/NO)" lists the possible answers. Its "no" does not make it a refusal.
BOTH_ANSWERS = re.compile(
    r"\b(?:si|s|yes|y|sim)\s(?:no|n|nao)\b|\b(?:no|n|nao)\s(?:si|s|yes|y|sim)\b"
)
WORD_BETWEEN = r" (?:\w+ )?"
# A longer text is a sentence.
MAX_HEADING = 60
ENOUGH_MATCHES = 2
# The heading is among the first rows, below a title or two.
FIRST_ROWS = 25
MIN_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class HeadingMatch:
    field: Field
    strength: int
    words: int


def meaningful_words(heading: str) -> str:
    """Return the heading in plain words, without articles and prepositions."""
    words = plain(CAMEL.sub(" ", heading[:MAX_LETTERS]))
    return drop_connecting_words(words.replace("whats app", "whatsapp"))


@lru_cache(maxsize=2_000)
def match_heading(heading: str) -> HeadingMatch | None:
    """Return the field that a heading names, None for other columns and unknown words."""
    words = meaningful_words(heading)
    if is_refusal(heading) or _longest_phrase_length(words, NEVER):
        return None
    matches = _find_matches(words)
    exact = [match for match in matches if words in PHRASES_OF[match.field]]
    best = max(
        exact or _drop_qualifiers(matches),
        key=lambda match: (match.words, match.strength),
        default=None,
    )
    if best is None or (not exact and _longest_phrase_length(words, OTHERS) >= best.words):
        return None
    names_treatment = _longest_phrase_length(words, TREATMENTS) > 0
    names_messages = _longest_phrase_length(words, MESSAGES) > 0
    if best.field is Field.CONSENT and names_treatment and not names_messages:
        # Who agreed to be treated has not agreed to be written to.
        return None
    if _longest_phrase_length(words, RELATIVES):
        return HeadingMatch(Field.OTHER_PHONE, WEAK, best.words) if best.field in PHONES else None
    return best


def _find_matches(words: str) -> list[HeadingMatch]:
    """Return a match for each of our phrases that the heading contains."""
    return [
        HeadingMatch(field, strength, len(phrase.split()))
        for field, strength, phrases in PHRASES
        for phrase in phrases
        if _contains_words(words, phrase)
    ]


def _drop_qualifiers(matches: list[HeadingMatch]) -> list[HeadingMatch]:
    """Leave out single words that only say whose or what kind of thing another word means."""
    if any(match.field is not Field.NAME for match in matches):
        # In "Tel. paciente" the patient only says whose phone it is. "Nombre paciente" is a name.
        matches = [match for match in matches if match.field is not Field.NAME or match.words > 1]
    if any(match.field in MOMENTS and match.strength > WEAK for match in matches):
        # "Fecha examen" is a date, not a type of appointment.
        matches = [match for match in matches if match.field not in OCCASIONS or match.words > 1]
    return matches


@lru_cache(maxsize=2_000)
def is_refusal(heading: str) -> bool:
    """Return whether a yes below this heading refuses messages ("No desea mensajes")."""
    words = f" {BOTH_ANSWERS.sub(' ', meaningful_words(heading))} "
    return any(re.search(rf" {phrase.replace(' ', WORD_BETWEEN)} ", words) for phrase in REFUSALS)


def is_known(heading: str) -> bool:
    """Return whether the heading names one of our fields or a known column of something else."""
    words = meaningful_words(heading)
    return bool(words) and (
        match_heading(heading) is not None
        or bool(_longest_phrase_length(words, OTHERS | NEVER | REFUSALS))
    )


def _contains_words(text: str, phrase: str) -> bool:
    words = text.split()
    return phrase in words if " " not in phrase else all(word in words for word in phrase.split())


def _longest_phrase_length(words: str, phrases: frozenset[str]) -> int:
    """Return the number of words of the longest phrase in the text."""
    return max(
        (len(phrase.split()) for phrase in phrases if _contains_words(words, phrase)), default=0
    )


def find_heading(first: list[ListRow]) -> int | None:
    """Return the index of the heading among the first rows, None for a list without headings.

    It is the row with most headings that we know. A row of unknown words is the heading, too, if
    none of its cells looks like data and those of the next row do.
    """
    scores = [_count_known_headings(row) for row in first]
    best = max(scores)
    if best >= ENOUGH_MATCHES or (best == 1 and len(_filled_texts(first[scores.index(best)])) == 1):
        return scores.index(best)
    width = Counter(len(_filled_texts(row)) for row in first).most_common(1)[0][0]
    for index, row in enumerate(first[:-1]):
        texts = _filled_texts(row)
        if len(texts) >= max(ENOUGH_MATCHES, width - 1):
            is_heading = len(set(texts)) == len(texts) and not _has_data(texts)
            return index if is_heading and _has_data(_filled_texts(first[index + 1])) else None
    return None


def is_list(first: list[ListRow]) -> bool:
    """Return whether there is a heading, or a row with as many cells as a list needs."""
    return any(
        _count_known_headings(row) >= ENOUGH_MATCHES or len(_filled_texts(row)) >= MIN_COLUMNS
        for row in first
    )


def _count_known_headings(row: ListRow) -> int:
    """Count the cells that name a column, or return 0 if more cells look like data."""
    texts = _filled_texts(row)
    known = sum(is_known(text) for text in texts if len(text) <= MAX_HEADING)
    data = sum(bool(LOOKS_LIKE_DATA.search(text)) for text in texts)
    return known if known > data else 0


def _filled_texts(row: ListRow) -> list[str]:
    return [text for cell in row.cells if (text := clean_text(cell))]


def _has_data(texts: list[str]) -> bool:
    return any(LOOKS_LIKE_DATA.search(text) for text in texts)
