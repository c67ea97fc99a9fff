"""Find sentences that speak of nothing a public reply speaks of.

A list of refused words never ends: "it was all on tape", "the guarantee covers it" and "almost
there!" name no visit and no treatment. What replies may speak of is little: thanks, the comment,
the team, everyone, privacy, and where to talk. So a sentence without a word of `subject.txt` may
only have words of `plain.txt`, which reveal nothing of anybody however they are put together, and a
sentence with one may have one other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import filterfalse, pairwise

from reviews.gate.phrases import LANGUAGES, WORDS, read_lines
from reviews.gate.spelling import fold
from reviews.gate.tokens import Token

LONGEST_STEM = 20
# In a sentence of something harmless this many words may be unknown: nobody can list all words.
# With two, one hidden hint in twenty more gets through; with none, one clean reply in six is
# refused.
MOST_STRANGE = 1
LONGEST_SIGNATURE = 5


@dataclass(frozen=True, eq=False)
class WordList:
    """Whole words, and how words begin."""

    words: frozenset[str]
    beginnings: frozenset[str]

    def has(self, token: Token) -> bool:
        return any(map(self.has_form, token.forms))

    @lru_cache(maxsize=8192)  # noqa: B019 - there are two lists, which live as long as the process
    def has_form(self, form: str) -> bool:
        lengths = range(2, min(len(form), LONGEST_STEM) + 1)
        return form in self.words or any(form[:length] in self.beginnings for length in lengths)


@cache
def load(name: str) -> WordList:
    """Return the words of all languages at once, because replies mix them."""
    words = [
        word
        for language in LANGUAGES
        for line in read_lines(WORDS / language / f"{name}.txt")
        for word in line.split()
    ]
    return WordList(
        words=frozenset(fold(word) for word in words if not word.endswith("-")),
        beginnings=frozenset(fold(word[:-1]) for word in words if word.endswith("-")),
    )


def vocabulary() -> frozenset[str]:
    return load("subject").words | load("plain").words


def find_unclear(tokens: Sequence[Token], allowed: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the first word of each unclear part of a sentence and the word after its last.

    `allowed` says which words are in an allowed phrase, where each word is fine.
    """
    subjects, plain = load("subject"), load("plain")
    for start, end in _parts(tokens):
        part = tokens[start:end]
        strange = [
            token
            for token, is_allowed in zip(part, allowed[start:end], strict=True)
            if not (is_allowed or plain.has(token) or subjects.has(token))
        ]
        if any(map(subjects.has, part)):
            is_clear = len(list(filterfalse(_is_brand, strange))) <= MOST_STRANGE
        else:
            is_clear = not strange or (end == len(tokens) and _is_signature(part))
        if not is_clear:
            yield start, end


def _parts(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Split at commas and colons too, or a hint hides behind "Thanks for the comment, …"."""
    starts = [
        index
        for index, token in enumerate(tokens)
        if token.starts_sentence or "," in token.gap or ":" in token.gap
    ]
    yield from pairwise([*starts, len(tokens)])


def is_name_of_clinic(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a word that ends like a verb is a name: "Odontomed", "Unimed"."""
    if not tokens[index].is_capital or not tokens[index].starts_sentence:
        return _is_brand(tokens[index])
    start, end = list(_parts(tokens))[-1]
    return index >= start and _is_signature(tokens[start:end])


def _is_brand(token: Token) -> bool:
    """Return whether a word may belong to the name of a clinic: "greetings from Bayside"."""
    # After a comma or on a new line people write a capital letter without a name.
    is_inside = not token.starts_sentence and not token.gap.strip(" .")
    return is_inside and token.is_capital and not token.is_shouted


def _is_signature(part: Iterable[Token]) -> bool:
    """Return whether the last words of a reply are the name of the clinic."""
    words = list(part)
    return len(words) <= LONGEST_SIGNATURE and all(
        token.is_capital or token.folded in load("plain").words for token in words
    )
