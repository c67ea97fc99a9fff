"""The same request twice is done once: for a day, the answer is the one that was given."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from core import idempotency_records
from core.api import problems
from core.api.problems import ApiError, FieldError, invalid
from core.api.views import ApiView
from core.models import IdempotencyRecord

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT_HEADERS = ("Location", "ETag")

P = ParamSpec("P")
V = TypeVar("V", bound=ApiView)
Handler = Callable[Concatenate[V, Request, P], Response]


def idempotent(handler: Handler[V, P]) -> Handler[V, P]:
    """A refusal is an answer, too. What broke on our side is not: then nothing was done."""

    @wraps(handler)
    def guarded(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = _key(request)
        if not key:
            return handler(view, request, *args, **kwargs)
        asked = _digest(request)
        if not idempotency_records.take_turn(caller_id=view.caller_id, key=key):
            raise ApiError("still_running", _("Wait for its answer, or ask again in a moment."))
        if earlier := idempotency_records.find(
            workspace_id=view.workspace.pk, caller_id=view.caller_id, key=key
        ):
            return _again(earlier, asked)
        try:
            with transaction.atomic():
                response = handler(view, request, *args, **kwargs)
        except Exception as exception:
            expected = problems.understood(exception)
            if expected is None:
                raise
            response = problems.response(expected)
        _keep(view, key, asked, response)
        return response

    guarded.is_once = True  # type: ignore[attr-defined]  # read by a guard
    return guarded


def _key(request: Request) -> str:
    key = str(request.headers.get(HEADER, ""))
    if len(key) > LONGEST or not key.isprintable():
        told = _("At most %(most)d printable characters.") % {"most": LONGEST}
        raise invalid([FieldError(HEADER, "max_length", told)])
    return key


def _again(earlier: IdempotencyRecord, asked: str) -> Response:
    if earlier.request_digest != asked:
        raise ApiError("key_reused", _("Choose a new key for a new request."))
    is_problem = earlier.status >= 400  # noqa: PLR2004
    return Response(
        json.loads(earlier.body) if earlier.body else None,
        status=earlier.status,
        headers={**earlier.headers, "Idempotency-Replayed": "true"},
        content_type=problems.MEDIA_TYPE if is_problem else None,
    )


def _keep(view: ApiView, key: str, asked: str, response: Response) -> None:
    idempotency_records.keep(
        workspace_id=view.workspace.pk,
        caller_id=view.caller_id,
        key=key,
        request_digest=asked,
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if name in response},
        body="" if response.data is None else json.dumps(response.data, cls=JSONEncoder),
    )


def _digest(request: Request) -> str:
    """Of what was asked, and where; a form by its parts, for its borders are never twice alike."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if not (request.content_type or "").startswith("multipart/"):
        digest.update(request._request.body)
        return digest.hexdigest()
    for name, values in sorted(cast("QueryDict", request.data).lists()):
        for value in values:
            digest.update(f"{name}=".encode())
            digest.update(_bytes_of(value))
    return digest.hexdigest()


def _bytes_of(value: Any) -> bytes:
    if not isinstance(value, UploadedFile):
        return str(value).encode()
    content = hashlib.sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return content.digest()
