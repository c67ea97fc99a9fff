"""Check that a call was signed by Twilio. Calls with no or a wrong signature are counted."""

from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.http import HttpRequest, QueryDict
from twilio.request_validator import RequestValidator

from core.webhook_intake import refusals as intake_refusals
from messaging.webhooks.inbox import TWILIO

HEADER = "X-Twilio-Signature"


def is_genuine(request: HttpRequest, content: QueryDict | str) -> bool:
    """Return whether Twilio signed this call.

    `content` is the form, or the text of a JSON body. The signature covers a JSON body only
    through its hash in the address.
    """
    signature = request.headers.get(HEADER, "")
    if not signature or not settings.TWILIO_AUTH_TOKEN:
        return False
    if isinstance(content, str) and "bodySHA256" not in request.GET:
        return False
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    return any(validator.validate(url, content, signature) for url in _called_urls(request))


def _called_urls(request: HttpRequest) -> Iterator[str]:
    """The URLs that Twilio may have signed. Anyone can send a Host header, so only behind a proxy
    of ours is it used."""
    yield settings.SITE_URL + request.get_full_path()
    if settings.TRUSTED_PROXY:
        yield request.build_absolute_uri()


def count_refusal() -> None:
    intake_refusals.count_refusal(TWILIO)


def refusals(day: date) -> int:
    """Return how many calls of that day had no signature or a wrong one."""
    return intake_refusals.refusals_on(day, TWILIO)
