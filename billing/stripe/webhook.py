"""The webhook that Stripe calls: verify the signature, store the event, answer."""

import json
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from stripe import SignatureVerificationError, Webhook, WebhookSignature

from billing.models import STRIPE
from billing.stripe import inbox
from core.request_bodies import accepts_body
from core.webhook_intake.refusals import count_refusal
from workspaces.access import public

LARGEST = 512 * 1024  # an invoice of many lines is some tens of kilobytes
HEADER = "Stripe-Signature"


@public("Stripe calls it, and signs each call")
@accepts_body(LARGEST, signed_by=HEADER)
@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    try:
        event = _verified_event(request)
    except (SignatureVerificationError, ValueError):
        count_refusal(STRIPE)
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    inbox.store_event(event)
    return HttpResponse()


def _verified_event(request: HttpRequest) -> dict[str, Any]:
    """Return the event if Stripe signed it within the last five minutes."""
    if not settings.STRIPE_WEBHOOK_SECRET or HEADER not in request.headers:
        raise ValueError("no secret or no signature")
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
    raise ValueError("signed, but not an event")
