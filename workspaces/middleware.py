from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import cast

import structlog
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import translation

from core import tenancy
from workspaces.models import User, Workspace

GetResponse = Callable[[HttpRequest], HttpResponse]


class TenantMiddleware:
    """Opens the visitor's own door for the length of the request, which is one transaction.

    A visitor without a workspace gets no door; the admin's and the public pages' views open the
    platform's themselves, each for a reason.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        structlog.contextvars.bind_contextvars(user_id=str(user.pk))
        if user.workspace_id is None:
            return self._staff(request)
        structlog.contextvars.bind_contextvars(workspace_id=str(user.workspace_id))
        with tenancy.within(user.workspace_id):
            request.workspace = user.workspace  # type: ignore[attr-defined]
            self._speak(request, user, request.workspace)  # type: ignore[attr-defined]
            response = self._answer(request)
        if isinstance(response, StreamingHttpResponse):
            chunks = cast(Iterable[bytes], response.streaming_content)
            response.streaming_content = tenancy.stream_within(user.workspace_id, chunks)
        return response

    def process_exception(self, request: HttpRequest, _error: Exception) -> None:
        request.failed = True  # type: ignore[attr-defined]

    def _staff(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/admin/"):
            return self.get_response(request)
        with tenancy.platform("admin"):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        """Errors arrive here as finished pages, so undo what their views had written by hand."""
        response = self.get_response(request)
        if (
            getattr(request, "failed", False)
            or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        ):
            transaction.set_rollback(True)
        return response

    def _speak(self, request: HttpRequest, user: User, workspace: Workspace) -> None:
        """A person's own language, else what this browser chose, else the workspace's."""
        chosen = (
            user.language
            or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
            or workspace.language
        )
        if chosen in ("es", "en"):
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
