"""Where Stripe calls. A call is checked, kept and answered; what it means is worked out later."""

import json
from contextlib import suppress
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError
from stripe import SignatureVerificationError, Webhook, WebhookSignature

from billing.stripe import inbox
from core.request_bodies import accepts_body
from workspaces.access import public

log = structlog.get_logger("billing")

LARGEST = 512 * 1024  # an invoice of many lines is some tens of kilobytes
HEADER = "Stripe-Signature"
REMEMBERED = timedelta(days=32)


@public("Stripe calls it, and signs each call")
@accepts_body(LARGEST, signed_by=HEADER)
@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    try:
        event = _genuine(request)
    except (SignatureVerificationError, ValueError):
        _count_refusal()
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    inbox.keep(event)
    return HttpResponse()


def _genuine(request: HttpRequest) -> dict[str, Any]:
    """Signed by Stripe within the last five minutes."""
    if not settings.STRIPE_WEBHOOK_SECRET or HEADER not in request.headers:
        raise ValueError("nobody can have signed it")
    WebhookSignature.verify_header(
        request.body,
        request.headers[HEADER],
        settings.STRIPE_WEBHOOK_SECRET,
        tolerance=Webhook.DEFAULT_TOLERANCE,
    )
    event = json.loads(request.body)
    match event:
        case {"id": str(), "type": str(), "data": {"object": dict()}}:
            return dict(event)
    raise ValueError("signed, and yet no event")


def _count_refusal() -> None:
    # Without Redis a stranger is still turned away.
    with suppress(RedisError, ValueError):
        counter = _counter(timezone.localdate())
        cache.add(counter, 0, timeout=REMEMBERED.total_seconds())
        log.warning("stripe_call_refused", today=cache.incr(counter))


def refusals(day: date) -> int:
    """How many calls of that day had no signature or a wrong one."""
    return int(cache.get(_counter(day), 0))


def _counter(day: date) -> str:
    return f"stripe-refused:{day.isoformat()}"
