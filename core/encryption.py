"""Secrets that we have to read again ourselves, encrypted before they reach the database.

A copy of the database alone then lets nobody sign in as somebody or sign webhooks in our name.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

# Every Fernet token begins so: its version and the high bytes of a time that is long to come.
BEGINNING = "gAAAA"


class UnreadableError(Exception):
    """None of the keys that we have sealed it."""


def seal(secret: str) -> str:
    """Encrypt with the first of `SEALING_KEYS`."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt with whichever of `SEALING_KEYS` sealed it."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableError from error


def reseal(sealed: str) -> str:
    """Encrypt with the first key what another one sealed, so that the other can be given up."""
    return seal(unseal(sealed))


def is_sealed(text: str) -> bool:
    return text.startswith(BEGINNING)


def _box() -> MultiFernet:
    """Any text may be a key; Fernet wants 32 bytes."""
    digests = (hashlib.sha256(key.encode()).digest() for key in settings.SEALING_KEYS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
