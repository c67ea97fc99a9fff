from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.request_bodies import accepts_body
from core.webhook_intake.refusals import count_refusal
from reviews.push import intake
from reviews.push.payloads import read_push
from reviews.push.signatures import ForgedPushError, verify_push
from workspaces.access import public

# A push has a few names in it.
LARGEST = 64 * 1024


@public("Google's Pub/Sub calls it, and signs each call")
@accepts_body(LARGEST, signed_by="Authorization")
@csrf_exempt
@require_POST
def google(request: HttpRequest) -> HttpResponse:
    """Take a push. What is signed and makes no sense is accepted, or it would be repeated."""
    try:
        verify_push(request.headers.get("Authorization", ""))
    except ForgedPushError:
        count_refusal(intake.PROVIDER)
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    if push := read_push(request.body):
        intake.take_push(push)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
