"""Clean a text for the model, and cut a long one into pieces that it reads in a bounded time."""

import re
import unicodedata

# The model takes 20 ms for a short text and minutes for a novel. What is behind the last piece is
# not read: a patient says what matters in the first two thousand letters.
PIECE_LENGTH = 500
MAX_PIECES = 4

_REPEATED = re.compile(r"(.)\1{3,}", re.DOTALL)
_SENTENCE_END = re.compile(r"[.!?…\n]\s*")


def clean(text: str) -> str:
    """Normalise letters, remove invisible characters, and shorten runs such as "!!!!!!"."""
    text = unicodedata.normalize("NFC", text[: 4 * PIECE_LENGTH * MAX_PIECES])
    visible = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return " ".join(_REPEATED.sub(r"\1\1\1", visible).split())


def has_readable_words(text: str) -> bool:
    """Return whether most letters are Latin: the heads were trained on no other alphabet."""
    letters = [character for character in text if character.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return bool(letters) and latin * 2 > len(letters)


def split(text: str) -> list[str]:
    """Cut a clean text after sentences, or where a piece would become too long."""
    pieces: list[str] = []
    while text and len(pieces) < MAX_PIECES:
        if len(text) <= PIECE_LENGTH:
            pieces.append(text)
            break
        ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, PIECE_LENGTH)]
        cut = ends[-1] if ends else PIECE_LENGTH
        pieces.append(text[:cut])
        text = text[cut:]
    return pieces
