"""What an address has to look like before the database is asked about it."""

import re

TOKEN = re.compile(r"[A-Za-z0-9_-]{8,24}")


def may_be_token(text: str) -> bool:
    return TOKEN.fullmatch(text) is not None
