"""Split a text into sentences and clauses, each as a line of phonetic keys to match phrases on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from messaging.replies import rating_words as words
from messaging.replies.lexicon import correct_and_mark
from messaging.replies.tokenizer import Token, TokenKind

# Where a match begins and ends in the text.
Span = tuple[int, int]

NUMBER = "# "
COMMA = ", "
SENTENCE_ENDS = ".!?;…¡¿"
COMMAS = ",:/|–—"


@dataclass(frozen=True)
class Passage:
    """A sentence, a clause or a whole text, as tokens and as one line of phonetic keys."""

    tokens: list[Token]

    @cached_property
    def keys(self) -> str:
        """The line that patterns are matched on, for example " no kiero mas , grasias "."""
        return " " + "".join(map(token_key, self.tokens))

    @property
    def span(self) -> Span:
        return self.tokens[0].start, self.tokens[-1].end

    def span_between(self, start: int, end: int) -> Span:
        """Return where in the text a match lies that was found in `keys[start:end]`."""
        # Each key is followed by one space, so counting spaces counts tokens.
        first = self.keys.count(" ", 1, start)
        last = self.keys.count(" ", 1, end) - 1
        return self.tokens[first].start, self.tokens[last].end


def token_key(token: Token) -> str:
    if token.kind is TokenKind.NUMBER or token.key in words.NUMBERS:
        return NUMBER
    return correct_and_mark(token.key) if token.kind is TokenKind.WORD else COMMA


def split_sentences(tokens: Sequence[Token]) -> Iterator[Passage]:
    sentence: list[Token] = []
    for index, token in enumerate(tokens):
        if token.kind is TokenKind.LINE or (
            token.is_mark(SENTENCE_ENDS) and not _replaces_space(tokens, index)
        ):
            if sentence:
                yield Passage(sentence)
            sentence = []
        elif token.kind is TokenKind.ADDRESS and sentence and sentence[-1].text == ":":
            sentence = _without_link_label(sentence)
        elif token.kind is not TokenKind.MARK or token.text in COMMAS or _is_dash(token):
            sentence.append(token)
    if sentence:
        yield Passage(sentence)


def split_clauses(sentence: Passage) -> Iterator[Passage]:
    clause: list[Token] = []
    for token in sentence.tokens:
        if token_key(token) == COMMA:
            if clause:
                yield Passage(clause)
            clause = []
        else:
            clause.append(token)
    if clause:
        yield Passage(clause)


def join_sentences(sentences: Sequence[Passage]) -> Passage:
    return Passage([token for sentence in sentences for token in sentence.tokens])


def _replaces_space(tokens: Sequence[Token], index: int) -> bool:
    """A dot typed instead of a space: "no.me.escriban", but not "bien.No me escriban"."""
    after = tokens[index + 1 : index + 2]
    return (
        tokens[index].text == "."
        and not tokens[index].spaced
        and bool(after)
        and not after[0].spaced
        and after[0].text.islower() == tokens[index - 1].text.islower()
    )


def _without_link_label(sentence: list[Token]) -> list[Token]:
    """Drop the clause "Opt out:" before a link. Only our own messages write that."""
    end = len(sentence) - 1
    while end > 0 and token_key(sentence[end - 1]) != COMMA:
        end -= 1
    return sentence[:end]


def _is_dash(token: Token) -> bool:
    return token.text == "-" and token.spaced
