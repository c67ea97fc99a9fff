"""Encrypts secrets that we must be able to read again, before they are stored in the database.

Someone with a copy of the database alone can then neither sign in for others nor sign webhooks.

An AppConfig has a mapping `sealed_secrets`, for `manage.py reseal`: what is encrypted, and the
dotted path of an action that encrypts all of it with the first key and returns how many there are.
"""

import base64
import hashlib
from collections.abc import Callable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.module_loading import import_string

from core.registry import declared_by_apps

# Every Fernet token begins with this: its version, and the high bytes of its time.
FERNET_PREFIX = "gAAAA"


class UnreadableError(Exception):
    """None of our keys can decrypt it."""


def seal(secret: str) -> str:
    """Encrypt with the first of `SEALING_KEYS`."""
    return _fernet().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt with the one of `SEALING_KEYS` that encrypted it."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableError from error


def reseal(sealed: str) -> str:
    """Encrypt again with the first key, so that the key that encrypted it can be removed."""
    return seal(unseal(sealed))


def resealing_actions() -> dict[str, Callable[[], int]]:
    """Return the actions of all apps that reseal, by what each of them reseals."""
    declared = declared_by_apps("sealed_secrets")
    return {what: import_string(str(path)) for what, path in declared.items()}


def is_sealed(text: str) -> bool:
    return text.startswith(FERNET_PREFIX)


def _fernet() -> MultiFernet:
    """Any text may be a key, so it is hashed to the 32 bytes that Fernet needs."""
    digests = (hashlib.sha256(key.encode()).digest() for key in settings.SEALING_KEYS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
