"""Read a word however it is spelled: accents, capitals, look-alikes, repeated letters, typos."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

# Letters of other alphabets that look like Latin ones, and digits that are written for letters.
LOOKALIKES = str.maketrans("аеорсухіјѕԁһкмтвнгɡαοεικνρτυχ’`´ʼ", "aeopcyxijsdhkmtbhrgaoeiknptux''''")
LEET = str.maketrans("013457@$", "oieastas")
REPEATED = re.compile(r"(.)\1{2,}")
SHORTEST_TYPO = 7
LONGEST_WORD = 30
SHORTEST_SOUND = 4
SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ch", "C"),
        (r"ph", "f"),
        (r"h", ""),
        (r"qu(?=[ei])|q|k|c(?![ei])", "k"),
        (r"[cz]", "s"),
        (r"v", "b"),
        (r"ll", "y"),
        (r"g(?=[ei])", "j"),
        (r"(.)\1+", r"\1"),
    )
]


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """Return a word in plain small Latin letters, without anything that cannot be seen."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", word.casefold()).translate(LOOKALIKES)
    return "".join(letter for letter in letters if letter.isalnum() or letter == "'")


def sound(word: str) -> str:
    """Return how a word sounds in Spanish, where "bisita" and "visita" are the same."""
    for pattern, letter in SOUNDS:
        word = pattern.sub(letter, word)
    return word


class Spelling:
    """Known words, and the ways in which people misspell them."""

    def __init__(self, words: Iterable[str], *, ordinary: Iterable[str] = ()) -> None:
        """`ordinary` words are correct, so they are no misspelling of a known one."""
        self.words = frozenset(words)
        self.correct = self.words | frozenset(ordinary)
        self.by_sound: dict[str, set[str]] = {}
        self.with_letter_lost: dict[str, set[str]] = {}
        for word in self.words:
            if len(word) >= SHORTEST_SOUND:
                self.by_sound.setdefault(sound(word), set()).add(word)
            if len(word) >= SHORTEST_TYPO:
                for shorter in letters_lost(word):
                    self.with_letter_lost.setdefault(shorter, set()).add(word)
        self.read = lru_cache(maxsize=8192)(self._read)

    def _read(self, word: str) -> tuple[str, ...]:
        """Return the ways to read a folded word, as it is written first."""
        if len(word) > LONGEST_WORD:
            return (word,)
        forms = {word: None}
        for form in (
            word.replace("'", ""),
            word.partition("'")[0],
            REPEATED.sub(r"\1", word),
            word if word.isdigit() else word.translate(LEET),
        ):
            if form:
                forms[form] = None
        if not any(form in self.correct for form in forms):
            for form in list(forms):
                forms |= dict.fromkeys(sorted(self._corrections(form)))
        return tuple(forms)

    def _corrections(self, word: str) -> set[str]:
        """Return the known words that sound alike, or differ by one letter too many or too few."""
        found: set[str] = set()
        if len(word) >= SHORTEST_SOUND:
            found |= _get(self.by_sound, sound(word))
        if len(word) >= SHORTEST_TYPO - 1:
            found |= _get(self.with_letter_lost, word)
            shorter = set(letters_lost(word)) if len(word) > SHORTEST_TYPO else set()
            found |= shorter & self.words
            found |= {swapped for swapped in letters_swapped(word) if swapped in self.words}
        return found


def _get(words: Mapping[str, set[str]], key: str) -> set[str]:
    return words.get(key, set())


def letters_lost(word: str) -> Iterable[str]:
    # The first letter is hardly ever lost, and without it many words become others.
    return (word[:index] + word[index + 1 :] for index in range(1, len(word)))


def letters_swapped(word: str) -> Iterable[str]:
    return (
        word[:index] + word[index + 1] + word[index] + word[index + 2 :]
        for index in range(len(word) - 1)
    )
