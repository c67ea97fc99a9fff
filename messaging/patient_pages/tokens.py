"""Check the form of a token, so that no query is made for anything else."""

import re

TOKEN = re.compile(r"[A-Za-z0-9_-]{8,24}")


def looks_like_token(text: str) -> bool:
    return TOKEN.fullmatch(text) is not None
