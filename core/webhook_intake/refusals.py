"""Count the calls that were refused because their signature was missing or wrong."""

from contextlib import suppress
from datetime import date, timedelta

import structlog
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

log = structlog.get_logger("webhooks")

KEPT_FOR = timedelta(days=32)


def count_refusal(provider: str) -> None:
    # Without Redis the call is still refused, only not counted.
    with suppress(RedisError, ValueError):
        counter = _counter(provider, timezone.localdate())
        cache.add(counter, 0, timeout=KEPT_FOR.total_seconds())
        log.warning("webhook_refused", provider=provider, today=cache.incr(counter))


def refusals_on(day: date, provider: str) -> int:
    return int(cache.get(_counter(provider, day), 0))


def _counter(provider: str, day: date) -> str:
    return f"webhooks-refused:{provider}:{day.isoformat()}"
