"""Which numbers a text writes: digits or words, decimals, fractions, choices and scales."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from messaging.replies import words
from messaging.replies.text import EMPTY_STARS, Token, TokenKind

LOWEST, HIGHEST = 1, 5
# "5555" is an emphatic five, as "000" is a nought; "55" may be out of a hundred.
EMPHATIC_DIGITS = 3
ID_DIGITS = 6
TOO_MANY = 1_000_000
CENTS_DIGITS = 2
LOWEST_TENS = 20
PHONE_DIGITS = 7
PHONE_GROUP = range(3, 5)
# "100 puntos", "100 %" are praise beside a rating, and none by themselves.
HUNDREDS = (100, 1000)
MOST_PHONE_TOKENS = 12


@dataclass(frozen=True)
class Numeral:
    """What stands in tokens[first..last]. No value: it can only be a time, a date or a phone."""

    first: int
    last: int
    values: tuple[int, ...] = ()
    of_five: bool = False
    emphatic: bool = False
    scale: bool = False
    shy: bool = False
    stars: bool = False

    @property
    def rating(self) -> int | None:
        """The one rating that this can mean."""
        if len(set(self.values)) == 1 and LOWEST <= self.values[0] <= HIGHEST:
            return self.values[0]
        return None


Reader = Callable[[Sequence[Token], int], Numeral | None]


def numerals(tokens: Sequence[Token]) -> list[Numeral]:
    found = []
    index = 0
    while index < len(tokens):
        numeral = _read(tokens, index)
        if numeral:
            found.append(numeral)
            index = numeral.last + 1
        else:
            index += 1
    return found


def _read(tokens: Sequence[Token], index: int) -> Numeral | None:
    if tokens[index].kind is TokenKind.STARS:
        return _row_of_stars(tokens, index)
    if not is_number(tokens[index]) and not _is_one_star(tokens, index):
        return None
    return next(numeral for reader in _READERS if (numeral := reader(tokens, index)))


def is_number(token: Token) -> bool:
    return token.kind is TokenKind.NUMBER or token.key in words.NUMBERS


def value_of(token: Token) -> int:
    """Of a word that is no number, one: only "una estrella" asks."""
    if token.kind is TokenKind.WORD:
        return words.NUMBERS.get(token.key, LOWEST)
    digits = token.digits
    if len(set(digits)) == 1 and len(digits) >= EMPHATIC_DIGITS:
        return int(digits[0])
    if len(digits) > ID_DIGITS:
        return TOO_MANY
    return int(digits)


def _is_one_star(tokens: Sequence[Token], index: int) -> bool:
    """ "Una estrella", and "um" as the whole answer."""
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


def _row_of_stars(tokens: Sequence[Token], index: int) -> Numeral:
    last = index
    while last + 1 < len(tokens) and tokens[last + 1].kind is TokenKind.STARS:
        last += 1
    row = tokens[index : last + 1]
    full = [star for star in row if star.text[0] not in EMPTY_STARS]
    count = len(full or row)
    return Numeral(index, last, (count,), stars=True, emphatic=count > HIGHEST)


def _phone(tokens: Sequence[Token], index: int) -> Numeral | None:
    """ "098 765 4321", "+593-98-765-4321": groups of digits, some of them longer than two."""
    groups = []
    last = at = index
    while at < min(len(tokens), index + MOST_PHONE_TOKENS):
        token = tokens[at]
        if token.kind is TokenKind.NUMBER and len(token.digits) <= max(PHONE_GROUP):
            groups.append(len(token.digits))
            last = at
        elif not (token.is_mark("-.()+") and tokens[at - 1].kind is TokenKind.NUMBER):
            break
        at += 1
    looks = sum(groups) >= PHONE_DIGITS and any(group in PHONE_GROUP for group in groups)
    return Numeral(index, last) if looks else None


def _chain(tokens: Sequence[Token], index: int) -> Numeral | None:
    """Digits joined without a space: a decimal, a time, a date, a list."""
    groups, marks, last = [tokens[index]], "", index
    while _joined(tokens, last):
        marks += tokens[last + 1].text
        groups.append(tokens[last + 2])
        last += 2
    if not marks or marks in "-–/":
        return None
    if len(marks) == 1 and marks in ".,":
        return Numeral(index, last, _decimal(groups[0], groups[1].text))
    if ":" not in marks and len(set(marks)) == 1 and all(len(group.text) == 1 for group in groups):
        return Numeral(index, last, tuple(map(value_of, groups)))
    return Numeral(index, last)


def _joined(tokens: Sequence[Token], index: int) -> bool:
    if index + 2 >= len(tokens):
        return False
    here, mark, after = tokens[index : index + 3]
    return (
        here.kind is after.kind is TokenKind.NUMBER
        and mark.is_mark(".,:/-–'")
        and not mark.spaced
        and not after.spaced
    )


def _decimal(whole: Token, fraction: str) -> tuple[int, ...]:
    value = value_of(whole)
    if len(fraction) > CENTS_DIGITS:
        return (TOO_MANY,)
    return (value,) if not fraction.strip("0") else (value, value + 1)


def _scale(tokens: Sequence[Token], index: int) -> Numeral | None:
    """ "Del 1 al 5", "1-5", "from 1 (poor) to 5": the question, not an answer."""
    if value_of(tokens[index]) > LOWEST:
        return None
    at = _after_brackets(tokens, index + 1)
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
    while first > 0 and tokens[first - 1].key in words.SCALE_LEAD:
        first -= 1
    return Numeral(first, at + 1, (top,), scale=True)


def _after_brackets(tokens: Sequence[Token], index: int) -> int:
    if index < len(tokens) and tokens[index].is_mark("("):
        for closing in range(index, min(index + 6, len(tokens))):
            if tokens[closing].is_mark(")"):
                return closing + 1
    return index


def _out_of(tokens: Sequence[Token], index: int) -> Numeral | None:
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
    if top < HIGHEST or _scale(tokens, at):
        return None
    return Numeral(index, at, (top,), emphatic=value == top)


def _half(tokens: Sequence[Token], index: int) -> Numeral | None:
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


def _compound(tokens: Sequence[Token], index: int) -> Numeral | None:
    """ "Treinta y cinco" """
    tens = value_of(tokens[index])
    if tokens[index].kind is not TokenKind.WORD or tens < LOWEST_TENS:
        return None
    at = index + 1
    if at < len(tokens) and tokens[at].key in words.ALTERNATIVE:
        at += 1
    if at < len(tokens) and value_of_word(tokens[at]) in range(1, 10):
        return Numeral(index, at, (tens + value_of_word(tokens[at]),))
    return None


def value_of_word(token: Token) -> int:
    return words.NUMBERS.get(token.key, 0)


def _choice(tokens: Sequence[Token], index: int) -> Numeral | None:
    """ "4 o 5", "4 a 5", "4-5", "entre 4 y 5", and "5 no 4", which could be either."""
    values = [value_of(tokens[index])]
    last = index
    while last + 2 < len(tokens) and is_number(tokens[last + 2]):
        link = tokens[last + 1]
        if not (link.key in words.CHOICE or link.is_mark("-–—~/")):
            break
        if link.key in words.SCALE_PAIR and _measures(tokens, last + 3):
            break
        values.append(value_of(tokens[last + 2]))
        last += 2
    return Numeral(index, last, tuple(values)) if last > index else None


def _measures(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].key in words.ALWAYS_UNITS


def _single(tokens: Sequence[Token], index: int) -> Numeral:
    token = tokens[index]
    value = value_of(token)
    if value >= TOO_MANY:
        return Numeral(index, index)
    if index > 0 and _is_minus(tokens, index - 1):
        value = -value
    return Numeral(
        index,
        index,
        (value,),
        shy=token.key in words.SHY_ONES,
        emphatic=value in HUNDREDS,
    )


def _is_minus(tokens: Sequence[Token], index: int) -> bool:
    """A dash that touches the number, where nothing stands that it could set apart."""
    if not tokens[index].is_mark("-−") or tokens[index + 1].spaced:
        return False
    before = tokens[index - 1] if index > 0 else None
    return (
        before is None
        or before.kind in (TokenKind.MARK, TokenKind.LINE)
        or before.key in words.NUMBER_ARTICLES
    )


_READERS: tuple[Reader, ...] = (_phone, _chain, _scale, _out_of, _half, _compound, _choice, _single)
