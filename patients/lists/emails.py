import re

from patients.lists.words import NOTHING, plain

ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
APART = re.compile(r"[;,<>()\[\]\"|]|\s/\s|/(?=[^/]*@)")
LABEL = re.compile(r"^(?:mailto:|(?:e-?mail|correo|mail)\s*:)\s*")
LONGEST = 254
LONGEST_LOCAL = 64


def read_email(text: str) -> str | None:
    """The first address in the text, lower-case; empty where none was given, None if unreadable."""
    text = text.lower()
    if _is_address(text):
        return text
    for part in APART.split(text[:1000]):
        pieces = LABEL.sub("", part.strip()).split()
        # A blank inside an address is a slip of the hand: what stands after it is somebody else's.
        if pieces and all("@" in piece for piece in pieces):
            address = pieces[0].rstrip(".:'").split("?")[0]
            if _is_address(address):
                return address
    return "" if plain(text) in NOTHING or not plain(text) else None


def _is_address(text: str) -> bool:
    return (
        len(text) <= LONGEST
        and ADDRESS.fullmatch(text) is not None
        and text.index("@") <= LONGEST_LOCAL
    )
