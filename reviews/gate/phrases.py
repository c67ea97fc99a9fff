"""Phrases that may not be in a reply, from the text files in `words/`.

`words/README.md` describes the files. A phrase is looked up by its first word, so the time that a
reply takes does not depend on how many phrases there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from reviews.gate.findings import Reason
from reviews.gate.spelling import fold
from reviews.gate.tokens import Token

WORDS = Path(__file__).with_name("words")
LANGUAGES = ("es", "en", "pt")
LISTS_FILE, ALLOWED_FILE = "lists.txt", "allowed.txt"
GAP = ".."
WIDEST_GAP = 2
SHORTEST_STEM, LONGEST_STEM, LONGEST_ENDING = 2, 20, 6
NOT_BETWEEN = "@not-between"
# The accent makes the past in Spanish: "llegó", "atendí". Everything else is compared without it.
ACCENTED = frozenset("áéíóú")


@dataclass(frozen=True, eq=False)
class WordChoice:
    """What fits at one place of a phrase: words, or how words begin or end."""

    words: frozenset[str]
    beginnings: frozenset[str]
    endings: frozenset[str]
    is_number: bool
    is_capital: bool


@dataclass(frozen=True, slots=True)
class Element:
    choice: WordChoice
    is_optional: bool
    gap: int


@dataclass(frozen=True, eq=False)
class Phrase:
    elements: tuple[Element, ...]
    not_between: frozenset[str]
    reason: Reason


class Reading:
    """The words of a reply by how they are written, so that a phrase finds its places at once."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.by_form: dict[str, set[int]] = defaultdict(set)
        self.by_beginning: dict[str, set[int]] = defaultdict(set)
        self.by_ending: dict[str, set[int]] = defaultdict(set)
        for index, token in enumerate(tokens):
            for form in token.forms:
                self.by_form[form].add(index)
            if token.last_letter in ACCENTED:
                self.by_ending[token.last_letter].add(index)
        for form, places in self.by_form.items():
            for length in range(SHORTEST_STEM, min(len(form), LONGEST_STEM) + 1):
                self.by_beginning[form[:length]] |= places
            for length in range(SHORTEST_STEM, min(len(form), LONGEST_ENDING) + 1):
                self.by_ending[form[-length:]] |= places
        # A set of strings is compared with another set by the smaller one.
        self.indexes = tuple(
            (index, frozenset(index)) for index in (self.by_form, self.by_beginning, self.by_ending)
        )
        self.numbers = {i for i, token in enumerate(tokens) if token.folded[0].isdigit()}
        self.capitals = {i for i, token in enumerate(tokens) if token.is_capital}
        self._places: dict[WordChoice, set[int]] = {}

    def places(self, choice: WordChoice) -> set[int]:
        found = self._places.get(choice)
        if found is None:
            found = self._places[choice] = self._find(choice)
        return found

    def _find(self, choice: WordChoice) -> set[int]:
        found = set[int]()
        kinds = (choice.words, choice.beginnings, choice.endings)
        for keys, (index, known) in zip(kinds, self.indexes, strict=True):
            if keys and not keys.isdisjoint(known):
                found.update(*(index[key] for key in keys & known))
        if choice.is_number:
            found |= self.numbers
        return found | self.capitals if choice.is_capital else found

    def matches(self, phrase: Phrase, masked: Sequence[bool]) -> Iterator[tuple[int, int]]:
        """Yield the first word and the word after the last, where a phrase is in the reply."""
        elements = []
        for element in phrase.elements:
            places = self.places(element.choice)
            if not places and not element.is_optional:
                return
            elements.append((places, element))
        for start in elements[0][0]:
            end = -1 if masked[start] else self._end(phrase, elements, start, masked)
            if end > start:
                yield start, end

    def _end(
        self,
        phrase: Phrase,
        elements: Sequence[tuple[set[int], Element]],
        start: int,
        masked: Sequence[bool],
    ) -> int:
        """Return where the longest match from `start` ends, or -1."""
        ends = {start + 1}
        for places, element in elements[1:]:
            found = {
                place + 1
                for end in ends
                for place in self._reach(phrase, end, element.gap, masked)
                if place in places
            }
            ends = found | ends if element.is_optional else found
            if not ends:
                return -1
        return max(ends)

    def _reach(self, phrase: Phrase, end: int, gap: int, masked: Sequence[bool]) -> Iterator[int]:
        for place in range(end, min(end + gap + 1, len(self.tokens))):
            token = self.tokens[place]
            if masked[place] or token.starts_sentence:
                return
            yield place
            if token.folded in phrase.not_between:
                return


