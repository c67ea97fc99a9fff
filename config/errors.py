"""The pages for when something did not go as asked. They need neither session nor database."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg_pool import PoolTimeout
from redis.exceptions import ConnectionError as RedisAway

from workspaces.access import who_may
from workspaces.problems import ProblemError, RoleTooWeak

AWAY = (OperationalError, InterfaceError, PoolTimeout, RedisAway)


def problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return render(request, "errors/problem.html", {"problem": error}, status=error.status)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    roles = who_may(exception.permission) if isinstance(exception, RoleTooWeak) else []
    return render(request, "errors/403.html", {"roles": roles}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return render(request, "errors/stale.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exc_info()[1], AWAY):
        response = render_without_database(request, "errors/503.html", status=503)
        response["Retry-After"] = "10"
        return response
    return render_without_database(request, "errors/500.html", status=500)


def render_without_database(request: HttpRequest, template: str, **kwargs: Any) -> HttpResponse:
    """Context processors would ask who the visitor is, and that is in the database."""
    from django.template.loader import render_to_string

    return HttpResponse(
        render_to_string(template, {"language": request.COOKIES.get("django_language")}), **kwargs
    )
