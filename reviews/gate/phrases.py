"""Phrases that may not be in a reply, from the text files in `words/`.

`words/README.md` describes the files. A phrase is looked up by its first word, so the time that a
reply takes does not depend on how many phrases there are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from reviews.gate.findings import Reason
from reviews.gate.spelling import fold
from reviews.gate.tokens import Token

WORDS = Path(__file__).with_name("words")
LANGUAGES = ("es", "en", "pt")
LISTS_FILE, ALLOWED_FILE = "lists.txt", "allowed.txt"
GAP = ".."
WIDEST_GAP = 2
SHORTEST_STEM = 2
NOT_BETWEEN = "@not-between"

@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: the words, beginnings or endings that fit there."""

    words: frozenset[str]
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]
    is_number: bool
    is_capital: bool
    is_optional: bool
    gap: int

    def fits(self, token: Token) -> bool:
        if self.is_number and token.folded[0].isdigit():
            return True
        if self.is_capital and token.is_capital:
            return True
        return any(self._fits_form(form) for form in token.forms)

    def _fits_form(self, form: str) -> bool:
        return (
            form in self.words
            or bool(self.beginnings and form.startswith(self.beginnings))
            or bool(self.endings and form.endswith(self.endings))
        )


@dataclass(frozen=True, slots=True)
class Phrase:
    elements: tuple[Element, ...]
    not_between: frozenset[str]
    reason: Reason | None  # None: the words are allowed whatever else a phrase says about them

    def end(self, tokens: Sequence[Token], start: int, masked: Sequence[bool]) -> int:
        """Return where the longest match from `start` ends, or -1."""
        ends = {start}
        for element in self.elements:
            found = {
                place + 1
                for end in ends
                for place in self._places(tokens, start, end, masked, element.gap)
                if element.fits(tokens[place])
            }
            ends = found | ends if element.is_optional else found
            if not ends:
                return -1
        return max(ends)

    def _places(
        self, tokens: Sequence[Token], start: int, end: int, masked: Sequence[bool], gap: int
    ) -> Iterator[int]:
        for place in range(end, min(end + gap + 1, len(tokens))):
            token = tokens[place]
            if masked[place] or (place > start and token.starts_sentence):
                return
            yield place
            if token.folded in self.not_between:
                return


@dataclass
class PhraseBook:
    """All phrases of all languages, by the first word and by how the first word begins."""

    by_word: dict[str, list[Phrase]] = field(default_factory=dict)
    by_beginning: dict[str, list[Phrase]] = field(default_factory=dict)
    by_number: list[Phrase] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.starting_with = lru_cache(maxsize=8192)(self._starting_with)

    def add(self, phrase: Phrase) -> None:
        first = phrase.elements[0]
        for word in first.words:
            self.by_word.setdefault(word, []).append(phrase)
        for beginning in first.beginnings:
            self.by_beginning.setdefault(beginning, []).append(phrase)
        if first.is_number:
            self.by_number.append(phrase)

    def vocabulary(self) -> Iterator[str]:
        for phrases in (*self.by_word.values(), *self.by_beginning.values()):
            for phrase in phrases:
                for element in phrase.elements:
                    yield from element.words

    def _starting_with(self, forms: tuple[str, ...]) -> tuple[Phrase, ...]:
        found: dict[int, Phrase] = {}
        for form in forms:
            phrases = list(self.by_word.get(form, ()))
            for length in range(SHORTEST_STEM, len(form) + 1):
                phrases += self.by_beginning.get(form[:length], ())
            if form[0].isdigit():
                phrases += self.by_number
            found |= {id(phrase): phrase for phrase in phrases}
        return tuple(found.values())

    def matches(
        self, tokens: Sequence[Token], masked: Sequence[bool]
    ) -> Iterator[tuple[Phrase, int, int]]:
        """Yield each phrase with its first word and the word after its last."""
        for start, token in enumerate(tokens):
            if masked[start]:
                continue
            for phrase in self.starting_with(token.forms):
                end = phrase.end(tokens, start, masked)
                if end > start:
                    yield phrase, start, end


def read_lines(path: Path) -> Iterator[str]:
    for line in path.read_text("utf-8").splitlines():
        text = line.partition("#")[0] if not line.startswith("#") else ""
        if text.strip():
            yield text.strip()


def load() -> tuple[PhraseBook, PhraseBook]:
    """Return the phrases that are allowed, and those that are not."""
    allowed, refused = PhraseBook(), PhraseBook()
    for language in LANGUAGES:
        folder = WORDS / language
        lists = read_lists(folder / LISTS_FILE)
        for line in read_lines(folder / ALLOWED_FILE):
            allowed.add(parse(line, lists, reason=None))
        for reason in Reason:
            path = folder / f"{reason.value}.txt"
            for line in read_lines(path) if path.exists() else ():
                refused.add(parse(line, lists, reason=reason))
    return allowed, refused


def load_ordinary() -> frozenset[str]:
    return frozenset(word for line in read_lines(WORDS / "ordinary.txt") for word in line.split())


def read_lists(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Read "@name = word word …". A line that begins with a name again continues its list."""
    lists: dict[str, tuple[str, ...]] = {}
    for line in read_lines(path):
        name, _equals, words = line.partition("=")
        expanded = [
            each
            for word in words.split()
            for each in (lists[word] if word.startswith("@") else (word,))
        ]
        lists[name.strip()] = (*lists.get(name.strip(), ()), *expanded)
    return lists


def parse(line: str, lists: Mapping[str, tuple[str, ...]], *, reason: Reason | None) -> Phrase:
    elements, gap = list[Element](), 0
    for part in line.split():
        if part.startswith(GAP):
            gap = int(part.removeprefix(GAP) or WIDEST_GAP)
        else:
            elements.append(parse_element(part, lists, gap=gap))
            gap = 0
    while elements[0].is_optional:  # what may be absent before the first word finds nothing more
        del elements[0]
    if elements[0].endings or elements[0].is_capital:
        raise ValueError(f"A phrase begins with a word: {line}")
    return Phrase(tuple(elements), frozenset(map(fold, lists.get(NOT_BETWEEN, ()))), reason)


def parse_element(part: str, lists: Mapping[str, tuple[str, ...]], *, gap: int) -> Element:
    is_optional = part.startswith("(")
    choices = list(_choices(part.strip("()").split("/"), lists))
    return Element(
        words=frozenset(fold(word) for word in choices if word not in "0^" and "-" not in word),
        beginnings=tuple(fold(word[:-1]) for word in choices if word.endswith("-")),
        endings=tuple(fold(word[1:]) for word in choices if word.startswith("-")),
        is_number="0" in choices,
        is_capital="^" in choices,
        is_optional=is_optional,
        gap=gap,
    )


def _choices(words: Iterable[str], lists: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for word in words:
        if word.startswith("@"):
            yield from lists[word]
        else:
            yield word
