import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from messaging.replies.asking import asks
from messaging.replies.coming_back import asks_for_help, is_start_word, wants_back
from messaging.replies.doubts import may_be_leaving
from messaging.replies.leaving import leave, leave_after_doubts
from messaging.replies.patterns import Span
from messaging.replies.rating import is_off_scale, rate
from messaging.replies.text import Token, clean, own_words, tokens

Intent = Literal["rating", "opt_out", "opt_in", "help", "other"]


@dataclass(frozen=True)
class ReplyReading:
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


def read(text: str) -> ReplyReading:
    """Return what a text says. The wish to hear no more wins over whatever else it says."""
    text = own_words(clean(text))
    found = tokens(text)
    doubtful = may_be_leaving(text, found)
    reading, understood = _read(text, found, doubtful)
    # What a machine does needs nobody: "¿me pueden sacar de la lista?" asks for nothing more.
    left = [token for token in found if not any(token.start in range(*span) for span in understood)]
    return replace(
        reading,
        may_be_opt_out=doubtful and reading.intent in ("rating", "other"),
        needs_person=asks(left),
    )


def _read(text: str, found: list[Token], doubtful: bool) -> tuple[ReplyReading, list[Span]]:
    """The reading, and the parts of the text that its intent answers in full."""
    if spans := leave(found) or (leave_after_doubts(found) if doubtful else []):
        return ReplyReading("opt_out", comment=_rest(text, spans)), spans
    if is_start_word(found):
        return ReplyReading("opt_in"), []
    if asks_for_help(found):
        return ReplyReading("help"), []
    if rated := rate(found):
        return ReplyReading("rating", rated.rating, _rest(text, rated.spans)), []
    if spans := wants_back(found):
        return ReplyReading("opt_in", comment=_rest(text, spans)), spans
    return ReplyReading("other", comment=text, off_scale=is_off_scale(found)), []


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
