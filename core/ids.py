import os
import secrets
import time
from datetime import datetime
from uuid import UUID


def uuid7() -> UUID:
    """An id whose order is the order of making (RFC 9562): indexes grow at one end only.

    The twelve bits behind the millisecond hold its fraction, so that ids made in a row by one
    process sort as they were made.
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
    """Return 96 random bits for an address that only who was given it can open."""
    return secrets.token_urlsafe(12)
