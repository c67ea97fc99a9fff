"""The site of the platform's admin: who may enter it, and the order of its apps."""

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

# The sections of the admin, in this order.
APPS = {
    "workspaces": _("Clinics and people"),
    "billing": _("Credits and payments"),
    "templates_app": _("Texts"),
    "campaigns": _("Campaigns"),
    "patients": _("Patients"),
    "messaging": _("Messages"),
    "insights": _("Results"),
    "integrations": _("API keys and webhooks"),
    "core": _("Audit trail and incoming calls"),
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
    site_url = None  # platform staff have no workspace, so they cannot open the clinics' pages

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Require staff with a second factor. Members get 403, visitors allauth's sign-in."""
        return secure_admin_login(require_second_factor(super().admin_view(view, cacheable)))

    def get_urls(self) -> list[Any]:
        """Use allauth's sign-in and password change, which have limits and send mails."""
        from config import staff_desk  # it imports models, and this module is read before them

        def desk(request: HttpRequest) -> HttpResponse:
            return staff_desk.desk_page(request, self)

        desk_page: Any = self.admin_view(desk)
        desk_page.access = "staff"  # read by the guards: the admin's site lets nobody else in
        change_password = RedirectView.as_view(pattern_name="account_change_password")
        return [
            path("desk/", desk_page, name="desk"),
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


def require_second_factor(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.ADMIN_REQUIRES_MFA and not is_mfa_enabled(request.user):
            messages.info(request, gettext("The admin asks for a second factor: set one up."))
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return view(request, *args, **kwargs)

    return guarded