@dataclass
class PhraseBook:
    """The phrases of all languages, by what their first word is and by how it begins or ends."""

    by_word: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    by_beginning: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    by_ending: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    by_number: list[Phrase] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def add(self, phrase: Phrase) -> None:
        first = phrase.elements[0].choice
        for index, keys in (
            (self.by_word, first.words),
            (self.by_beginning, first.beginnings),
            (self.by_ending, first.endings),
        ):
            for key in keys:
                index[key].append(phrase)
        if first.is_number:
            self.by_number.append(phrase)
        self.known.update(*(element.choice.words for element in phrase.elements))

    def matches(
        self, reading: Reading, masked: Sequence[bool]
    ) -> Iterator[tuple[Phrase, int, int]]:
        """Yield each phrase with its first word and the word after its last."""
        found = dict.fromkeys(self.by_number) if reading.numbers else {}
        for mine, theirs in (
            (self.by_word, reading.by_form),
            (self.by_beginning, reading.by_beginning),
            (self.by_ending, reading.by_ending),
        ):
            for key in mine.keys() & theirs.keys():
                found |= dict.fromkeys(mine[key])
        for phrase in found:
            for start, end in reading.matches(phrase, masked):
                yield phrase, start, end


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file without comments, and none if the language needs no such file."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else ()
    for line in lines:
        text = line.partition("#")[0] if not line.startswith("#") else ""
        if text.strip():
            yield text.strip()


@dataclass(frozen=True)
class Books:
    """Phrases that are refused, that are allowed, and that are allowed for one reason only."""

    refused: PhraseBook
    allowed: PhraseBook
    allowed_by_reason: Mapping[Reason, PhraseBook]

    def vocabulary(self) -> Iterator[str]:
        for book in (self.refused, self.allowed, *self.allowed_by_reason.values()):
            yield from book.known


def load() -> Books:
    books = Books(PhraseBook(), PhraseBook(), defaultdict(PhraseBook))
    for language in LANGUAGES:
        folder = WORDS / language
        lists = read_lists(folder / LISTS_FILE)
        for line in read_lines(folder / ALLOWED_FILE):
            books.allowed.add(parse(line, lists, reason=Reason.PERSON))
        for reason in Reason:
            for line in read_lines(folder / f"{reason.value}.txt"):
                books.refused.add(parse(line, lists, reason=reason))
            for line in read_lines(folder / f"{reason.value}-{ALLOWED_FILE}"):
                books.allowed_by_reason[reason].add(parse(line, lists, reason=reason))
    return books


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


def parse(line: str, lists: Mapping[str, tuple[str, ...]], *, reason: Reason) -> Phrase:
    elements, gap = list[Element](), 0
    for part in line.split():
        if part.startswith(GAP):
            gap = int(part.removeprefix(GAP) or WIDEST_GAP)
            continue
        choice = parse_choice(tuple(_choices(part.strip("()").split("/"), lists)))
        elements.append(Element(choice, is_optional=part.startswith("("), gap=gap))
        gap = 0
    while elements[0].is_optional:  # what may be absent before the first word finds nothing more
        del elements[0]
    if elements[0].choice.is_capital:
        raise ValueError(f"A phrase begins with a word: {line}")
    return Phrase(tuple(elements), frozenset(map(fold, lists.get(NOT_BETWEEN, ()))), reason)


@cache
def parse_choice(choices: tuple[str, ...]) -> WordChoice:
    """Return the same object for the same words, so that a reply is searched for them once."""
    return WordChoice(
        words=frozenset(fold(word) for word in choices if word not in "0^" and "-" not in word),
        beginnings=frozenset(fold(word[:-1]) for word in choices if word.endswith("-")),
        endings=frozenset(
            word[1:] if word[1:] in ACCENTED else fold(word[1:])
            for word in choices
            if word.startswith("-")
        ),
        is_number="0" in choices,
        is_capital="^" in choices,
    )


def _choices(words: Iterable[str], lists: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for word in words:
        if word.startswith("@"):
            yield from lists[word]
        else:
            yield word
