import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from messaging.replies.leaving import leave
from messaging.replies.rating import is_off_scale, rate
from messaging.replies.text import Kind, Token, clean, own_words, sounds, tokens

Intent = Literal["rating", "opt_out", "opt_in", "help", "other"]

# Coming back has to be clear, so only these words count, and only alone. The first three are the
# carrier's; "sí" is not among them, it may answer anything.
_COMES_BACK = sounds("start yes unstop alta reanudar iniciar")
_ASKS_FOR_HELP = sounds("help info ayuda informacion informacao ajuda")


_SPEAKS_OF_MESSAGES = re.compile(r"\b(mensajes|mensagens|messages)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    intent: Intent
    rating: int | None = None
    comment: str = ""
    off_scale: bool = False
    # The text speaks about our messages, and whether it is an opt-out is for a person to say.
    may_be_opt_out: bool = False
    # It asks something, or somebody has to act; also true of a text that brings a rating.
    needs_person: bool = False


def read(text: str) -> Reading:
    """The wish to hear no more wins over whatever else a text says."""
    reading = _read(text)
    if reading.intent not in ("rating", "other"):
        return reading
    doubtful = bool(_SPEAKS_OF_MESSAGES.search(text))
    return replace(reading, may_be_opt_out=doubtful, needs_person="?" in text)


def _read(text: str) -> Reading:
    text = own_words(clean(text))
    found = tokens(text)
    if spans := leave(found):
        return Reading("opt_out", comment=_rest(text, spans))
    word = _only_word(found)
    if word in _COMES_BACK:
        return Reading("opt_in")
    if word in _ASKS_FOR_HELP:
        return Reading("help")
    if rated := rate(found):
        return Reading("rating", rated.rating, _rest(text, rated.spans))
    return Reading("other", comment=text, off_scale=is_off_scale(found))


def _only_word(found: list[Token]) -> str | None:
    said = [token for token in found if token.kind not in (Kind.MARK, Kind.LINE)]
    return said[0].key if len(said) == 1 else None


_OPENS = " \t\n,;:.!?)]-–—/*_=\"'”’»|"
_CLOSES = " \t\n,;:([-–—/*_=#\"'“‘«¿¡|"


def _rest(text: str, spans: list[tuple[int, int]]) -> str:
    """The text without the spans, and without the marks that only held them."""
    pieces, end = [], 0
    for start, stop in spans:
        if start >= end:
            pieces.append(text[end:start])
        end = max(end, stop)
    pieces.append(text[end:])
    last = len(pieces) - 1
    trimmed = [
        piece.lstrip(_OPENS if index > 0 else None).rstrip(_CLOSES if index < last else None)
        for index, piece in enumerate(pieces)
    ]
    rest = " ".join(filter(None, trimmed))
    return rest if any(map(_says, rest)) else ""


def _says(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) == "So"
