import os
import secrets
import time
from datetime import datetime
from uuid import UUID


def uuid7() -> UUID:
    """Return an id that sorts by creation time (RFC 9562), so that indexes grow at one end only.

    The twelve bits after the milliseconds hold their fraction, so that ids that one process creates
    in a row sort in that order.
    """
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    fraction = (rest << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8)) & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | random)


def first_id(moment: datetime) -> UUID:
    """Return a lower bound for the ids made from this moment on. It is not a valid id itself.

    `id < first_id(moment)` finds old rows by the primary key, without an index on their time.
    """
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def new_token() -> str:
    """Return 96 random bits as text, for a URL that nobody can guess."""
    return secrets.token_urlsafe(12)
