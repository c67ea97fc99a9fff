"""Error pages, and error responses of the API. Those for failures need no session or database."""

import sys
from collections.abc import Mapping
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import defaults
from psycopg_pool import PoolTimeout
from redis.exceptions import ConnectionError as RedisAway

from core import disk_space, request_bodies
from core.api import problems
from core.errors import ProblemError, RoleTooWeak
from workspaces import support
from workspaces.access import who_may_by_role

log = structlog.get_logger("web")

AWAY = (OperationalError, InterfaceError, PoolTimeout, RedisAway)


def problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return render(request, "errors/problem.html", {"problem": error}, status=error.status)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    roles = who_may_by_role(exception.permission) if isinstance(exception, RoleTooWeak) else []
    return render(request, "errors/403.html", {"roles": roles}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return render(request, "errors/stale.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api_request(request):
        return _api_problem("unreadable")
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    if is_api_request(request):
        return _api_problem("not_found")
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if disk_space.is_full(sys.exc_info()[1]):
        return no_room(request)
    if isinstance(sys.exc_info()[1], AWAY):
        response = (
            _api_problem("away")
            if is_api_request(request)
            else render_without_database(request, "errors/503.html", status=503)
        )
        response["Retry-After"] = "10"
        return response
    if is_api_request(request):
        return _api_problem("unexpected")
    return render_without_database(request, "errors/500.html", status=500)


def body_refused(request: HttpRequest, refused: request_bodies.RefusedBody) -> HttpResponse:
    """Respond to a request whose body was not read. It runs before sessions, so without a user."""
    if request.path_info.startswith("/webhooks/"):
        return HttpResponse(status=refused.status)
    with translation.override(translation.get_language_from_request(request)):
        if refused == request_bodies.RefusedBody.UNREADABLE:
            return bad_request(request, SuspiciousOperation())
        if refused == request_bodies.RefusedBody.NO_ROOM:
            return no_room(request)
        limit = disk_space.format_size(request_bodies.limit_of(request.path_info).max_bytes)
        if is_api_request(request):
            detail = _("At most %(limit)s are read here.") % {"limit": limit}
            return _api_problem("too_large", detail)
        message = _("That is too large: up to %(limit)s can be sent here. Nothing was saved.")
        return _problem_page(request, message % {"limit": limit}, refused.status)


def no_room(request: HttpRequest) -> HttpResponse:
    """Respond that a disk is full, so that nobody looks for a mistake in their own data."""
    log.error("disk_full")
    if is_api_request(request):
        return _api_problem("no_room")
    error = disk_space.NoRoomError()
    return _problem_page(request, str(error.message), error.status)


def _problem_page(request: HttpRequest, message: str, status: int) -> HttpResponse:
    context = {"problem": {"message": message}, "request": request}
    return render_without_database(request, "errors/problem.html", context, status=status)


def is_api_request(request: HttpRequest) -> bool:
    return request.path_info.startswith(problems.API_PREFIX)


def _api_problem(code: str, detail: str = "") -> HttpResponse:
    document = problems.to_document(problems.ApiError(code, detail))
    return JsonResponse(document, status=document["status"], content_type=problems.MEDIA_TYPE)


def render_without_database(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, **kwargs: Any
) -> HttpResponse:
    """Render without context processors, which would read the user from the database."""
    from django.template.loader import render_to_string

    return HttpResponse(
        render_to_string(
            template,
            {
                "language": request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME),
                "support": support.contact_ways(),
                **(context or {}),
            },
        ),
        **kwargs,
    )
