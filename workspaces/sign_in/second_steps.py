"""The secrets behind people's second steps: sealed in the database, and sealed anew with a new key.

allauth owns the table. A time-based code has one secret; recovery codes are made from one seed.
"""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from core import encryption

SECRETS = ("secret", "seed")
LISTS_OF_SECRETS = ("migrated_codes",)


@transaction.atomic
def reseal() -> int:
    """Seal every secret with the first key. Return how many people's second steps that were."""
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    count = 0
    for authenticator in rows.select_for_update().order_by("pk"):
        authenticator.data = changed(authenticator.data, _with_first_key)
        authenticator.save(update_fields=["data"])
        count += 1
    return count


def changed(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Return the data of an authenticator with each of its secrets changed."""
    secrets = {name: change(data[name]) for name in SECRETS if name in data}
    lists = {name: [change(one) for one in data[name]] for name in LISTS_OF_SECRETS if name in data}
    return data | secrets | lists


def _with_first_key(text: str) -> str:
    return encryption.reseal(text) if encryption.is_sealed(text) else encryption.seal(text)
