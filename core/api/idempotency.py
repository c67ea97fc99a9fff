"""Idempotency-Key: a request that is repeated within a day gets the answer of the first one."""

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
MAX_LENGTH = 255
KEPT_HEADERS = ("Location", "ETag")

P = ParamSpec("P")
V = TypeVar("V", bound=ApiView)
Handler = Callable[Concatenate[V, Request, P], Response]


def idempotent(handler: Handler[V, P]) -> Handler[V, P]:
    """Run the handler once for each Idempotency-Key of a caller.

    A refusal is kept as an answer, too. An error on our side is not: it undid everything, so the
    client may try again.
    """

    @wraps(handler)
    def run_once(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = _read_key(request)
        if not key:
            return handler(view, request, *args, **kwargs)
        digest = _digest_request(request)
        if not idempotency_records.take_lock(caller_id=view.caller_id, key=key):
            raise ApiError("still_running", _("Wait for its answer, or send it again in a moment."))
        if record := idempotency_records.find(
            workspace_id=view.workspace.pk, caller_id=view.caller_id, key=key
        ):
            return _replay_response(record, digest)
        response = _run_or_refuse(lambda: handler(view, request, *args, **kwargs))
        _keep_response(view, key, digest, response)
        return response

    run_once.is_idempotent = True  # type: ignore[attr-defined]  # read by a guard
    return run_once


def _run_or_refuse(run: Callable[[], Response]) -> Response:
    """Return the handler's response, or a refusal as a response. Raise errors on our side."""
    try:
        with transaction.atomic():
            return run()
    except Exception as exception:
        if error := problems.to_api_error(exception):
            return problems.to_response(error)
        raise


def _read_key(request: Request) -> str:
    """Return the key, or "" if the caller sent none."""
    key = str(request.headers.get(HEADER, ""))
    if len(key) > MAX_LENGTH or not key.isprintable():
        message = _("At most %(most)d printable characters.") % {"most": MAX_LENGTH}
        raise invalid([FieldError(HEADER, "max_length", message)])
    return key


def _replay_response(record: IdempotencyRecord, digest: str) -> Response:
    """Return the first answer again. The same key for a different request is a client's mistake."""
    if record.request_digest != digest:
        raise ApiError("key_reused", _("Choose a new key for a new request."))
    is_problem = record.status >= 400  # noqa: PLR2004
    return Response(
        json.loads(record.body) if record.body else None,
        status=record.status,
        headers={**record.headers, "Idempotency-Replayed": "true"},
        content_type=problems.MEDIA_TYPE if is_problem else None,
    )


def _keep_response(view: ApiView, key: str, digest: str, response: Response) -> None:
    idempotency_records.keep(
        workspace_id=view.workspace.pk,
        caller_id=view.caller_id,
        key=key,
        request_digest=digest,
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if name in response},
        body="" if response.data is None else json.dumps(response.data, cls=JSONEncoder),
    )


def _digest_request(request: Request) -> str:
    """Return a digest of method, address and body.

    A form is digested by its parts, because its boundaries differ each time that it is sent.
    """
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if not (request.content_type or "").startswith("multipart/"):
        digest.update(request._request.body)
        return digest.hexdigest()
    for name, values in sorted(cast("QueryDict", request.data).lists()):
        for value in values:
            digest.update(f"{name}=".encode())
            digest.update(_to_bytes(value))
    return digest.hexdigest()


def _to_bytes(value: Any) -> bytes:
    """Return a form value as bytes; for a file, its digest."""
    if not isinstance(value, UploadedFile):
        return str(value).encode()
    content = hashlib.sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return content.digest()
