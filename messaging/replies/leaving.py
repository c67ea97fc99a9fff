"""Whether a text asks us to write no more, in whatever words."""

import re
from collections.abc import Iterator, Sequence

from messaging.replies import phrases
from messaging.replies.patterns import (
    COMMA,
    GAP,
    NUMBER,
    MatchedPhrase,
    Span,
    any_of,
    clauses,
    group,
    own_sentences,
    pattern,
)
from messaging.replies.text import Token, TokenKind, sounds


def leave(tokens: Sequence[Token]) -> list[Span]:
    """Where the text says so; nowhere when it does not."""
    if _is_stop_sign(tokens):
        return [MatchedPhrase(list(tokens)).span]
    told = list(own_sentences(tokens))
    everything = MatchedPhrase([token for said in told for token in said.tokens])
    if _ONLY_SHY.fullmatch(everything.said):
        return [everything.span]
    mixed_case = any(token.text.islower() for token in tokens)
    opening = next(clauses(everything), None)
    if opening and _ONLY_CLEAR.fullmatch(opening.said):
        return [opening.span]
    for said in told:
        if spans := list(_in_sentence(said, mixed_case)):
            return spans
    return []


def leave_after_doubts(tokens: Sequence[Token]) -> list[Span]:
    """Where a text that speaks about our messages has an opt-out word between its commas.

    "No soy esa persona, paren": what came before says what is to stop.
    """
    return [
        clause.span
        for said in own_sentences(tokens)
        for clause in clauses(said)
        if _ONLY_SHY.fullmatch(clause.said)
    ]


def _in_sentence(said: MatchedPhrase, mixed_case: bool) -> Iterator[Span]:
    if _ONLY_CLEAR.fullmatch(said.said):
        yield said.span
    for clause in clauses(said):
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


def _stops(clause: MatchedPhrase, mixed_case: bool) -> bool:
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
        token.kind is TokenKind.WORD for token in tokens
    )


def _only(keywords: str, around: str) -> re.Pattern[str]:
    """Keywords and politeness, and nothing else."""
    keyword = rf"(?:(?<!{NUMBER}){any_of(phrases.OR_JUST)}|{any_of(keywords)})"
    filler = rf"(?:{group('polite')}|{around}|{NUMBER}|{COMMA})"
    return re.compile(rf" (?:(?!{keyword}){filler})*+{keyword}(?:{keyword}|{filler})*+")


_BACK = 150
_NOTHING = "(?!)"
_ONLY_SURE = _only(phrases.SURE, any_of(phrases.AROUND_SURE))
_ONLY_CLEAR = _only(f"{phrases.SURE} {phrases.CLEAR}", _NOTHING)
_ONLY_SHY = _only(f"{phrases.SURE} {phrases.CLEAR} {phrases.SHY}", _NOTHING)
_REFUSAL = pattern(phrases.REFUSALS)
_REQUEST = pattern(phrases.REQUESTS)
_TURNED_ROUND = re.compile(rf"{pattern(phrases.TURNED_ROUND).pattern}$")
_COMPLAINS = re.compile(rf"(?<= ){any_of(phrases.COMPLAINS)}$")
_OFF_WORK = re.compile(rf"{GAP}{group('off_work')}")
_NOT_OUR_STOP = sounds(phrases.NOT_OUR_STOP)
_ABOUT_STOPPING = sounds(phrases.ABOUT_STOPPING)
_OTHER_STOPS = sounds(phrases.OTHER_STOPS)
