"""Which addresses we take for a browser's push service.

Browsers choose the address, and a forged request could name any. Only the services of the known
browsers are called, and only at public IP addresses (see `core.outgoing_addresses`).
"""

from django.conf import settings
from yarl import URL

from core.outgoing_addresses import find_url_fault, may_be_called


def is_push_service(endpoint: str) -> bool:
    """Return whether we post to this address."""
    if find_url_fault(endpoint):
        return False
    url = URL(endpoint)
    host = (url.host or "").lower()
    if settings.WEBHOOKS_MAY_STAY_HERE and (host == "localhost" or may_be_called(host)):
        return True
    return url.scheme == "https" and any(
        host == known or (known.startswith(".") and host.endswith(known))
        for known in settings.PUSH_SERVICES
    )
