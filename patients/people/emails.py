"""Read e-mail addresses as people type them."""

import re

from patients.people.words import NOTHING, plain

ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
SEPARATORS = re.compile(r"[;,<>()\[\]\"|]|\s/\s|/(?=[^/]*@)")
LABEL = re.compile(r"^(?:mailto:|(?:e-?mail|correo|mail)\s*:)\s*")
MAX_LETTERS = 254
MAX_LOCAL_PART = 64


def read_email(text: str) -> str | None:
    """Return the first address in lower case, "" where none was given, None if it is unreadable."""
    text = text.lower()
    if _is_address(text):
        return text
    for part in SEPARATORS.split(text[:1000]):
        pieces = LABEL.sub("", part.strip()).split()
        # "ana maria@clinic.ec" has a blank by mistake: "maria@clinic.ec" would be somebody else.
        if pieces and all("@" in piece for piece in pieces):
            address = pieces[0].rstrip(".:'").split("?")[0]
            if _is_address(address):
                return address
    return "" if plain(text) in NOTHING or not plain(text) else None


def _is_address(text: str) -> bool:
    return (
        len(text) <= MAX_LETTERS
        and ADDRESS.fullmatch(text) is not None
        and text.index("@") <= MAX_LOCAL_PART
    )
