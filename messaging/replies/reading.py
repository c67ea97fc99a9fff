"""Read one text of a patient. This is the only entry: `read` asks the other modules in turn."""

import unicodedata
from dataclasses import replace

from messaging.replies.help_requests import is_help_request
from messaging.replies.needs_person import needs_person
from messaging.replies.opt_in import find_opt_in, is_start_keyword
from messaging.replies.opt_out import find_opt_out, find_opt_out_clauses
from messaging.replies.possible_opt_out import is_possible_opt_out
from messaging.replies.rating import find_rating, is_off_scale
from messaging.replies.reply_reading import ReplyReading
from messaging.replies.second_reader import add_second_reading
from messaging.replies.sentences import Span
from messaging.replies.tokenizer import Token, clean_text, strip_quoted_text, tokenize


def read(text: str) -> ReplyReading:
    """Return the meaning of a text. An opt-out wins over everything else in the text.

    The rules come first. `second_reader` says what the local reader may add.
    """
    return add_second_reading(read_by_rules(text), strip_quoted_text(clean_text(text)))


def read_by_rules(text: str) -> ReplyReading:
    """Return the meaning of a text by the rules alone."""
    text = strip_quoted_text(clean_text(text))
    tokens = tokenize(text)
    possible_opt_out = is_possible_opt_out(text, tokens)
    reading, answered_spans = _read_intent(text, tokens, possible_opt_out)
    # "¿Me pueden sacar de la lista?" is done by the program, so the question needs no person.
    unanswered = [
        token for token in tokens if not any(token.start in range(*span) for span in answered_spans)
    ]
    return replace(
        reading,
        may_be_opt_out=possible_opt_out and reading.intent in ("rating", "other"),
        needs_person=needs_person(unanswered),
    )


def _read_intent(
    text: str, tokens: list[Token], possible_opt_out: bool
) -> tuple[ReplyReading, list[Span]]:
    """Return the reading, and the parts of the text that the program answers by itself."""
    spans = find_opt_out(tokens)
    if not spans and possible_opt_out:
        spans = find_opt_out_clauses(tokens)
    if spans:
        return ReplyReading("opt_out", comment=_remove_spans(text, spans)), spans
    if is_start_keyword(tokens):
        return ReplyReading("opt_in"), []
    if is_help_request(tokens):
        return ReplyReading("help"), []
    if match := find_rating(tokens):
        return ReplyReading("rating", match.rating, _remove_spans(text, match.spans)), []
    if spans := find_opt_in(tokens):
        return ReplyReading("opt_in", comment=_remove_spans(text, spans)), spans
    return ReplyReading("other", comment=text, off_scale=is_off_scale(tokens)), []


# Marks that are left over at the beginning or the end of a piece when a span is cut out.
_LEFT_BEHIND_AT_START = " \t\n,;:.!?)]-–—/*_=\"'”’»|"
_LEFT_BEHIND_AT_END = " \t\n,;:([-–—/*_=#\"'“‘«¿¡|"


def _remove_spans(text: str, spans: list[Span]) -> str:
    """Return the text without the spans. Empty when only marks are left."""
    pieces, end = [], 0
    for start, stop in spans:
        if start >= end:
            pieces.append(text[end:start])
        end = max(end, stop)
    pieces.append(text[end:])
    last = len(pieces) - 1
    trimmed = [
        piece.lstrip(_LEFT_BEHIND_AT_START if index > 0 else None).rstrip(
            _LEFT_BEHIND_AT_END if index < last else None
        )
        for index, piece in enumerate(pieces)
    ]
    rest = " ".join(filter(None, trimmed))
    return rest if any(map(_is_letter_digit_or_emoji, rest)) else ""


def _is_letter_digit_or_emoji(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) == "So"
