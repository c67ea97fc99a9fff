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
    """Runs the request in a transaction that sees the rows of the user's workspace only.

    Platform staff see all workspaces, but only in the admin. For anonymous visitors no rows are
    visible: public views open what they need themselves (see `core.tenancy`).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        structlog.contextvars.bind_contextvars(user_id=str(user.pk))
        if user.workspace_id is None:
            return self._respond_to_staff(request)
        structlog.contextvars.bind_contextvars(workspace_id=str(user.workspace_id))
        with tenancy.within(user.workspace_id):
            request.workspace = user.workspace  # type: ignore[attr-defined]
            self._activate_language(request, user, request.workspace)  # type: ignore[attr-defined]
            response = self._respond(request)
        if isinstance(response, StreamingHttpResponse):
            chunks = cast(Iterable[bytes], response.streaming_content)
            response.streaming_content = tenancy.stream_within(user.workspace_id, chunks)
        return response

    def process_exception(self, request: HttpRequest, _error: Exception) -> None:
        request.failed = True  # type: ignore[attr-defined]

    def _respond_to_staff(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/admin/"):
            return self.get_response(request)
        with tenancy.platform("admin"):
            return self._respond(request)

    def _respond(self, request: HttpRequest) -> HttpResponse:
        """Return the response, and roll back after an error.

        Django has turned the exception into an error page by now, so the transaction would commit.
        """
        response = self.get_response(request)
        if (
            getattr(request, "failed", False)
            or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        ):
            transaction.set_rollback(True)
        return response

    def _activate_language(self, request: HttpRequest, user: User, workspace: Workspace) -> None:
        """Use the language of the user, or else of this browser, or else of the workspace."""
        language = (
            user.language
            or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
            or workspace.language
        )
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language
