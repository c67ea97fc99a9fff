"""Compute the codes of an authenticator app (RFC 6238)."""

import base64
import hmac
import struct
import time

from tests.dev.doubles.background import eventually

PERIOD, MARGIN = 30, 3


def current_code(secret: str) -> str:
    """Return the present code. Wait for the next one if it is about to change."""
    eventually(lambda: time.time() % PERIOD < PERIOD - MARGIN)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // PERIOD), "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"
