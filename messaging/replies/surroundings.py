"""A number and the words around it, as far as they can say what it means."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from messaging.replies import words
from messaging.replies.numerals import Numeral
from messaging.replies.text import Token, TokenKind

# In words; what stands further away says nothing about the number any more.
REACH = 8

# Marks that hold a number without setting it apart: "nota: 5", "*5*", "(5)".
HOLDS_BEFORE = ":#_=*\"“”'‘’«»()[]~@"
HOLDS_AFTER = "*\"”'’_)]~»/"


class Surroundings:
    def __init__(self, tokens: Sequence[Token], numeral: Numeral) -> None:
        self.tokens = tokens
        self.numeral = numeral

    @cached_property
    def before(self) -> list[Token]:
        """The words before the number in its clause, the nearest first."""
        return list(self._leftwards())

    @cached_property
    def after(self) -> list[Token]:
        return list(self._rightwards())

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
        """What touches the number on the left, be it a word or a mark."""
        return self.tokens[self.numeral.first - 1] if self.numeral.first > 0 else None

    @property
    def next(self) -> Token | None:
        last = self.numeral.last
        return self.tokens[last + 1] if last + 1 < len(self.tokens) else None

    def _leftwards(self) -> Iterator[Token]:
        first = self.numeral.first
        for index in range(first - 1, max(first - 2 * REACH, 0) - 1, -1):
            token = self.tokens[index]
            if token.kind in (TokenKind.WORD, TokenKind.NUMBER):
                yield token
            elif not (token.is_mark(HOLDS_BEFORE) or self._joins(index) or self._shortens(index)):
                return

    def _rightwards(self) -> Iterator[Token]:
        start = self.numeral.last + 1
        for index in range(start, min(start + REACH, len(self.tokens))):
            token = self.tokens[index]
            if token.kind in (TokenKind.WORD, TokenKind.NUMBER):
                yield token
            elif not (token.is_mark(HOLDS_AFTER) or self._joins(index)):
                return

    def _joins(self, index: int) -> bool:
        """A hyphen as in "5-star"."""
        hyphen, *after = self.tokens[index : index + 2]
        return hyphen.is_mark("-") and not hyphen.spaced and bool(after) and not after[0].spaced

    def _shortens(self, index: int) -> bool:
        """ "Tel. 5", "hab. 3" """
        dot = self.tokens[index]
        return (
            dot.is_mark(".")
            and not dot.spaced
            and index > 0
            and self.tokens[index - 1].key in words.LABELS | words.NAMED_NUMBERS
        )
