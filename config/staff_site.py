"""Who comes into the platform's admin, and how it is laid out."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

View = Callable[..., HttpResponse]

# In the order of the floors, by names that a person knows.
APPS = {
    "workspaces": _("Who"),
    "templates_app": _("What is said"),
    "campaigns": _("When"),
    "patients": _("To whom"),
    "messaging": _("The conversation"),
    "account": _("Signing in: e-mail"),
    "mfa": _("Signing in: second factor"),
    "usersessions": _("Signing in: sessions"),
    "socialaccount": _("Signing in: Google"),
    "auth": _("Rights of staff"),
    "admin": _("What staff did"),
}


class StaffSite(admin.AdminSite):
    site_header = _("Reputation Manager · platform")
    site_title = _("Reputation Manager")
    index_title = _("Everything of everyone")
    site_url = None  # the pages of clinics have nothing to show to whoever has no workspace

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Members get 403, visitors allauth's sign-in, and staff bring a second factor."""
        return secure_admin_login(with_second_factor(super().admin_view(view, cacheable)))

    def get_urls(self) -> list[Any]:
        """Signing in and changing a password are allauth's, with its limits and its mails."""
        change_password = RedirectView.as_view(pattern_name="account_change_password")
        return [
            path("login/", secure_admin_login(self.login), name="login"),
            path("password_change/", change_password, name="password_change"),
            *super().get_urls(),
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        order = {label: number for number, label in enumerate(APPS)}
        return sorted(
            super().get_app_list(request, app_label),
            key=lambda app: order.get(app["app_label"], len(order)),
        )


def with_second_factor(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.ADMIN_REQUIRES_MFA and not is_mfa_enabled(request.user):
            messages.info(request, gettext("The admin asks for a second factor: set one up."))
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return view(request, *args, **kwargs)

    return guarded
