"""A number and the words around it, from which the other modules decide what it means."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from messaging.replies import rating_words as words
from messaging.replies.numerals import Numeral
from messaging.replies.tokenizer import Token, TokenKind

# In words. Words further away have nothing to do with the number.
MAX_DISTANCE = 8

# Marks that do not separate a number from its words: "nota: 5", "*5*", "(5)".
ATTACHED_BEFORE = ":#_=*\"“”'‘’«»()[]~@"
ATTACHED_AFTER = "*\"”'’_)]~»/"


class NumeralContext:
    def __init__(self, tokens: Sequence[Token], numeral: Numeral) -> None:
        self.tokens = tokens
        self.numeral = numeral

    @cached_property
    def before(self) -> list[Token]:
        """The words before the number in its clause, the nearest first."""
        return list(self._words_before())

    @cached_property
    def after(self) -> list[Token]:
        return list(self._words_after())

    @cached_property
    def keys_before(self) -> list[str]:
        return [token.key for token in self.before]

    @cached_property
    def keys_after(self) -> list[str]:
        return [token.key for token in self.after]

    @property
    def nearest_before(self) -> str:
        return self.keys_before[0] if self.before else ""

    @property
    def nearest_after(self) -> str:
        return self.keys_after[0] if self.after else ""

    @property
    def previous(self) -> Token | None:
        """The token before the number, which may also be a mark."""
        return self.tokens[self.numeral.first - 1] if self.numeral.first > 0 else None

    @property
    def next(self) -> Token | None:
        last = self.numeral.last
        return self.tokens[last + 1] if last + 1 < len(self.tokens) else None

    def _words_before(self) -> Iterator[Token]:
        first = self.numeral.first
        for index in range(first - 1, max(first - 2 * MAX_DISTANCE, 0) - 1, -1):
            token = self.tokens[index]
            if token.kind in (TokenKind.WORD, TokenKind.NUMBER):
                yield token
            elif not (
                token.is_mark(ATTACHED_BEFORE)
                or self._is_hyphen(index)
                or self._ends_abbreviation(index)
            ):
                return

    def _words_after(self) -> Iterator[Token]:
        start = self.numeral.last + 1
        for index in range(start, min(start + MAX_DISTANCE, len(self.tokens))):
            token = self.tokens[index]
            if token.kind in (TokenKind.WORD, TokenKind.NUMBER):
                yield token
            elif not (token.is_mark(ATTACHED_AFTER) or self._is_hyphen(index)):
                return

    def _is_hyphen(self, index: int) -> bool:
        """Return whether this is a hyphen as in "5-star"."""
        hyphen, *after = self.tokens[index : index + 2]
        return hyphen.is_mark("-") and not hyphen.spaced and bool(after) and not after[0].spaced

    def _ends_abbreviation(self, index: int) -> bool:
        """Return whether this dot ends an abbreviation: "Tel. 5", "hab. 3"."""
        dot = self.tokens[index]
        return (
            dot.is_mark(".")
            and not dot.spaced
            and index > 0
            and self.tokens[index - 1].key in words.LABELS | words.NAMED_NUMBERS
        )
