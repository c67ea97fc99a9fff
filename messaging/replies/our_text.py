"""Recognise sentences of our own messages that come back inside of a reply.

phrases/our_text.txt holds them: "Reply STOP to opt out" is no opt-out of the patient.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from re import Pattern

from messaging.replies.patterns import compile_phrases
from messaging.replies.phrase_files import read_phrase_file
from messaging.replies.sentences import Passage, split_sentences
from messaging.replies.tokenizer import Token


def split_own_sentences(tokens: Sequence[Token]) -> Iterator[Passage]:
    """Yield the sentences that the patient wrote, without those that repeat our message."""
    return (sentence for sentence in split_sentences(tokens) if not is_our_text(sentence.tokens))


def is_our_text(tokens: list[Token]) -> bool:
    return bool(_our_sentences().search(Passage(tokens).keys))


@cache
def _our_sentences() -> Pattern[str]:
    return compile_phrases(read_phrase_file("our_text").tables["our_sentences"])
