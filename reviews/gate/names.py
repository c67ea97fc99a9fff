"""Find names of people: those of the clinic's own patients, and those that greet the writer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from core import names as core_names
from reviews.gate.phrases import WORDS
from reviews.gate.spelling import fold, sound
from reviews.gate.tokens import Token, split

SHORTEST_NAME = 3
SHORTEST_SOUND = 5
LONGEST_PLACE = 5  # words from "Clínica" to the last word of its name
SPECIALTIES = (
    "ics",
    "logy",
    "istry",
    "logia",
    "tria",
    "oncia",
    "apia",
    "logica",
    "logico",
    "trica",
)


@dataclass(frozen=True)
class NameLists:
    names: frozenset[str]
    words_too: frozenset[str]
    not_names: frozenset[str]
    greetings: frozenset[str]
    thanks: frozenset[str]
    closings: frozenset[str]
    honorifics: frozenset[str]
    places: frozenset[str]
    diminutives: tuple[str, ...]


@cache
def load_lists() -> NameLists:
    """Return the names of `core/names.txt` and of our own file together."""
    sections: dict[str, set[str]] = {}
    for line in (WORDS / "names.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), set())
        elif not line.startswith("#"):
            section.update(map(fold, line.split()))
    known = core_names.load_words()
    words_too = known.words_too | sections["names that are words too"]
    not_names = sections["not names"] | (known.safe - known.names)
    return NameLists(
        names=(known.names | sections["names"]) - words_too - not_names,
        words_too=frozenset(words_too),
        not_names=frozenset(not_names),
        greetings=frozenset(sections["greetings"]),
        thanks=frozenset(sections["thanks"]),
        closings=frozenset(sections["closings"]),
        honorifics=frozenset(sections["honorifics"]),
        places=frozenset(sections["words in names of places"]),
        diminutives=tuple(sorted(sections["endings of diminutives"])),
    )


class PrivateNames:
    """The names that the clinic's own data have, in all the ways in which people write them."""

    def __init__(self, full_names: Iterable[str]) -> None:
        particles = core_names.load_words().particles
        self._known: dict[tuple[tuple[str, ...], bool], bool] = {}
        self.full = [
            [key for key in (fold(word) for word, *_ in split(name)) if key not in particles]
            for name in full_names
        ]
        words = {word for name in self.full for word in name}
        words |= {word.replace("'", "") for word in words}
        self.words = {word for word in words if len(word) >= SHORTEST_NAME}
        self.sounds = {sound(word) for word in self.words if len(word) >= SHORTEST_SOUND}
        self.joined = {first + second for name in self.full for first in name for second in name}
        self.initials = {
            (first[0], second[0]) for name in self.full for first in name for second in name
        }

    @cached_property
    def stems(self) -> set[str]:
        return {stem(word) for word in self.words}

    def has(self, token: Token) -> bool:
        key = token.forms, token.is_capital
        if key not in self._known:
            self._known[key] = self._has(token)
        return self._known[key]

    def _has(self, token: Token) -> bool:
        lists = load_lists()
        return any(
            form in self.words
            or (form in self.joined and len(form) > SHORTEST_SOUND)
            or self._is_diminutive(form)
            or (
                len(form) >= SHORTEST_SOUND
                and token.is_capital
                and form not in lists.not_names
                and sound(form) in self.sounds
            )
            for form in token.forms
        )

    def _is_diminutive(self, form: str) -> bool:
        return form.endswith(load_lists().diminutives) and any(
            form.endswith(ending)
            and len(form) - len(ending) >= 2  # noqa: PLR2004
            and stem(form.removesuffix(ending)) in self.stems
            for ending in load_lists().diminutives
        )


def stem(name: str) -> str:
    """Return what stays of a name in its diminutive: "marc" of Marco and Marquitos."""
    return sound(name.rstrip("s").rstrip("aeiou")) if len(name) > 2 else name  # noqa: PLR2004


