import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from allauth.usersessions.middleware import UserSessionsMiddleware
from django.conf import settings
from django.contrib.auth import logout
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from config import errors
from core import origin, request_bodies
from core.errors import ProblemError

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("web")

# Everything is served by us: no inline script, no inline style, no other host, no framing.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self' https://accounts.google.com",
    ]
)
STRIPE = "https://api.stripe.com"
STRIPES_PAGES = "https://checkout.stripe.com https://billing.stripe.com"


def policy() -> str:
    """What a form leads to, by a redirect too, is part of it: so are the pages where one pays."""
    if not settings.STRIPE_SECRET_KEY:
        return POLICY
    base = settings.STRIPE_API_BASE_URL
    return f"{POLICY} {STRIPES_PAGES if base == STRIPE else base}"


class RequestContext:
    """Forget who the thread served before, in its log lines and in the audit trail.

    It must be the outermost middleware: any other may answer by itself, and what it then logs would
    carry the user and the workspace of an earlier request.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        request_id = uuid4().hex[:16]
        structlog.contextvars.bind_contextvars(request_id=request_id)
        origin.remember_origin(request)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class BodyLimits:
    """Answer for a body that is larger than its view takes, before anything reads it.

    Our web server has looked at it already and left such a body unread. Any other server hands it
    over as it comes; then its announced length is checked here.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refused = request.META.get(request_bodies.REFUSED)
        if refused is None:
            limit = request_bodies.limit_of(request.path_info)
            refused = limit.refusal(request.META) if request_bodies.has_body(request.META) else None
        if refused:
            return errors.body_refused(request, request_bodies.RefusedBody(refused))
        return self.get_response(request)


class RequestLog:
    """One line a request: which route, how long, how it ended; never the path or about whom."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        route = request.resolver_match.route if request.resolver_match else None
        if route is not None and not route.startswith("health/"):
            log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000),
            )
        return response


class ContentSecurityPolicy:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", policy())
        return response


class NoStore:
    """Keep pages, API answers and exports out of every cache, unless their view allows it.

    On a shared computer at a reception the browser's Back button would otherwise show a patient's
    page after its reader has signed out.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store, private")
        return response


class Sessions(UserSessionsMiddleware):  # type: ignore[misc]  # allauth has no types
    """Notes where people are signed in; whoever was removed a moment ago is out, not an error."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            response: HttpResponse = super().__call__(request)
        except IntegrityError:
            logout(request)
            return redirect(settings.LOGIN_URL)
        return response


class ProblemPages:
    """An expected failure becomes a page that says what happened and what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, ProblemError):
            return errors.problem(request, error)
        return None
