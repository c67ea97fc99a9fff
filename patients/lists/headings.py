"""What clinics' systems call their columns, in three languages.

A heading is ours when it contains all the words of a phrase; the most telling phrase decides.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from patients.lists.cells import ListRow, tidy
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
    telling,
)
from patients.lists.words import plain

CAMEL = re.compile(r"(?<=[a-záéíóúñ])(?=[A-ZÁÉÍÓÚÑ])")
LONGEST = 200
DATA = re.compile(r"\d{4}|\d[/:.\-]\d|@|^\d+$")

EXACTLY = {
    field: frozenset(phrase for one, _, known in PHRASES if one is field for phrase in known)
    for field in Field
}
MOMENTS = frozenset({Field.APPOINTMENT_TIME, Field.APPOINTMENT_DATE, Field.APPOINTMENT_HOUR})
OCCASIONS = frozenset({Field.APPOINTMENT_TYPE, Field.DOCTOR})
PHONES = frozenset({Field.PHONE, Field.OTHER_PHONE})
# "Acepta mensajes (SI/NO)" names the answers, and "no … acepta" is none of them.
BOTH_ANSWERS = re.compile(
    r"\b(?:si|s|yes|y|sim)\s(?:no|n|nao)\b|\b(?:no|n|nao)\s(?:si|s|yes|y|sim)\b"
)
NEARBY = r" (?:\w+ )?"
# Longer than this is a sentence, not a heading.
LONGEST_HEADING = 60
MATCHES_ENOUGH = 2
# A heading stands in the first rows, under a title or two.
FIRST_ROWS = 25
NARROWEST = 3


@dataclass(frozen=True, slots=True)
class Match:
    field: Field
    strength: int
    words: int


def normal(heading: str) -> str:
    """The words of a heading that carry its meaning."""
    words = plain(CAMEL.sub(" ", heading[:LONGEST]))
    return telling(words.replace("whats app", "whatsapp"))


@lru_cache(maxsize=2_000)
def match(heading: str) -> Match | None:
    """The field that a heading names; None for columns of something else and unknown words."""
    said = normal(heading)
    if is_refusal(heading) or _longest(said, NEVER):
        return None
    found = [
        Match(field, strength, len(phrase.split()))
        for field, strength, known in PHRASES
        for phrase in known
        if _contains(said, phrase)
    ]
    exact = [one for one in found if said in EXACTLY[one.field]]
    if any(one.field is not Field.NAME for one in found):
        # "Tel. paciente" says whose telephone, and "nombre paciente" is more than whose.
        found = [one for one in found if one.field is not Field.NAME or one.words > 1]
    if any(one.field in MOMENTS and one.strength > WEAK for one in found):
        # "Fecha examen" says which date.
        found = [one for one in found if one.field not in OCCASIONS or one.words > 1]
    best = max(exact or found, key=lambda one: (one.words, one.strength), default=None)
    if best is None or (not exact and _longest(said, OTHERS) >= best.words):
        return None
    if best.field is Field.CONSENT and _longest(said, TREATMENTS) and not _longest(said, MESSAGES):
        return None
    if _longest(said, RELATIVES):
        return Match(Field.OTHER_PHONE, WEAK, best.words) if best.field in PHONES else None
    return best


@lru_cache(maxsize=2_000)
def is_refusal(heading: str) -> bool:
    said = f" {BOTH_ANSWERS.sub(' ', normal(heading))} "
    return any(re.search(rf" {phrase.replace(' ', NEARBY)} ", said) for phrase in REFUSALS)


def is_known(heading: str) -> bool:
    said = normal(heading)
    return bool(said) and (
        match(heading) is not None or bool(_longest(said, OTHERS | NEVER | REFUSALS))
    )


def _contains(said: str, phrase: str) -> bool:
    if " " not in phrase:
        return phrase in said.split()
    words = said.split()
    return all(word in words for word in phrase.split())


def _longest(said: str, known: frozenset[str]) -> int:
    return max((len(phrase.split()) for phrase in known if _contains(said, phrase)), default=0)


def find_heading(first: list[ListRow]) -> int | None:
    """Which of the first rows is the heading: the one with most words that we know.

    Titles stand above it, and some lists have none. Unknown words are a heading too when no cell
    of theirs looks like data and those below do.
    """
    scores = [_score(row) for row in first]
    best = max(scores)
    if best >= MATCHES_ENOUGH or (best == 1 and len(_filled(first[scores.index(best)])) == 1):
        return scores.index(best)
    width = Counter(len(_filled(row)) for row in first).most_common(1)[0][0]
    for place, row in enumerate(first[:-1]):
        texts = _filled(row)
        if len(texts) >= max(MATCHES_ENOUGH, width - 1):
            is_heading = len(set(texts)) == len(texts) and not _has_data(texts)
            return place if is_heading and _has_data(_filled(first[place + 1])) else None
    return None


def is_list(first: list[ListRow]) -> bool:
    """Whether there is a heading, or rows as wide as a list's at least."""
    return any(_score(row) >= MATCHES_ENOUGH or len(_filled(row)) >= NARROWEST for row in first)


def _score(row: ListRow) -> int:
    texts = _filled(row)
    known = sum(is_known(text) for text in texts if len(text) <= LONGEST_HEADING)
    data = sum(bool(DATA.search(text)) for text in texts)
    return known if known > data else 0


def _filled(row: ListRow) -> list[str]:
    return [text for cell in row.cells if (text := tidy(cell))]


def _has_data(texts: list[str]) -> bool:
    return any(DATA.search(text) for text in texts)
