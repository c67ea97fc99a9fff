"""Find the numbers in a text: digits or words, decimals, fractions, choices, scales and stars."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from messaging.replies import rating_words as words
from messaging.replies.tokenizer import EMPTY_STARS, Token, TokenKind

LOWEST, HIGHEST = 1, 5
# "5555" is an emphatic five; "55" may be out of a hundred.
EMPHATIC_DIGITS = 3
ID_DIGITS = 6
TOO_LARGE = 1_000_000
CENTS_DIGITS = 2
MIN_TENS = 20
PHONE_DIGITS = 7
PHONE_GROUP = range(3, 5)
# "100 puntos" and "100 %" are praise beside a rating. Alone they are no rating.
PRAISE_NUMBERS = (100, 1000)
MAX_PHONE_TOKENS = 12


@dataclass(frozen=True)
class Numeral:
    """A number in tokens[first..last].

    `values` has every value that it may have: "4 o 5" has two. It is empty for what is surely no
    rating: a time, a date or a phone number.
    """

    first: int
    last: int
    values: tuple[int, ...] = ()
    # "4/5", "4 de 5"
    of_five: bool = False
    # "10/10", "100": praise rather than a number; another number in the text wins over it.
    emphatic: bool = False
    # "del 1 al 5": the question, not an answer.
    scale: bool = False
    # "uno", "one": mostly no number.
    ambiguous: bool = False
    stars: bool = False

    @property
    def rating(self) -> int | None:
        """The rating from 1 to 5, or None when the number is another or may have two values."""
        if len(set(self.values)) == 1 and LOWEST <= self.values[0] <= HIGHEST:
            return self.values[0]
        return None


NumeralReader = Callable[[Sequence[Token], int], Numeral | None]


def find_numerals(tokens: Sequence[Token]) -> list[Numeral]:
    numerals = []
    index = 0
    while index < len(tokens):
        numeral = _read_at(tokens, index)
        if numeral:
            numerals.append(numeral)
            index = numeral.last + 1
        else:
            index += 1
    return numerals


def _read_at(tokens: Sequence[Token], index: int) -> Numeral | None:
    if tokens[index].kind is TokenKind.STARS:
        return _read_stars(tokens, index)
    if not is_number(tokens[index]) and not _is_one_star(tokens, index):
        return None
    return next(numeral for reader in _READERS if (numeral := reader(tokens, index)))


def is_number(token: Token) -> bool:
    return token.kind is TokenKind.NUMBER or token.key in words.NUMBERS


def value_of(token: Token) -> int:
    """Return the value of a token. "Un" and "una" are one, so a word without a value is one."""
    if token.kind is TokenKind.WORD:
        return words.NUMBERS.get(token.key, LOWEST)
    digits = token.digits
    if len(set(digits)) == 1 and len(digits) >= EMPHATIC_DIGITS:
        return int(digits[0])
    if len(digits) > ID_DIGITS:
        return TOO_LARGE
    return int(digits)


def _is_one_star(tokens: Sequence[Token], index: int) -> bool:
    """Return whether an article means one: "una estrella", or "um" as the whole answer."""
    if tokens[index].key not in words.ARTICLES_AS_ONE:
        return False
    if tokens[index].key in words.PORTUGUESE_ONES and _ends_clause(tokens, index):
        return all(token.kind is TokenKind.MARK for token in tokens[:index]) or (
            tokens[index - 1].key in words.GRADES
        )
    after = [token.key for token in tokens[index + 1 : index + 3]]
    return bool(after) and (
        after[0] in words.STARS or (after[0] in words.ONLY and after[-1] in words.STARS)
    )


def _ends_clause(tokens: Sequence[Token], index: int) -> bool:
    return index + 1 == len(tokens) or tokens[index + 1].kind in (TokenKind.MARK, TokenKind.LINE)


def _read_stars(tokens: Sequence[Token], index: int) -> Numeral:
    last = index
    while last + 1 < len(tokens) and tokens[last + 1].kind is TokenKind.STARS:
        last += 1
    row = tokens[index : last + 1]
    full = [star for star in row if star.text[0] not in EMPTY_STARS]
    count = len(full or row)
    return Numeral(index, last, (count,), stars=True, emphatic=count > HIGHEST)


def _read_phone(tokens: Sequence[Token], index: int) -> Numeral | None:
    """ "098 765 4321", "+593-98-765-4321": groups of digits, some of them longer than two."""
    groups = []
    last = at = index
    while at < min(len(tokens), index + MAX_PHONE_TOKENS):
        token = tokens[at]
        if token.kind is TokenKind.NUMBER and len(token.digits) <= max(PHONE_GROUP):
            groups.append(len(token.digits))
            last = at
        elif not (token.is_mark("-.()+") and tokens[at - 1].kind is TokenKind.NUMBER):
            break
        at += 1
    is_phone = sum(groups) >= PHONE_DIGITS and any(group in PHONE_GROUP for group in groups)
    return Numeral(index, last) if is_phone else None


def _read_joined_digits(tokens: Sequence[Token], index: int) -> Numeral | None:
    """Digits joined by marks without a space: a decimal, a time, a date or a list."""
    groups, marks, last = [tokens[index]], "", index
    while _is_joined(tokens, last):
        marks += tokens[last + 1].text
        groups.append(tokens[last + 2])
        last += 2
    if not marks or marks in "-–/":
        return None
    if len(marks) == 1 and marks in ".,":
        return Numeral(index, last, _round_both_ways(groups[0], groups[1].text))
    if ":" not in marks and len(set(marks)) == 1 and all(len(group.text) == 1 for group in groups):
        return Numeral(index, last, tuple(map(value_of, groups)))
    return Numeral(index, last)


def _is_joined(tokens: Sequence[Token], index: int) -> bool:
    if index + 2 >= len(tokens):
        return False
    here, mark, after = tokens[index : index + 3]
    return (
        here.kind is after.kind is TokenKind.NUMBER
        and mark.is_mark(".,:/-–'")
        and not mark.spaced
        and not after.spaced
    )


def _round_both_ways(whole: Token, fraction: str) -> tuple[int, ...]:
    """Return both neighbours of "4,5", so that it counts as no single rating."""
    value = value_of(whole)
    if len(fraction) > CENTS_DIGITS:
        return (TOO_LARGE,)
    return (value,) if not fraction.strip("0") else (value, value + 1)


def _read_scale(tokens: Sequence[Token], index: int) -> Numeral | None:
    """ "Del 1 al 5", "1-5", "from 1 (poor) to 5": the question, not an answer."""
    if value_of(tokens[index]) > LOWEST:
        return None
    at = _skip_brackets(tokens, index + 1)
    if at + 1 >= len(tokens) or not is_number(tokens[at + 1]):
        return None
    between = index > 0 and tokens[index - 1].key in words.BETWEEN
    link, top = tokens[at], value_of(tokens[at + 1])
    linked = (
        link.key in words.RANGE
        or link.is_mark("-–—~")
        or (between and link.key in words.SCALE_PAIR)
    )
    if not linked or top < HIGHEST:
        return None
    first = index
    while first > 0 and tokens[first - 1].key in words.BEFORE_SCALE:
        first -= 1
    return Numeral(first, at + 1, (top,), scale=True)


def _skip_brackets(tokens: Sequence[Token], index: int) -> int:
    if index < len(tokens) and tokens[index].is_mark("("):
        for closing in range(index, min(index + 6, len(tokens))):
            if tokens[closing].is_mark(")"):
                return closing + 1
    return index


def _read_fraction(tokens: Sequence[Token], index: int) -> Numeral | None:
    """ "4/5", "4 de 5", "cuatro sobre cinco", "4 out of 5 stars"."""
    at = index + 1
    if at < len(tokens) and tokens[at].is_mark("/"):
        at += 1
    else:
        while at < len(tokens) and at <= index + 5 and tokens[at].key in words.OUT_OF_FILLERS:
            at += 1
        if not any(token.key in words.OUT_OF for token in tokens[index + 1 : at]):
            return None
    if at >= len(tokens) or not is_number(tokens[at]):
        return None
    value, top = value_of(tokens[index]), value_of(tokens[at])
    if top == HIGHEST:
        return Numeral(index, at, (value,), of_five=True, emphatic=value > top)
    if tokens[at - 1].is_mark("/") and top < HIGHEST:
        return Numeral(index, at)
    if top < HIGHEST or _read_scale(tokens, at):
        return None
    return Numeral(index, at, (top,), emphatic=value == top)


def _read_half(tokens: Sequence[Token], index: int) -> Numeral | None:
    """ "4½", "4 1/2", "cuatro y medio", "4 estrellas y media" """
    value, last = value_of(tokens[index]), index
    if last + 1 < len(tokens) and tokens[last + 1].key in words.STARS:
        last += 1
    after = tokens[last + 1 : last + 4]
    keys = [token.key for token in after]
    if "".join(token.text for token in after) == "1/2":
        last += 3
    elif after and after[0].text in "½¼¾":
        last += 1
    elif keys[:1] and keys[0] in words.ALTERNATIVE and set(keys[1:3]) & words.HALVES:
        last += 2 if keys[1] in words.HALVES else 3
    else:
        return None
    return Numeral(index, last, (value, value + 1))


def _read_two_words(tokens: Sequence[Token], index: int) -> Numeral | None:
    """ "Treinta y cinco" """
    tens = value_of(tokens[index])
    if tokens[index].kind is not TokenKind.WORD or tens < MIN_TENS:
        return None
    at = index + 1
    if at < len(tokens) and tokens[at].key in words.ALTERNATIVE:
        at += 1
    if at < len(tokens) and value_of_word(tokens[at]) in range(1, 10):
        return Numeral(index, at, (tens + value_of_word(tokens[at]),))
    return None


def value_of_word(token: Token) -> int:
    return words.NUMBERS.get(token.key, 0)


def _read_choice(tokens: Sequence[Token], index: int) -> Numeral | None:
    """ "4 o 5", "4 a 5", "4-5", "entre 4 y 5", and "5 no 4", which could be either."""
    values = [value_of(tokens[index])]
    last = index
    while last + 2 < len(tokens) and is_number(tokens[last + 2]):
        link = tokens[last + 1]
        if not (link.key in words.CHOICE or link.is_mark("-–—~/")):
            break
        if link.key in words.SCALE_PAIR and _is_unit(tokens, last + 3):
            break
        values.append(value_of(tokens[last + 2]))
        last += 2
    return Numeral(index, last, tuple(values)) if last > index else None


def _is_unit(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].key in words.ALWAYS_UNITS


def _read_single(tokens: Sequence[Token], index: int) -> Numeral:
    token = tokens[index]
    value = value_of(token)
    if value >= TOO_LARGE:
        return Numeral(index, index)
    if index > 0 and _is_minus(tokens, index - 1):
        value = -value
    return Numeral(
        index,
        index,
        (value,),
        ambiguous=token.key in words.AMBIGUOUS_ONES,
        emphatic=value in PRAISE_NUMBERS,
    )


def _is_minus(tokens: Sequence[Token], index: int) -> bool:
    """Return whether the dash is a minus sign: it touches the number, and no word comes before."""
    if not tokens[index].is_mark("-−") or tokens[index + 1].spaced:
        return False
    before = tokens[index - 1] if index > 0 else None
    return (
        before is None
        or before.kind in (TokenKind.MARK, TokenKind.LINE)
        or before.key in words.NUMBER_ARTICLES
    )


# The first reader that succeeds wins, so the longer forms come first.
_READERS: tuple[NumeralReader, ...] = (
    _read_phone,
    _read_joined_digits,
    _read_scale,
    _read_fraction,
    _read_half,
    _read_two_words,
    _read_choice,
    _read_single,
)
