"""Tables of phrases as patterns over a text's sounds, and the sentences that they are tried on.

A phrase is written in words: `(a|b)` is either, `{no}` is one of a group, `me?` may be missing,
`{det}*` comes any number of times, `loca!` must not follow, `…` is up to four words, `^` is the
beginning of a clause and `$` its end but for politeness, `,` is a comma or dash, `#` a number, and
`escrib~` is any word that begins so. Hyphens join what is several words. All is compared by sound,
not by spelling.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from messaging.replies import words
from messaging.replies.lexicon import EVERY_GROUP, MARKS, is_one_word, meant, with_marks
from messaging.replies.text import Token, TokenKind, sound

Span = tuple[int, int]

NUMBER = "# "
COMMA = ", "
# In a table, and in a pattern: how a word may end, and which marks it may carry before it.
ENDS, ANY_ENDING = "~", r"[^\s,]*+"
MARKED, ANY_MARKS = "<", r"(?:/[^\s:]*+:)?+"

# "Reply STOP to opt out" and our question are what we wrote, when they come back in a reply.
INSTRUCTIONS = """
    (responda|responde|reply|conteste|respond) {the_word}* {our_words}
    {instruct} {the_word}* {our_words} {to}
    (como|how) (fue|was|foi) (su|tu|your|sua|a-sua) (visita|visit|consulta|atencion|experiencia)
