"""The addresses that Twilio calls: for delivery receipts, and for what patients write."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.request_bodies import accepts_body
from messaging.webhooks import inbox, signature
from messaging.webhooks.fields import Fields, content_of, fields_of
from workspaces.access import public

P = ParamSpec("P")

LARGEST = 64 * 1024  # Twilio's longest call is a few kilobytes
MAX_ATTEMPT_DIGITS = 3
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def from_twilio(
    view: Callable[Concatenate[HttpRequest, Fields, P], HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """Pass the view the fields of a call that Twilio signed. Answer 403 to any other call."""

    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        content = content_of(request) if signature.HEADER in request.headers else None
        if content is None or not signature.is_genuine(request, content):
            signature.count_refusal()
            return HttpResponse(status=HTTPStatus.FORBIDDEN)
        return view(request, fields_of(content), *args, **kwargs)

    guarded: Any = require_POST(checked)
    limited = accepts_body(LARGEST, signed_by=signature.HEADER)(csrf_exempt(guarded))
    return public("Twilio calls it, and signs each call")(limited)


@from_twilio
def twilio_status(request: HttpRequest, fields: Fields, message: UUID) -> HttpResponse:
    inbox.store_status(fields, message=message, attempt=_attempt(request))
    return HttpResponse()


@from_twilio
def twilio_inbound(request: HttpRequest, fields: Fields) -> HttpResponse:  # noqa: ARG001
    inbox.store_inbound(fields)
    # Twilio would send any other text to the patient as our answer.
    return HttpResponse(EMPTY_TWIML, content_type="text/xml")


def _attempt(request: HttpRequest) -> int | None:
    value = request.GET.get("attempt", "")
    return int(value) if value.isdecimal() and len(value) <= MAX_ATTEMPT_DIGITS else None
