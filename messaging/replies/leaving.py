"""Whether a text asks us to write no more, in whatever words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from messaging.replies import phrases, words
from messaging.replies.text import Kind, Token, sound, sounds

Span = tuple[int, int]

NUMBER = "# "
COMMA = ", "


def leave(tokens: Sequence[Token]) -> list[Span]:
    """Where the text says so; nowhere when it does not."""
    if _is_stop_sign(tokens):
        return [Said(list(tokens)).span]
    sentences = [said for said in _sentences(tokens) if not _INSTRUCTION.search(said.said)]
    everything = Said([token for said in sentences for token in said.tokens])
    if _ONLY_SHY.fullmatch(everything.said):
        return [everything.span]
    mixed_case = any(token.text.islower() for token in tokens)
    opening = next(_clauses(everything), None)
    if opening and _ONLY_CLEAR.fullmatch(opening.said):
        return [opening.span]
    for said in sentences:
        if spans := list(_in_sentence(said, mixed_case)):
            return spans
    return []


@dataclass(frozen=True)
class Said:
    """A stretch of text as a line of sounds: " no kiero mas , grasias "."""

    tokens: list[Token]

    @cached_property
    def said(self) -> str:
        return " " + "".join(map(_heard, self.tokens))

    @property
    def span(self) -> Span:
        return self.tokens[0].start, self.tokens[-1].end

    def part(self, start: int, end: int) -> Span:
        first = self.said.count(" ", 1, start)
        last = self.said.count(" ", 1, end) - 1
        return self.tokens[first].start, self.tokens[last].end


_SENTENCE_ENDS = ".!?;…¡¿"
_COMMAS = ",:/|–—"


def _heard(token: Token) -> str:
    if token.kind is Kind.NUMBER or token.key in words.NUMBERS:
        return NUMBER
    return f"{token.key} " if token.kind is Kind.WORD else COMMA


def _sentences(tokens: Sequence[Token]) -> Iterator[Said]:
    kept: list[Token] = []
    for token in tokens:
        if token.kind is Kind.LINE or token.is_mark(_SENTENCE_ENDS):
            if kept:
                yield Said(kept)
            kept = []
        elif token.kind is Kind.ADDRESS and kept and kept[-1].text == ":":
            kept = _before_label(kept)
        elif token.kind is not Kind.MARK or token.text in _COMMAS or _is_dash(token):
            kept.append(token)
    if kept:
        yield Said(kept)


def _before_label(kept: list[Token]) -> list[Token]:
    """Without "Opt out:" before a link, which nobody but us writes."""
    end = len(kept) - 1
    while end > 0 and _heard(kept[end - 1]) != COMMA:
        end -= 1
    return kept[:end]


def _is_dash(token: Token) -> bool:
    return token.text == "-" and token.spaced


def _clauses(said: Said) -> Iterator[Said]:
    kept: list[Token] = []
    for token in said.tokens:
        if _heard(token) == COMMA:
            if kept:
                yield Said(kept)
            kept = []
        else:
            kept.append(token)
    if kept:
        yield Said(kept)


def _in_sentence(said: Said, mixed_case: bool) -> Iterator[Span]:
    if _ONLY_CLEAR.fullmatch(said.said):
        yield said.span
    for clause in _clauses(said):
        shouted = mixed_case and any(map(_shouted, clause.tokens))
        if (
            _ONLY_SURE.fullmatch(clause.said)
            or (shouted and _ONLY_CLEAR.fullmatch(clause.said))
            or _stops(clause, mixed_case)
        ):
            yield clause.span
    for found in _REFUSAL.finditer(said.said):
        if _COMPLAINS.search(said.said[: found.start()]):
            continue
        yield said.part(found.start(), found.end())
    for found in _REQUEST.finditer(said.said):
        if not _TURNED_ROUND.search(said.said[: found.start()][-_BACK:]) and not _OFF_WORK.match(
            said.said, found.end()
        ):
            yield said.part(found.start(), found.end())


def _stops(clause: Said, mixed_case: bool) -> bool:
    """STOP at either end of a clause, or in capitals amid small letters."""
    keys = [token.key for token in clause.tokens]
    for index, token in enumerate(clause.tokens):
        if token.key != "stop":
            continue
        before, after = keys[index - 1 : index], keys[index + 1 : index + 2]
        shouted = mixed_case and _shouted(token)
        last = not after and not set(keys) & _ABOUT_STOPPING
        if before and (shouted or last) and before[0] not in _NOT_OUR_STOP:
            return True
        if not before and (shouted or _orders(after)):
            return True
    return False


def _shouted(token: Token) -> bool:
    return token.text.isupper() and len(token.text) > 1


def _orders(after: list[str]) -> bool:
    return bool(after) and not after[0].endswith("ing") and after[0] not in _OTHER_STOPS


def _is_stop_sign(tokens: Sequence[Token]) -> bool:
    """ "🛑", alone or beside a number."""
    return any(token.text == "🛑" for token in tokens) and not any(
        token.kind is Kind.WORD for token in tokens
    )


# ---------------------------------------------------------------- from tables to patterns
def _said(entry: str) -> str:
    """One entry of a table; where it is more than one word, hyphens join them."""
    return "".join(f"{sound(word)} " for word in entry.split("-"))


def _any_of(entries: str) -> str:
    said = sorted(set(map(_said, entries.split())), key=lambda entry: (-len(entry), entry))
    return "(?:" + "|".join(said) + ")"


_GROUPS = {name: _any_of(entries) for name, entries in phrases.GROUPS.items()}
_GAP = r"(?:(?!(?:por|al|bia|by|dejar|parar|deixar|stop|perder|lose|mis) )[^\s,]+ ){0,4}?"
_END = rf"{_GROUPS['polite']}*+(?=, |$)"
_BACK = 60


def _compiled(phrase: str) -> str:
    return "".join(map(_part, phrase.split()))


def _part(part: str) -> str:
    if part in ("…", "$"):
        return _GAP if part == "…" else _END
    # Possessive: the tables overlap, and a text must never be read twice over.
    repeated = {"?": "?", "*": "*+"}.get(part[-1], "")
    body = part.rstrip("?*")
    if body.startswith("{"):
        body = "(" + "|".join(f"{{{name}}}" for name in body.strip("{}").split("|")) + ")"
    return f"(?:{'|'.join(map(_choice, body.strip('()').split('|')))}){repeated}"


def _choice(name: str) -> str:
    return _GROUPS[name.strip("{}")] if name.startswith("{") else _said(name)


def _pattern(table: str) -> re.Pattern[str]:
    lines = filter(str.strip, table.splitlines())
    return re.compile(r"(?<= )(?:" + "|".join(map(_compiled, lines)) + ")")


def _only(keywords: str, around: str) -> re.Pattern[str]:
    """Keywords and politeness, and nothing else."""
    keyword = rf"(?:(?<!{NUMBER}){_any_of(phrases.OR_JUST)}|{_any_of(keywords)})"
    filler = rf"(?:{_GROUPS['polite']}|{around}|{NUMBER}|{COMMA})"
    return re.compile(rf" (?:(?!{keyword}){filler})*+{keyword}(?:{keyword}|{filler})*+")


_NOTHING = "(?!)"
_ONLY_SURE = _only(phrases.SURE, _any_of(phrases.AROUND_SURE))
_ONLY_CLEAR = _only(f"{phrases.SURE} {phrases.CLEAR}", _NOTHING)
_ONLY_SHY = _only(f"{phrases.SURE} {phrases.CLEAR} {phrases.SHY}", _NOTHING)
_REFUSAL = _pattern(phrases.REFUSALS)
_REQUEST = _pattern(phrases.REQUESTS)
_INSTRUCTION = _pattern(phrases.INSTRUCTIONS)
_TURNED_ROUND = re.compile(rf"(?<= ){_compiled(phrases.TURNED_ROUND)}$")
_COMPLAINS = re.compile(rf"(?<= ){_any_of(phrases.COMPLAINS)}$")
_OFF_WORK = re.compile(rf"{_GAP}{_GROUPS['off_work']}")
_NOT_OUR_STOP = sounds(phrases.NOT_OUR_STOP)
_ABOUT_STOPPING = sounds(phrases.ABOUT_STOPPING)
_OTHER_STOPS = sounds(phrases.OTHER_STOPS)
