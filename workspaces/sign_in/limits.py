"""How often one may try a password, or have us write to an address.

Each is counted by the browser where we know it, and otherwise by network and by account. What
strangers do therefore never counts against a browser that has signed in to the account before. The
right person at a new computer still gets in by mail while somebody tries out passwords.

The typed address is counted whether or not there is an account, so a limit tells nobody which.
"""

from http import HTTPStatus

from allauth.core.internal import ratelimit
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.errors import ProblemError
from workspaces.sign_in import known_devices

PASSWORDS_OF_KNOWN_DEVICE = "5/5m/key"
PASSWORDS_OF_NETWORK = "10/m/ip"
PASSWORDS_OF_STRANGERS = "5/5m/key"

MAILS_OF_KNOWN_DEVICE = "5/10m/key"
MAILS_OF_NETWORK = "20/m/ip"
MAILS_OF_NETWORK_TO_ADDRESS = "3/10m/key"
MAILS_OF_STRANGERS_TO_ADDRESS = "20/h/key"


def count_password(
    request: HttpRequest, email: str, *, is_known_device: bool
) -> ratelimit.RateLimitUsage | None:
    """Count an attempt with a password, or return None when there were too many."""
    email = email.lower()
    if is_known_device:
        key = f"{email}:{known_devices.digest_of(request)}"
        return _count(request, "password_of_device", PASSWORDS_OF_KNOWN_DEVICE, key)
    rates = f"{PASSWORDS_OF_NETWORK},{PASSWORDS_OF_STRANGERS}"
    return _count(request, "password_of_stranger", rates, email)


def forget_passwords(request: HttpRequest, email: str) -> None:
    """Start to count anew, for someone who has just proved that they read the account's mail."""
    email = email.lower()
    key = f"{email}:{known_devices.digest_of(request)}"
    for action, rate, one in [
        ("password_of_stranger", PASSWORDS_OF_STRANGERS, email),
        ("password_of_device", PASSWORDS_OF_KNOWN_DEVICE, key),
    ]:
        ratelimit.clear(request, app="workspaces", action=action, config={action: rate}, key=one)


def may_mail(request: HttpRequest, email: str) -> bool:
    """Count a mail to this address, or return False when there were too many."""
    email = email.lower()
    if known_devices.is_known(request, email):
        key = f"{email}:{known_devices.digest_of(request)}"
        return bool(_count(request, "mail_of_device", MAILS_OF_KNOWN_DEVICE, key))
    key = f"{email}:{ratelimit.get_ip(request)}"
    return bool(
        _count(request, "mail_of_network", f"{MAILS_OF_NETWORK},{MAILS_OF_NETWORK_TO_ADDRESS}", key)
        and _count(request, "mail_of_stranger", MAILS_OF_STRANGERS_TO_ADDRESS, email)
    )


def _count(
    request: HttpRequest, action: str, rates: str, key: str
) -> ratelimit.RateLimitUsage | None:
    usage: ratelimit.RateLimitUsage | None = ratelimit.consume(
        request, app="workspaces", action=action, config={action: rates}, key=key, limit_get=True
    )
    return usage


def require_mail(request: HttpRequest, email: str) -> None:
    """Count a mail with a code. Without the limit a code could be guessed by asking for others."""
    if not may_mail(request, email):
        raise TooManyMailsError(
            _("We have sent several codes to this address. Wait ten minutes, then try again.")
        )


class TooManyMailsError(ProblemError):
    status = HTTPStatus.TOO_MANY_REQUESTS
