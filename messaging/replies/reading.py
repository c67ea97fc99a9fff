import unicodedata
from dataclasses import dataclass
from typing import Literal

from messaging.replies.leaving import leave
from messaging.replies.rating import is_off_scale, rate
from messaging.replies.text import Kind, Token, clean, own_words, sounds, tokens

Intent = Literal["rating", "opt_out", "opt_in", "help", "other"]

# Coming back has to be clear, so only these words count, and only alone. The first three are the
# carrier's; "sí" is not among them, it may answer anything.
_COMES_BACK = sounds("start yes unstop alta reanudar iniciar")
_ASKS_FOR_HELP = sounds("help info ayuda informacion informacao ajuda")


@dataclass(frozen=True)
class Reading:
    """What a text says.

    `may_be_opt_out`: it speaks about our messages, about being contacted or about its data, and
    may be a wish to hear no more, but it is no sure opt-out. A person has to decide.
    `needs_person`: it asks something or needs somebody to act, whatever it says besides.
    """

    intent: Intent
    rating: int | None = None
    comment: str = ""
    off_scale: bool = False
    may_be_opt_out: bool = False
    needs_person: bool = False


def read(text: str) -> Reading:
    """The wish to hear no more wins over whatever else a text says."""
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
