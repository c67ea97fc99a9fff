"""The app on a person's phone that shows six digits (RFC 6238)."""

import base64
import hmac
import struct
import time

from tests.dev.doubles.simulation import eventually

PERIOD, MARGIN = 30, 3


def digits(secret: str) -> str:
    """Those that are shown now, and for long enough to type them."""
    eventually(lambda: time.time() % PERIOD < PERIOD - MARGIN)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // PERIOD), "sha1")
    (word,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(word & 0x7FFFFFFF) % 1_000_000:06}"
