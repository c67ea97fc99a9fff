"""Limits on attempts with a password and on mails to an address. All of their numbers are here.

A browser that has signed in to the account before is counted by itself; all others are counted by
network and by address. Attacks therefore never use up the attempts of a known browser, and the
account's owner at a new computer can still sign in with a mailed code.

Addresses are counted whether or not there is an account, so that a limit does not reveal it.
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
    """Count an attempt with a password. Return None if there were too many."""
    email = email.lower()
    if is_known_device:
        key = _device_key(request, email)
        return _count(request, "password_of_device", PASSWORDS_OF_KNOWN_DEVICE, key)
    rates = f"{PASSWORDS_OF_NETWORK},{PASSWORDS_OF_STRANGERS}"
    return _count(request, "password_of_stranger", rates, email)


def reset_password_count(request: HttpRequest, email: str) -> None:
    """Allow new attempts to someone who has just proved that they read the account's mail."""
    email = email.lower()
    for action, rate, key in [
        ("password_of_stranger", PASSWORDS_OF_STRANGERS, email),
        ("password_of_device", PASSWORDS_OF_KNOWN_DEVICE, _device_key(request, email)),
    ]:
        ratelimit.clear(request, app="workspaces", action=action, config={action: rate}, key=key)


def count_mail(request: HttpRequest, email: str) -> bool:
    """Count a mail to this address. Return False if there were too many."""
    email = email.lower()
    if known_devices.is_known(request, email):
        key = _device_key(request, email)
        return bool(_count(request, "mail_of_device", MAILS_OF_KNOWN_DEVICE, key))
    key = f"{email}:{ratelimit.get_ip(request)}"
    return bool(
        _count(request, "mail_of_network", f"{MAILS_OF_NETWORK},{MAILS_OF_NETWORK_TO_ADDRESS}", key)
        and _count(request, "mail_of_stranger", MAILS_OF_STRANGERS_TO_ADDRESS, email)
    )


def _device_key(request: HttpRequest, email: str) -> str:
    return f"{email}:{known_devices.digest_of(request)}"


def _count(
    request: HttpRequest, action: str, rates: str, key: str
) -> ratelimit.RateLimitUsage | None:
    usage: ratelimit.RateLimitUsage | None = ratelimit.consume(
        request, app="workspaces", action=action, config={action: rates}, key=key, limit_get=True
    )
    return usage


def require_mail(request: HttpRequest, email: str) -> None:
    """Count a mail with a code, or raise TooManyMailsError."""
    if not count_mail(request, email):
        raise TooManyMailsError(
            _("We have sent several codes to this address. Wait ten minutes, then try again.")
        )


class TooManyMailsError(ProblemError):
    status = HTTPStatus.TOO_MANY_REQUESTS
