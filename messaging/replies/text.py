"""From what arrived to words, numbers, stars and marks, each with its place in the text."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

# WhatsApp's own limit; a longer text is nobody's answer, and costs no more than this.
LONGEST_READ = 4096


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
    key: str
    spaced: bool

    @property
    def digits(self) -> str:
        return "".join(character for character in self.text if character.isdecimal())

    def is_mark(self, marks: str) -> bool:
        return self.kind is TokenKind.MARK and self.text in marks


def clean(text: str) -> str:
    """Nothing invisible, nothing that a database refuses, digits as digits, lines as lines."""
    text = text[:LONGEST_READ].replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_visible(unicodedata.normalize("NFC", text))).strip()


def _visible(text: str) -> Iterator[str]:
    before = ""
    for character in text:
        category = unicodedata.category(character)
        if category == "Cf":
            # Between emoji a joiner makes one picture; anywhere else it only hides.
            keep = character == "\u200d" and (before == "\ufe0f" or _is_picture(before))
            seen = character if keep else ""
        elif category == "Cs":
            seen = ""
        elif category in ("Cc", "Zl", "Zp"):
            seen = "\n" if character == "\n" else " "
        elif category == "No":
            seen = _enclosed_digit(character)
        else:
            seen = character
        before = seen or before
        yield seen


def _is_picture(character: str) -> bool:
    return bool(character) and unicodedata.category(character) in ("So", "Sk")


def _enclosed_digit(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is None or "SCRIPT" in unicodedata.name(character, ""):
        return character
    return str(digit)


_QUOTED_LINE = re.compile(r"^[ \t]*>+.*$", re.MULTILINE)
_QUOTE_MARK = re.compile(r"^[ \t]*>+", re.MULTILINE)
_FORWARDED = re.compile(
    r"^(?:[^\n]{0,200}(?:wrote|escribi[oó]|escreveu):"
    r"|-{2,} ?(?:original message|mensaje original|mensagem original)"
    r"|(?:sent from my|enviado desde mi|enviado do meu|get outlook for) )",
    re.IGNORECASE | re.MULTILINE,
)
_REACTION = re.compile(
    r"(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|removed an? \w{1,20} from"
    r"|(?:reacted|reaccion[oó]|reagiu) \S{1,20} (?:to|a)"
    r"|(?:no )?le gust[oó]|le encant[oó]|se ri[oó] de"
    r"|destac[oó]|(?:não )?gostou de|amou|curtiu|\W{1,8} (?:to|a|para))\s*(?=[“\"«])",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """Without what a phone or mail program repeats of our message."""
    if reaction := _REACTION.match(text):
        return reaction.group()
    if forwarded := _FORWARDED.search(text):
        text = text[: forwarded.start()]
    unquoted = _QUOTED_LINE.sub("", text)
    return (unquoted if unquoted.strip() else _QUOTE_MARK.sub("", text)).strip()


STARS = "⭐★🌟🌠✭✮⋆"
EMPTY_STARS = "☆✩✰⚝"

# "S T O P" and "B.A.J.A." are words.
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
_SILENT = frozenset(("\ufe0e", "\ufe0f", "\u200d", "\u20e3", *map(chr, range(0x0300, 0x0370))))


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        kind = TokenKind(match.lastgroup)
        written = match.group()
        if written not in _SILENT:
            key = sound(written) if kind is TokenKind.WORD else ""
            spaced = match.start() > end or not found or found[-1].kind is TokenKind.LINE
            found.append(Token(kind, written, match.start(), match.end(), key, spaced))
        end = match.end()
    return found


_SPELLINGS = tuple(
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"^[kq]$", "ke"),
        (r"^h(?=.{3})", ""),
        (r"qu(?=[ei])|q|c(?![eiyh])", "k"),
        (r"c(?=[eiy])|z", "s"),
        (r"v", "b"),
        (r"g(?=[ei])", "j"),
        (r"(.)\1+", r"\1"),
    )
)


def sound(word: str) -> str:
    """Words that sound alike in Spanish are one word: "cinco", "SINCO" and "cincooo"."""
    folded = unicodedata.normalize("NFKD", word).casefold().replace("0", "o")
    heard = "".join(character for character in folded if character.isalpha())
    for spelling, sounds in _SPELLINGS:
        heard = spelling.sub(sounds, heard)
    return heard


def sounds(text: str) -> frozenset[str]:
    return frozenset(map(sound, text.split()))
