"""The pages for when something did not go as asked. They need neither session nor database."""

import sys
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views import defaults
from psycopg_pool import PoolTimeout
from redis.exceptions import ConnectionError as RedisAway

from workspaces import support
from workspaces.access import who_may
from workspaces.api import problems
from workspaces.api.door import PREFIX
from workspaces.problems import ProblemError, RoleTooWeak

AWAY = (OperationalError, InterfaceError, PoolTimeout, RedisAway)


def problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return render(request, "errors/problem.html", {"problem": error}, status=error.status)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    roles = who_may(exception.permission) if isinstance(exception, RoleTooWeak) else []
    return render(request, "errors/403.html", {"roles": roles}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return render(request, "errors/stale.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_of_a_program(request):
        return _document("unreadable")
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    if is_of_a_program(request):
        return _document("not_found")
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exc_info()[1], AWAY):
        response = (
            _document("away")
            if is_of_a_program(request)
            else render_without_database(request, "errors/503.html", status=503)
        )
        response["Retry-After"] = "10"
        return response
    if is_of_a_program(request):
        return _document("unexpected")
    return render_without_database(request, "errors/500.html", status=500)


def is_of_a_program(request: HttpRequest) -> bool:
    return request.path_info.startswith(PREFIX)


def _document(code: str) -> HttpResponse:
    document = problems.document(problems.ApiError(code))
    return JsonResponse(document, status=document["status"], content_type=problems.MEDIA_TYPE)


def render_without_database(request: HttpRequest, template: str, **kwargs: Any) -> HttpResponse:
    """Context processors would ask who the visitor is, and that is in the database."""
    from django.template.loader import render_to_string

    return HttpResponse(
        render_to_string(
            template,
            {
                "language": request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME),
                "support": support.ways(),
            },
        ),
        **kwargs,
    )
