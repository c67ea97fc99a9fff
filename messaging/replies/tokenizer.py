"""Split a text into tokens: words, numbers, stars and marks, each with its place in the text."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

# WhatsApp's own limit. What is longer is cut off, so that no text takes long to read.
MAX_TEXT_LENGTH = 4096


class TokenKind(Enum):
    WORD = "word"
    NUMBER = "number"
    STARS = "stars"
    MARK = "mark"
    LINE = "line"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Token:
    kind: TokenKind
    text: str
    start: int
    end: int
    # The phonetic key of a word; empty for everything else.
    key: str
    # Whether there is a space, or the beginning of a line, before it.
    spaced: bool

    @property
    def digits(self) -> str:
        return "".join(character for character in self.text if character.isdecimal())

    def is_mark(self, marks: str) -> bool:
        return self.kind is TokenKind.MARK and self.text in marks


def clean_text(text: str) -> str:
    """Remove invisible characters and those that PostgreSQL refuses; unify line ends and digits."""
    text = text[:MAX_TEXT_LENGTH].replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_visible_characters(unicodedata.normalize("NFC", text))).strip()


def _visible_characters(text: str) -> Iterator[str]:
    before = ""
    for character in text:
        category = unicodedata.category(character)
        if category == "Cf":
            # After an emoji a zero-width joiner builds a family or a profession; elsewhere it only
            # splits a word that should be found.
            joins_emoji = character == "\u200d" and (before == "\ufe0f" or _is_emoji(before))
            visible = character if joins_emoji else ""
        elif category == "Cs":
            visible = ""
        elif category in ("Cc", "Zl", "Zp"):
            visible = "\n" if character == "\n" else " "
        elif category == "No":
            visible = _plain_digit(character)
        else:
            visible = character
        before = visible or before
        yield visible


def _is_emoji(character: str) -> bool:
    return bool(character) and unicodedata.category(character) in ("So", "Sk")


def _plain_digit(character: str) -> str:
    """Return "5" for "⑤". Superscripts stay: they are footnotes or exponents."""
    digit = unicodedata.digit(character, None)
    if digit is None or "SCRIPT" in unicodedata.name(character, ""):
        return character
    return str(digit)


_QUOTED_LINE = re.compile(r"^[ \t]*>+.*$", re.MULTILINE)
_QUOTE_SIGN = re.compile(r"^[ \t]*>+", re.MULTILINE)
_QUOTED_MAIL = re.compile(
    r"^(?:[^\n]{0,200}(?:wrote|escribi[oó]|escreveu):"
    r"|-{2,} ?(?:original message|mensaje original|mensagem original)"
    r"|(?:sent from my|enviado desde mi|enviado do meu|get outlook for) )",
    re.IGNORECASE | re.MULTILINE,
)
# A phone without reactions of its own sends: Liked “¿Cómo fue su visita?”
_REACTION = re.compile(
    r"(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|removed an? \w{1,20} from"
    r"|(?:reacted|reaccion[oó]|reagiu) \S{1,20} (?:to|a)"
    r"|(?:no )?le gust[oó]|le encant[oó]|se ri[oó] de"
    r"|destac[oó]|(?:não )?gostou de|amou|curtiu|\W{1,8} (?:to|a|para))\s*(?=[“\"«])",
    re.IGNORECASE,
)


def strip_quoted_text(text: str) -> str:
    """Remove what a phone or a mail program repeats of our message."""
    if reaction := _REACTION.match(text):
        return reaction.group()
    if quoted_mail := _QUOTED_MAIL.search(text):
        text = text[: quoted_mail.start()]
    unquoted = _QUOTED_LINE.sub("", text)
    return (unquoted if unquoted.strip() else _QUOTE_SIGN.sub("", text)).strip()


STARS = "⭐★🌟🌠✭✮⋆"
EMPTY_STARS = "☆✩✰⚝"

# "S T O P" and "B.A.J.A." are one word each.
_SPELLED_OUT = "|".join(
    r"[ .*_-]{1,2}".join(word) for word in ("stop", "baja", "alto", "sair", "salir", "parar")
)
_TOKEN = re.compile(
    r"(?P<address>(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w-]{1,64}\.\S+"
    r"|[^\W\d_][\w-]{1,60}(?:\.[\w-]{2,30}){1,4}/\S*)"
    r"|(?P<line>\n)"
    r"|(?P<number>\d+[\ufe0f\u20e3]*)"
    rf"|(?P<word>(?i:st0p|{_SPELLED_OUT})(?!\w)"
    r"|[^\W\d_]+(?:[\u0300-\u036f'’´`]+[^\W\d_]+)*[\u0300-\u036f]*)"
    rf"|(?P<stars>[{STARS}{EMPTY_STARS}]\ufe0f?)"
    r"|(?P<mark>\S)"
)
# Combining marks and variation selectors that are left alone mean nothing.
_IGNORED = frozenset(("\ufe0e", "\ufe0f", "\u200d", "\u20e3", *map(chr, range(0x0300, 0x0370))))


def tokenize(text: str) -> list[Token]:
    tokens: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        kind = TokenKind(match.lastgroup)
        written = match.group()
        if written not in _IGNORED:
            key = phonetic_key(written) if kind is TokenKind.WORD else ""
            spaced = match.start() > end or not tokens or tokens[-1].kind is TokenKind.LINE
            tokens.append(Token(kind, written, match.start(), match.end(), key, spaced))
        end = match.end()
    return tokens


# How letters sound in Spanish, in this order: h is silent, c before a is k, z is s, v is b.
_PHONETIC_RULES = tuple(
    (re.compile(rule), replacement)
    for rule, replacement in (
        (r"^[kq]$", "ke"),
        (r"^h(?=.{3})", ""),
        (r"qu(?=[ei])|q|c(?![eiyh])", "k"),
        (r"c(?=[eiy])|z", "s"),
        (r"v", "b"),
        (r"g(?=[ei])", "j"),
        (r"(.)\1+", r"\1"),
    )
)


def phonetic_key(word: str) -> str:
    """Return one key for all spellings that sound alike in Spanish: "cinco", "SINCO", "cincooo"."""
    folded = unicodedata.normalize("NFKD", word).casefold().replace("0", "o")
    key = "".join(character for character in folded if character.isalpha())
    for spelling, replacement in _PHONETIC_RULES:
        key = spelling.sub(replacement, key)
    return key


def phonetic_keys(text: str) -> frozenset[str]:
    return frozenset(map(phonetic_key, text.split()))
