"""Recognise sentences of our own messages that come back inside of a reply."""

from collections.abc import Iterator, Sequence
from functools import cache
from re import Pattern

from messaging.replies.patterns import compile_phrases
from messaging.replies.sentences import Passage, split_sentences
from messaging.replies.tokenizer import Token

# "Reply STOP to opt out" must not be read as an opt-out, nor our question as a question.
OUR_SENTENCES = """
    (responda|responde|reply|conteste|respond) {the_word}* {our_words}
    {instruct} {the_word}* {our_words} {to}
    (como|how) (fue|was|foi) (su|tu|your|sua|a-sua) (visita|visit|consulta|atencion|experiencia)
"""


def split_own_sentences(tokens: Sequence[Token]) -> Iterator[Passage]:
    """Yield the sentences that the patient wrote, without those that repeat our message."""
    return (sentence for sentence in split_sentences(tokens) if not is_our_text(sentence.tokens))


def is_our_text(tokens: list[Token]) -> bool:
    return bool(_our_sentences().search(Passage(tokens).keys))


@cache
def _our_sentences() -> Pattern[str]:
    return compile_phrases(OUR_SENTENCES)