"""
SENTENCE_ENDS = ".!?;…¡¿"
COMMAS = ",:/|–—"


# ---------------------------------------------------------------- from a text to lines of sounds
@dataclass(frozen=True)
class MatchedPhrase:
    """A stretch of text as a line of sounds: " no kiero mas , grasias "."""

    tokens: list[Token]

    @cached_property
    def said(self) -> str:
        return " " + "".join(map(heard, self.tokens))

    @property
    def span(self) -> Span:
        return self.tokens[0].start, self.tokens[-1].end

    def part(self, start: int, end: int) -> Span:
        first = self.said.count(" ", 1, start)
        last = self.said.count(" ", 1, end) - 1
        return self.tokens[first].start, self.tokens[last].end


def heard(token: Token) -> str:
    if token.kind is TokenKind.NUMBER or token.key in words.NUMBERS:
        return NUMBER
    return meant(token.key) if token.kind is TokenKind.WORD else COMMA


def sentences(tokens: Sequence[Token]) -> Iterator[MatchedPhrase]:
    kept: list[Token] = []
    for index, token in enumerate(tokens):
        if token.kind is TokenKind.LINE or (
            token.is_mark(SENTENCE_ENDS) and not _joins(tokens, index)
        ):
            if kept:
                yield MatchedPhrase(kept)
            kept = []
        elif token.kind is TokenKind.ADDRESS and kept and kept[-1].text == ":":
            kept = _before_label(kept)
        elif token.kind is not TokenKind.MARK or token.text in COMMAS or _is_dash(token):
            kept.append(token)
    if kept:
        yield MatchedPhrase(kept)


def _joins(tokens: Sequence[Token], index: int) -> bool:
    """A dot in the place of a space: "no.me.escriban", but not "bien.No me escriban"."""
    after = tokens[index + 1 : index + 2]
    return (
        tokens[index].text == "."
        and not tokens[index].spaced
        and bool(after)
        and not after[0].spaced
        and after[0].text.islower() == tokens[index - 1].text.islower()
    )


def own_sentences(tokens: Sequence[Token]) -> Iterator[MatchedPhrase]:
    """The sentences but for those that only we write: "Reply STOP to opt out"."""
    return (said for said in sentences(tokens) if not is_ours(said.tokens))


def is_ours(tokens: list[Token]) -> bool:
    return bool(_our_words().search(MatchedPhrase(tokens).said))


@cache
def _our_words() -> re.Pattern[str]:
    return pattern(INSTRUCTIONS)


def _before_label(kept: list[Token]) -> list[Token]:
    """Without "Opt out:" before a link, which nobody but us writes."""
    end = len(kept) - 1
    while end > 0 and heard(kept[end - 1]) != COMMA:
        end -= 1
    return kept[:end]


def _is_dash(token: Token) -> bool:
    return token.text == "-" and token.spaced


def clauses(said: MatchedPhrase) -> Iterator[MatchedPhrase]:
    kept: list[Token] = []
    for token in said.tokens:
        if heard(token) == COMMA:
            if kept:
                yield MatchedPhrase(kept)
            kept = []
        else:
            kept.append(token)
    if kept:
        yield MatchedPhrase(kept)


# ---------------------------------------------------------------- from tables to patterns
def pattern(table: str, **own: str) -> re.Pattern[str]:
    """A pattern that finds any phrase of the table, one a line. `own` are further groups."""
    return re.compile(rf"(?<= )(?:{'|'.join(_phrases(table, own))})")


def whole(table: str, **own: str) -> re.Pattern[str]:
    """A pattern that matches a text of such phrases, politeness and nothing else."""
    phrases = "|".join(_phrases(table, own))
    polite = rf"(?:{group('polite')}|{COMMA})"
    return re.compile(rf" {polite}*?(?:{phrases})(?:{polite}|{phrases})*+")


def _phrases(table: str, own: dict[str, str]) -> Iterator[str]:
    groups = _compiled_groups() | {name: any_of(entries) for name, entries in own.items()}
    return (phrase(line, groups) for line in table.splitlines() if line.strip())


def any_of(entries: str) -> str:
    """A pattern for one of the entries, the longest first."""
    sayings = one_of(map(_said, entries.split()))
    return sayings.replace(MARKED, ANY_MARKS).replace(ENDS, ANY_ENDING)


def one_of(sayings: Iterable[str]) -> str:
    """The sayings as a tree by letters: a table of a thousand forms costs no more than ten."""
    by_first: dict[str, list[str]] = {}
    for saying in sorted(set(sayings)):
        by_first.setdefault(saying[:1], []).append(saying[1:])
    may_end = by_first.pop("", None) is not None
    if not by_first:
        return ""
    branches = "|".join(letter + one_of(rest) for letter, rest in by_first.items())
    if len(by_first) == 1 and not may_end:
        return branches
    return f"(?:{branches}){'?' if may_end else ''}"


def group(name: str) -> str:
    """The pattern of one of GROUPS."""
    return _compiled_groups()[name]


@cache
def _compiled_groups() -> dict[str, str]:
    return {name: _group(name, entries) for name, entries in EVERY_GROUP.items()}


def _group(name: str, entries: str) -> str:
    if not (mark := MARKS.get(name)):
        return any_of(entries)
    marked = rf"/[^\s:]*?{mark}[^\s:]*+:[^\s,]++ "
    others = any_of(" ".join(entry for entry in entries.split() if not is_one_word(entry)))
    # The longer of two entries comes first: "dar de baja" before "dar".
    return f"(?:{others}|{marked})" if others else marked


def phrase(line: str, groups: Mapping[str, str]) -> str:
    """The pattern of one line of a table."""
    return "".join(_part(part, groups) for part in line.split())


def _part(part: str, groups: Mapping[str, str]) -> str:
    if part == "…":
        return GAP
    if part == "^":
        return rf"(?:(?<=^ )|(?<={COMMA}))"
    if part == "$":
        return rf"{groups['polite']}*+(?=, |$)"
    # Possessive: the tables overlap, and a text must never be read twice over.
    repeated = {"?": "?", "*": "*+"}.get(part[-1], "")
    choices = _apart(part.rstrip("?*!").strip("()").split("|"))
    either = "|".join(
        groups[choice.strip("{}")] if choice.startswith("{") else any_of(choice)
        for choice in choices
    )
    return f"(?!{either})" if part.endswith("!") else f"(?:{either}){repeated}"


def _apart(choices: list[str]) -> Iterator[str]:
    """ "{write|send}" is "{write}" or "{send}"."""
    inside = False
    for choice in choices:
        opened = inside or choice.startswith("{")
        inside = opened and not choice.endswith("}")
        yield f"{{{choice.strip('{}')}}}" if opened else choice


def _said(entry: str) -> str:
    """One entry of a table as it sounds."""
    if entry == ",":
        return COMMA
    return "".join(map(_said_word, entry.split("-")))


def _said_word(word: str) -> str:
    if word == NUMBER.strip():
        return NUMBER
    if word.endswith(ENDS):
        return f"{MARKED}{sound(word)}{ENDS} "
    return with_marks(sound(word))


_NOT_IN_GAP = any_of("por al via by dejar parar deixar stop perder lose mis")
GAP = rf"(?:(?!{_NOT_IN_GAP})[^\s,]+ ){{0,4}}?"