def find_names(tokens: Sequence[Token], private: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the first word of each name and the word after its last."""
    known = PrivateNames(private)
    named = [
        (bool(private) and _is_private(tokens, index, known)) or _is_public(tokens, index)
        for index in range(len(tokens))
    ]
    start = 0
    while start < len(tokens):
        end = start
        while end < len(tokens) and named[end] and (end == start or _continues(tokens[end])):
            end += 1
        if end > start:
            yield start, end
        start = max(end, start + 1)


def _continues(token: Token) -> bool:
    return not token.starts_sentence and not token.gap.strip(" .")


def _is_private(tokens: Sequence[Token], index: int, known: PrivateNames) -> bool:
    token = tokens[index]
    if _is_initials(tokens, index, known.initials):
        return True
    if not known.has(token) or _is_place(tokens, index):
        return False
    if not _is_ordinary(token):
        return True
    neighbours = [*tokens[max(0, index - 1) : index], *tokens[index + 1 : index + 2]]
    is_part = any(
        each.folded in known.words and (each.is_capital or token.is_capital) for each in neighbours
    )
    return is_part or _is_inside(token) or _is_addressed(tokens, index)


def _is_ordinary(token: Token) -> bool:
    lists = load_lists()
    return token.folded in lists.words_too or token.folded in lists.not_names


def _is_initials(tokens: Sequence[Token], index: int, initials: set[tuple[str, str]]) -> bool:
    if index + 1 >= len(tokens):
        return False
    first, second = tokens[index], tokens[index + 1]
    are_letters = len(first.written) == len(second.written) == 1
    are_capitals = are_letters and first.is_capital and second.is_capital
    return are_capitals and (first.folded, second.folded) in initials


def _is_public(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a word names somebody, without knowing the names of the patients."""
    token, lists = tokens[index], load_lists()
    key = token.folded.removesuffix("'s")
    if key in lists.not_names or _is_place(tokens, index):
        return False
    is_titled = (
        index > 0
        and tokens[index - 1].folded in load_lists().honorifics
        and not token.starts_sentence
    )
    is_addressed = _is_addressed(tokens, index)
    if key in lists.names:
        return token.is_capital or is_titled or is_addressed
    if not token.written[0].isalpha():
        return False
    if key in lists.words_too:
        return _is_inside(token) and (is_titled or is_addressed)
    is_capital = token.is_capital and not token.is_shouted and len(key) > 1
    return is_capital and (is_titled or (is_addressed and not _is_closing(tokens, index)))


def _is_inside(token: Token) -> bool:
    """Return whether a capital letter means a name: it does not at the start of a sentence."""
    return token.is_capital and not token.starts_sentence


def _is_addressed(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a word is where one calls people: "Gracias, X", "…, X!" or "X, gracias"."""
    token = tokens[index]
    before = tokens[index - 1] if index else None
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    ends = after is None or after.starts_sentence or bool(after.gap.strip(" "))
    if before is None or token.starts_sentence:
        has_comma = after is not None and after.gap.strip() in {",", ":"}
        return has_comma and after is not None and after.folded in load_lists().thanks
    if before.folded in load_lists().greetings and token.gap.strip(" \n") in {"", ","}:
        return (
            ends
            or before.folded in load_lists().thanks
            or before.folded not in {"a", "e", "to", "you"}
        )
    return token.gap.strip() == "," and ends and token.is_capital


def _is_closing(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a word signs the reply: "Saludos, Odontomed"."""
    return any(token.folded in load_lists().closings for token in tokens[max(0, index - 3) : index])


def is_specialty_of_clinic(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Return whether a specialty is part of a name: "Bayside Orthodontics"."""
    if end - start != 1 or not tokens[start].is_capital:
        return False
    around = [*tokens[max(0, start - 1) : start], *tokens[end : end + 1]]
    is_named = any(token.is_capital and not token.gap.strip() for token in around)
    return (is_named and tokens[start].folded.endswith(SPECIALTIES)) or _is_place(tokens, start)


def _is_place(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a word belongs to the name of a clinic or a saint: "Clínica Santa María"."""
    if not tokens[index].is_capital:
        return False
    particles = core_names.load_words().particles
    for token in reversed(tokens[max(0, index - LONGEST_PLACE) : index]):
        if token.is_capital and token.folded in load_lists().places:
            return True
        if not token.is_capital and token.folded not in particles:
            break
    for token in tokens[index + 1 : index + 4]:
        if token.starts_sentence or not token.is_capital:
            return False
        if token.folded in load_lists().places:
            return True
    return False
