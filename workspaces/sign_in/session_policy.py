"""Middleware that ends sessions and enforces the clinic's rules for sign-in.

It runs before each view that requires a sign-in. Calls with an API key have no session and are not
affected.
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import networks
from core.origin import client_address
from workspaces.models import User, Workspace
from workspaces.sign_in.security_settings import has_second_step

GetResponse = Callable[[HttpRequest], HttpResponse]

PLATFORM_IDLE_MINUTES = 60
# Activity is saved at most once in this time, because each time writes the session.
SAVE_ACTIVITY_SECONDS = 60
# Set by app.js on requests without a user's action, for example of pages that refresh themselves.
# They must not keep a session alive.
BACKGROUND_HEADER = "X-Background"

# URL names that are always allowed.
ALWAYS = {"account_logout", "set_language"}
FOR_SETTING_UP_A_SECOND_STEP = {
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_index",
}
FOR_COMING_FROM_ELSEWHERE = {"elsewhere", "elsewhere_code"}

# Session keys.
BEGAN, ACTIVE, LET_IN_FROM = "began_at", "active_at", "let_in_from"


class SessionPolicy:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        _args: tuple[Any, ...],
        _kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        user = request.user
        name = request.resolver_match.url_name if request.resolver_match else ""
        # Public views stay open to people who are signed in.
        is_public = not getattr(view, "login_required", True)
        if not isinstance(user, User) or is_public or name in ALWAYS:
            return None
        workspace: Workspace | None = getattr(request, "workspace", None)
        if reason := _check_session(request, workspace):
            return _sign_out(request, reason)
        if workspace is None:
            return None
        if not _comes_from_allowed_network(request, workspace):
            return None if name in FOR_COMING_FROM_ELSEWHERE else _show_elsewhere(request, user)
        if workspace.requires_second_step and name not in FOR_SETTING_UP_A_SECOND_STEP:
            return None if has_second_step(user) else _redirect_to_second_step(request)
        return None


def _check_session(request: HttpRequest, workspace: Workspace | None) -> str:
    """Return why this session has ended, or save the activity and return an empty text."""
    now = time.time()
    session = request.session
    began, active = session.get(BEGAN), session.get(ACTIVE)
    if began is None or active is None:
        session[BEGAN], session[ACTIVE] = now, now
        return ""
    # Saving activity extends Django's own expiry, so the limit of two weeks is enforced here.
    if now - began > settings.SESSION_COOKIE_AGE:
        return _("You were signed out after two weeks. Please sign in again.")
    idle_minutes = workspace.idle_minutes if workspace else PLATFORM_IDLE_MINUTES
    if now - active > idle_minutes * 60:
        return _("You were signed out after %(time)s without activity.") % {
            "time": _in_words(idle_minutes)
        }
    if now - active > SAVE_ACTIVITY_SECONDS and not is_background(request):
        session[ACTIVE] = now
    return ""


def is_background(request: HttpRequest) -> bool:
    return BACKGROUND_HEADER in request.headers


def _in_words(minutes: int) -> str:
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if hours:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def _sign_out(request: HttpRequest, reason: str) -> HttpResponse:
    """Sign out, and return to the same page after the next sign-in."""
    return_to = _page_of(request)
    logout(request)
    messages.info(request, reason)
    response: HttpResponse = redirect_to_login(return_to)
    # After a click the page stays, with what was typed. A page that refreshes itself is replaced by
    # the sign-in page, so that no patients are left on the screen of an empty room.
    return _htmx_redirect(response["Location"]) if is_background(request) else response


def _page_of(request: HttpRequest) -> str:
    """Return the URL of the page in the browser, also for requests of a part of it."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.get_full_path()
    shown = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    path = shown.path or "/"
    return f"{path}?{shown.query}" if shown.query else path


def _comes_from_allowed_network(request: HttpRequest, workspace: Workspace) -> bool:
    if not workspace.allowed_networks:
        return True
    address = client_address(request)
    return request.session.get(LET_IN_FROM) == address or networks.contains_address(
        workspace.allowed_networks, address
    )


def _show_elsewhere(request: HttpRequest, user: User) -> HttpResponse:
    if "HX-Request" in request.headers:
        return _htmx_redirect(_page_of(request))
    context = {
        "address": networks.suggest_network(client_address(request)),
        "is_owner": user.is_owner,
    }
    return render(request, "workspaces/elsewhere.html", context, status=403)


def _redirect_to_second_step(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Your clinic asks for a second step at sign-in: set yours up now."))
    page = reverse("mfa_activate_totp")
    return _htmx_redirect(page) if "HX-Request" in request.headers else redirect(page)


def _htmx_redirect(url: str) -> HttpResponse:
    """Let htmx load another page, instead of swapping the response into a part of this one."""
    response = HttpResponse()
    response["HX-Redirect"] = url
    return response
