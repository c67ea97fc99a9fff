"""The platform's admin, as far as it concerns tables of packages that are not ours."""

from typing import Any, ClassVar
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.staff_site import APPS
from workspaces.admin.base import ReadOnlyAdmin
from workspaces.models import User


def rearrange(site: admin.AdminSite) -> None:
    """Keys of Google and tokens are not kept in tables; secrets of people are not shown."""
    for model in (SocialApp, SocialToken):
        site.unregister(model)
    for model, own in (
        (EmailAddress, EmailAddressAdmin),
        (Authenticator, AuthenticatorAdmin),
        (UserSession, UserSessionAdmin),
        (SocialAccount, SocialAccountAdmin),
    ):
        site.unregister(model)
        site.register(model, own)
    site.register(LogEntry, LogEntryAdmin)
    for label, name in APPS.items():
        apps.get_app_config(label).verbose_name = name


class OfAPerson(ReadOnlyAdmin[Any]):
    """Seen, and taken away when someone lost a phone or a notebook."""

    labels: ClassVar[Any] = {
        "user": _("user"),
        "type": _("type"),
        "created_at": _("created"),
        "last_used_at": _("last used"),
        "last_seen_at": _("last seen"),
        "ip": _("address"),
        "user_agent": _("browser"),
        "uid": _("account there"),
    }

    allows = ("delete",)
    list_select_related = ("user",)
    search_fields: ClassVar[Any] = ("user__email", "user__name")
    ordering = ("-id",)

    def workspace_id_of(self, obj: Any) -> UUID | None:
        user: User = obj.user
        return user.workspace_id


class EmailAddressAdmin(OfAPerson):
    list_display = ("email", "user", "primary", "verified")
    list_filter = ("primary", "verified")
    search_fields = ("email", "user__email", "user__name")


class AuthenticatorAdmin(OfAPerson):
    named: ClassVar[Any] = (_("second factor"), _("second factors"))
    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    hidden = ("data",)


class UserSessionAdmin(OfAPerson):
    named: ClassVar[Any] = (_("session"), _("sessions"))
    list_display = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    search_fields = ("user__email", "user__name", "=ip")
    hidden = ("session_key", "data")

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        self.record(request, "admin.delete", obj)
        obj.end()


class SocialAccountAdmin(OfAPerson):
    list_display = ("user", "provider", "uid", "last_login")
    hidden = ("extra_data",)


class LogEntryAdmin(ReadOnlyAdmin[LogEntry]):
    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag")
    list_filter = ("action_flag",)
    list_select_related = ("user", "content_type")
    search_fields = ("=object_id", "user__email")
    ordering = ("-id",)
