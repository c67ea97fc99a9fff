"""One doctor, however a list spells the name."""

from patients.lists.words import plain

# A title is written in many ways and says nothing beside a whole name. Beside a surname alone it
# keeps a man and a woman of one family apart.
TITLES = {
    "dr": "dr", "doctor": "dr", "doutor": "dr", "md": "dr", "dra": "dra", "doctora": "dra",
    "doutora": "dra",
}  # fmt: skip
# A first name and a surname.
WHOLE_NAME = 2
LONGEST_KEY = 120


def doctor_key(name: str) -> str:
    """The same for all spellings of a name: without accents, capitals, points and titles."""
    words = plain(name).split()
    named = [word for word in words if word not in TITLES]
    if len(named) >= WHOLE_NAME:
        return " ".join(named)[:LONGEST_KEY]
    return " ".join(TITLES.get(word, word) for word in words)[:LONGEST_KEY]


def doctor_looks(name: str) -> int:
    """How well a spelling reads: with capitals where they belong, with accents, with a title."""
    is_cased = not (name.isupper() or name.islower())
    has_accents = any(not letter.isascii() for letter in name)
    has_title = not TITLES.keys().isdisjoint(plain(name).split()[:1])
    return 4 * is_cased + 2 * has_accents + has_title
