"""Refuse a public reply that would reveal a patient.

A reply may neither confirm nor deny that the writer of a review was a patient. The gate errs on the
side of refusing: people can put a refused sentence in other words, but what was published cannot be
taken back. It reads Spanish, English and Portuguese at once, because replies mix them.

Three rules refuse in doubt, because the ways to hint at a visit do not end and those to answer
without one are few: what is said of the second person, what is told in the past, and sentences that
speak of nothing a reply speaks of are refused unless the files in `gate/words/` have them (see
docs/adr/0034-reply-gate.md).
"""

from collections.abc import Iterator, Sequence
from functools import cache

from reviews.gate import contacts, names, phrases, plain
from reviews.gate.findings import Finding, GateResult, Reason
from reviews.gate.phrases import Books, PhraseBook, Reading
from reviews.gate.spelling import Spelling, fold
from reviews.gate.tokens import Token, is_sentence_end, split

__all__ = ["Finding", "GateResult", "Reason", "check_reply", "find_all", "read_tokens"]


def check_reply(text: str, *, private_names: Sequence[str] = ()) -> GateResult:
    """Return which words of a reply may not be published, and why.

    `private_names` are full names from the clinic's own data. Other names are found only where
    people greet or thank somebody, or when they are common ones.
    """
    return GateResult(findings=tuple(_longest(find_all(text, private_names=private_names))))


def find_all(text: str, *, private_names: Sequence[str] = ()) -> list[Finding]:
    """Return the findings of `check_reply`, and those that lie inside a longer one."""
    tokens = list(read_tokens(text))
    reading = Reading(tokens)
    allowed = _mask(reading, _books()[0].allowed)
    found = [
        *_find_phrases(text, reading, allowed),
        *contacts.find_numbers(text),
        *contacts.find_spoken_numbers(text, tokens),
        *(
            _quote(text, tokens, start, end, Reason.NAME)
            for start, end in names.find_names(tokens, private_names)
        ),
    ]
    return [*found, *_find_unclear(text, tokens, allowed, found)]


@cache
def _books() -> tuple[Books, Spelling]:
    books = phrases.load()
    known = {*books.vocabulary(), *plain.vocabulary()}
    return books, Spelling(known, ordinary=phrases.load_ordinary())


def read_tokens(text: str) -> Iterator[Token]:
    """Yield the words of a text with the ways in which each can be read."""
    spelling, last_end, before = _books()[1], 0, ""
    for written, start, end in split(text):
        gap, folded = text[last_end:start], fold(written)
        if not folded:
            continue
        yield Token(
            written=written,
            folded=folded,
            forms=spelling.read(folded),
            start=start,
            end=end,
            gap=gap,
            starts_sentence=not last_end or is_sentence_end(gap, before),
        )
        last_end, before = end, folded


def _find_phrases(text: str, reading: Reading, allowed: Sequence[bool]) -> Iterator[Finding]:
    books, tokens = _books()[0], reading.tokens
    allowed_for: dict[Reason, list[bool]] = {}
    for phrase, start, end in books.refused.matches(reading, allowed):
        reason = phrase.reason
        if reason not in allowed_for:
            book = books.allowed_by_reason.get(reason)
            allowed_for[reason] = _mask(reading, book) if book else [False] * len(tokens)
        if any(allowed_for[reason][start:end]):
            continue
        if reason == Reason.HEALTH and names.is_specialty_of_clinic(tokens, start, end):
            continue
        if reason == Reason.PAST and plain.is_name_of_clinic(tokens, start):
            continue
        yield _quote(text, tokens, start, end, reason)


def _find_unclear(
    text: str, tokens: Sequence[Token], allowed: Sequence[bool], found: Sequence[Finding]
) -> Iterator[Finding]:
    """Yield what is unclear, unless another finding says already what to change in it."""
    for start, end in plain.find_unclear(tokens, allowed):
        unclear = _quote(text, tokens, start, end, Reason.UNCLEAR)
        stop = unclear.start + len(unclear.words)
        if not any(unclear.start <= other.start < stop for other in found):
            yield unclear


def _mask(reading: Reading, book: PhraseBook) -> list[bool]:
    """Return which words are in a phrase of the book."""
    masked = [False] * len(reading.tokens)
    for _phrase, start, end in list(book.matches(reading, masked)):
        masked[start:end] = [True] * (end - start)
    return masked


def _quote(text: str, tokens: Sequence[Token], start: int, end: int, reason: Reason) -> Finding:
    first, last = tokens[start].start, tokens[end - 1].end
    return Finding(words=text[first:last], reason=reason, start=first)


def _longest(found: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings in the order of the text, without those inside a longer one."""
    reached = -1
    for finding in sorted(found, key=lambda each: (each.start, -len(each.words))):
        end = finding.start + len(finding.words)
        if end > reached:
            yield finding
            reached = end
