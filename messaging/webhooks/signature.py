"""Whether Twilio made this call. Whoever else says so is turned away and only counted."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from redis.exceptions import RedisError
from twilio.request_validator import RequestValidator

log = structlog.get_logger("webhooks")

HEADER = "X-Twilio-Signature"
REMEMBERED = timedelta(days=32)


def is_genuine(request: HttpRequest, content: QueryDict | str) -> bool:
    """`content` is the form, or the text of a JSON body, which its address has to vouch for."""
    signature = request.headers.get(HEADER, "")
    if not signature or not settings.TWILIO_AUTH_TOKEN:
        return False
    if isinstance(content, str) and "bodySHA256" not in request.GET:
        return False
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    return any(validator.validate(url, content, signature) for url in _called(request))


def _called(request: HttpRequest) -> Iterator[str]:
    """The address that Twilio was given; a Host header can be anyone's, but for a proxy of ours."""
    yield settings.SITE_URL + request.get_full_path()
    if settings.TRUSTED_PROXY:
        yield request.build_absolute_uri()


def count_refusal() -> None:
    # Without Redis a stranger is still turned away.
    with suppress(RedisError, ValueError):
        counter = _counter(timezone.localdate())
        cache.add(counter, 0, timeout=REMEMBERED.total_seconds())
        log.warning("webhook_refused", today=cache.incr(counter))


def refusals(day: date) -> int:
    """How many calls of that day had no signature or a wrong one."""
    return int(cache.get(_counter(day), 0))


def _counter(day: date) -> str:
    return f"webhooks-refused:{day.isoformat()}"
