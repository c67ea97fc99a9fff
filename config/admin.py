"""Admin for models of third-party packages."""

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


def replace_third_party_admins(site: admin.AdminSite) -> None:
    """Replace allauth's admins with ours, which hide secrets.

    Google's keys come from the settings and tokens are not stored, so both models are removed.
    """
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


class PersonalDataAdmin(ReadOnlyAdmin[Any]):
    """Rows of a person. Platform staff can delete them, for example after a phone was lost."""

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

    allowed_actions = ("delete",)
    list_select_related = ("user",)
    search_fields: ClassVar[Any] = ("user__email", "user__name")
    ordering = ("-id",)

    def workspace_id_of(self, obj: Any) -> UUID | None:
        user: User = obj.user
        return user.workspace_id


class EmailAddressAdmin(PersonalDataAdmin):
    list_display = ("email", "user", "primary", "verified")
    list_filter = ("primary", "verified")
    search_fields = ("email", "user__email", "user__name")


class AuthenticatorAdmin(PersonalDataAdmin):
    verbose_names: ClassVar[Any] = (_("second factor"), _("second factors"))
    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    hidden = ("data",)


class UserSessionAdmin(PersonalDataAdmin):
    verbose_names: ClassVar[Any] = (_("session"), _("sessions"))
    list_display = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    search_fields = ("user__email", "user__name", "=ip")
    hidden = ("session_key", "data")

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        self.record(request, "admin.delete", obj)
        obj.end()


class SocialAccountAdmin(PersonalDataAdmin):
    list_display = ("user", "provider", "uid", "last_login")
    hidden = ("extra_data",)


class LogEntryAdmin(ReadOnlyAdmin[LogEntry]):
    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag")
    list_filter = ("action_flag",)
    list_select_related = ("user", "content_type")
    search_fields = ("=object_id", "user__email")
    ordering = ("-id",)
