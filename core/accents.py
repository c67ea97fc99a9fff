"""Compare words however their accents are written."""

import unicodedata


def without_accents(text: str) -> str:
    """Return the letters without their accents: "José" becomes "Jose"."""
    letters = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
