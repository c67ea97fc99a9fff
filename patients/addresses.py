"""Compare addresses: their normal form, their keyed digest, and the patients at one of them.

Suppressions, holds and past asks belong to an address, not to a patient, so they also apply
to a patient who is imported with it later.
"""

import hashlib
import hmac
from uuid import UUID

from django.conf import settings

from core.models.base import TenantQuerySet
from patients.models import Patient


def normalize_address(address: str) -> str:
    return address.strip().casefold()


def hash_address(address: str) -> str:
    """Return the keyed digest of an address: it recognises the address but does not reveal it."""
    key = settings.ADDRESS_DIGEST_KEY.encode()
    return hmac.new(key, normalize_address(address).encode(), hashlib.sha256).hexdigest()


def patients_at(workspace_id: UUID, address: str) -> TenantQuerySet[Patient]:
    """Return the patients of a workspace with this phone or e-mail."""
    by_address = {"email": address} if "@" in address else {"phone": address}
    return Patient.objects.within(workspace_id).filter(**by_address)
