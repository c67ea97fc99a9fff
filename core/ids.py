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
    """Not a valid id, but smaller than all that were made from then on."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def new_token() -> str:
    """Return 96 random bits for an address that only who was given it can open."""
    return secrets.token_urlsafe(12)
