"""Recognise one doctor behind different spellings of the name."""

from patients.people.words import plain

# Titles are left out of a whole name. With a surname alone the title stays in the key, so that
# Dr. Vera and Dra. Vera are two people.
TITLES = {
    "dr": "dr", "doctor": "dr", "doutor": "dr", "md": "dr", "dra": "dra", "doctora": "dra",
    "doutora": "dra",
}  # fmt: skip
# A first name and a surname.
WORDS_OF_WHOLE_NAME = 2
MAX_KEY = 120


def doctor_key(name: str) -> str:
    """Return the key that all spellings of a name share: no accents, capitals, points or titles."""
    words = plain(name).split()
    names = [word for word in words if word not in TITLES]
    if len(names) >= WORDS_OF_WHOLE_NAME:
        return " ".join(names)[:MAX_KEY]
    return " ".join(TITLES.get(word, word) for word in words)[:MAX_KEY]


def doctor_looks(name: str) -> int:
    """Score a spelling: capitals where they belong count most, then accents, then a title."""
    is_cased = not (name.isupper() or name.islower())
    has_accents = any(not letter.isascii() for letter in name)
    has_title = not TITLES.keys().isdisjoint(plain(name).split()[:1])
    return 4 * is_cased + 2 * has_accents + has_title
