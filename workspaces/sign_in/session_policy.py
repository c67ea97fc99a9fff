"""When a session ends by itself, and what it must bring along before it sees a page.

Asked before each view that needs a sign-in. Calls with an API key have no session and are not
concerned.
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
# A page that is being read writes into its session once in so many seconds.
NOTE_ACTIVITY_SECONDS = 60
# Set by app.js on requests that no press of a person caused, such as those of a page that renews
# itself. They must not keep a forgotten session alive.
BACKGROUND_HEADER = "X-Background"

# What may be done in any case.
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

# Names in the session.
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
        # Pages for everybody stay open for people who are signed in as well.
        is_public = not getattr(view, "login_required", True)
        if not isinstance(user, User) or is_public or name in ALWAYS:
            return None
        workspace: Workspace | None = getattr(request, "workspace", None)
        if sentence := _why_it_is_over(request, workspace):
            return _end(request, sentence)
        if workspace is None:
            return None
        if not _comes_from_allowed_network(request, workspace):
            return None if name in FOR_COMING_FROM_ELSEWHERE else _show_elsewhere(request, user)
        if workspace.requires_second_step and name not in FOR_SETTING_UP_A_SECOND_STEP:
            return None if has_second_step(user) else _lead_to_second_step(request)
        return None


def _why_it_is_over(request: HttpRequest, workspace: Workspace | None) -> str:
    """Return why this session has ended, or note that it is in use and return an empty text."""
    now = time.time()
    session = request.session
    began, active = session.get(BEGAN), session.get(ACTIVE)
    if began is None or active is None:
        session[BEGAN], session[ACTIVE] = now, now
        return ""
    # Each note of activity lets Django's own limit begin anew, so this one has to be kept here.
    if now - began > settings.SESSION_COOKIE_AGE:
        return _("You were signed out after two weeks. Please sign in again.")
    idle_minutes = workspace.idle_minutes if workspace else PLATFORM_IDLE_MINUTES
    if now - active > idle_minutes * 60:
        return _("You were signed out after %(time)s without activity.") % {
            "time": _in_words(idle_minutes)
        }
    if now - active > NOTE_ACTIVITY_SECONDS and not is_background(request):
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


def _end(request: HttpRequest, sentence: str) -> HttpResponse:
    """Sign out, and lead back to the same page after the next sign-in."""
    came_back_to = _page_of(request)
    logout(request)
    messages.info(request, sentence)
    answer: HttpResponse = redirect_to_login(came_back_to)
    # Somebody's press finds out with what they typed still there. A page that only renews itself
    # goes to the sign-in, so that no patients stay on the screen of an empty room.
    return _whole_page(answer["Location"]) if is_background(request) else answer


def _page_of(request: HttpRequest) -> str:
    """Return the address of the page that somebody sees, which may not be that of the request."""
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
        return _whole_page(_page_of(request))
    context = {
        "address": networks.suggest_network(client_address(request)),
        "is_owner": user.is_owner,
    }
    return render(request, "workspaces/elsewhere.html", context, status=403)


def _lead_to_second_step(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Your clinic asks for a second step at sign-in: set yours up now."))
    page = reverse("mfa_activate_totp")
    return _whole_page(page) if "HX-Request" in request.headers else redirect(page)


def _whole_page(address: str) -> HttpResponse:
    """Have htmx leave the page, instead of putting the answer into a part of it."""
    answer = HttpResponse()
    answer["HX-Redirect"] = address
    return answer
