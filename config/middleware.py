import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from allauth.usersessions.middleware import UserSessionsMiddleware
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from config import errors
from config.public_site import landing
from core import origin, request_bodies
from core.errors import ProblemError

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("web")

# No inline scripts or styles, no other hosts, no framing.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        # Only pages that allow it themselves can be framed: see `frame-ancestors`.
        "frame-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self' https://accounts.google.com",
    ]
)
STRIPE = "https://api.stripe.com"
STRIPE_PAGES = "https://checkout.stripe.com https://billing.stripe.com"


def policy() -> str:
    """Return the policy. `form-action` also allows Stripe's pages, and a double of Google.

    Browsers apply `form-action` to redirects too, and forms of ours redirect to both.
    """
    allowed = [POLICY]
    if settings.GOOGLE_BASE_URL:
        allowed.append(settings.GOOGLE_BASE_URL)
    if settings.STRIPE_SECRET_KEY:
        base = settings.STRIPE_API_BASE_URL
        allowed.append(STRIPE_PAGES if base == STRIPE else base)
    return " ".join(allowed)


class RequestContext:
    """Resets the context of log lines and of the audit trail for each request.

    It must be the outermost middleware: if another one responded before it, that log line would
    contain the user and workspace of the thread's previous request.
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
    """Refuses a body that is larger than its view accepts, before anything reads it.

    Our own web server has checked the body already, and left it unread. With any other server, its
    Content-Length is checked here.
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
    """Logs route, duration and status of each request, but not the path, which has tokens."""

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
    """Forbids caching of pages, API responses and exports, unless their view allows it.

    Otherwise the browser's Back button would show a patient's page after its reader has signed out,
    on the shared computer of a reception.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store, private")
        return response


class LoginRequired(LoginRequiredMiddleware):
    """Redirects signed-out visitors to the sign-in page, or shows them the landing page at "/".

    Home itself stays a page for members only, so that every rule for sessions applies to it.
    """

    def handle_no_permission(  # type: ignore[override]  # its stubs know redirects only
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        if landing.is_wanted(request):
            return landing.render_landing(request)
        return super().handle_no_permission(request, view_func)


class Sessions(UserSessionsMiddleware):  # type: ignore[misc]  # allauth has no types
    """allauth's record of sessions. A user who was removed during the request is signed out."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            response: HttpResponse = super().__call__(request)
        except IntegrityError:
            logout(request)
            return redirect(settings.LOGIN_URL)
        return response


class ProblemPages:
    """Renders a ProblemError as a page that says what happened and what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, ProblemError):
            return errors.problem(request, error)
        return None
