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
DIGITS_OF_AN_ATTEMPT = 3
NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def from_twilio(
    view: Callable[Concatenate[HttpRequest, Fields, P], HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """The view gets the fields of a call that Twilio signed; nobody else's call reaches it."""

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
    inbox.keep_status(fields, message=message, attempt=_attempt(request))
    return HttpResponse()


@from_twilio
def twilio_inbound(request: HttpRequest, fields: Fields) -> HttpResponse:  # noqa: ARG001
    inbox.keep_inbound(fields)
    # Any other text would be sent to the patient as our answer.
    return HttpResponse(NO_ANSWER, content_type="text/xml")


def _attempt(request: HttpRequest) -> int | None:
    said = request.GET.get("attempt", "")
    return int(said) if said.isdecimal() and len(said) <= DIGITS_OF_AN_ATTEMPT else None
