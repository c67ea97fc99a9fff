"""Encrypt the secrets of people's second steps again, after a change of the encryption key.

They are in allauth's table: a TOTP has a secret, and recovery codes are made from a seed.
"""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from core import encryption

SECRETS = ("secret", "seed")
LISTS_OF_SECRETS = ("migrated_codes",)


@transaction.atomic
def reencrypt_secrets() -> int:
    """Encrypt every secret with the first key. Return the number of authenticators."""
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    count = 0
    for authenticator in rows.select_for_update().order_by("pk"):
        authenticator.data = map_secrets(authenticator.data, _with_first_key)
        authenticator.save(update_fields=["data"])
        count += 1
    return count


def map_secrets(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Return the data of an authenticator with `change` applied to each of its secrets."""
    secrets = {name: change(data[name]) for name in SECRETS if name in data}
    lists = {
        name: [change(secret) for secret in data[name]] for name in LISTS_OF_SECRETS if name in data
    }
    return data | secrets | lists


def _with_first_key(text: str) -> str:
    return encryption.reseal(text) if encryption.is_sealed(text) else encryption.seal(text)
