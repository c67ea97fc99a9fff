from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import ProblemError
from workspaces import entitlements, team
from workspaces.admin.base import PlatformAdmin, ReadOnlyAdmin, SameWorkspaceForm, staff_user
from workspaces.models import Invitation, KnownDevice, Role, User


class NewUserForm(AdminUserCreationForm):
    """Creates platform staff, or a member with a workspace, a role and a free seat."""

    class Meta:
        model = User
        fields = ("email", "name", "is_staff", "workspace", "role")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        workspace, role = cleaned.get("workspace"), cleaned.get("role")
        if cleaned.get("is_staff"):
            if workspace:
                self.add_error("workspace", _("The platform’s staff belong to no workspace."))
            if role:
                self.add_error("role", _("The platform’s staff have no role in a clinic."))
            return cleaned
        if not workspace and "workspace" not in self.errors:
            self.add_error("workspace", _("Choose a workspace, or make this person staff."))
        if not role and "role" not in self.errors:
            self.add_error("role", _("A member has a role."))
        if workspace and not self.errors:
            try:
                entitlements.require_seat(entitlements.lock_workspace(workspace))
            except ProblemError as problem:
                self.add_error("workspace", problem.message)
        return cleaned


class UserForm(SameWorkspaceForm[User]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        user, workspace = self.instance, self.instance.workspace
        role, is_active = cleaned.get("role", user.role), cleaned.get("is_active", user.is_active)
        if workspace is None:
            return cleaned
        if not role:
            self.add_error("role", _("A member has a role."))
        elif user.is_full_owner and not (role == Role.OWNER and is_active):
            entitlements.lock_workspace(workspace)
            owners = User.objects.within(workspace).filter(role=Role.OWNER, is_active=True)
            others = owners.filter(withheld=[])
            if not others.exclude(pk=user.pk).exists():
                self.add_error(
                    "role" if is_active else "is_active",
                    _("This is the last owner: make someone else an owner first."),
                )
        return cleaned


@admin.register(User)
class UserAdmin(PlatformAdmin[User], DjangoUserAdmin[Any]):
    # Platform staff cannot delete people, only deactivate them. Owners remove their members.
    allowed_actions = ("add", "change")
    form = UserForm
    add_form = NewUserForm
    list_display = (
        "email",
        "name",
        "workspace",
        "role",
        "is_active",
        "is_staff",
        "last_login",
    )
    list_filter = ("role", "is_active", "is_staff", "is_superuser")
    list_select_related = ("workspace",)
    search_fields = ("email", "name", "workspace__name")
    autocomplete_fields = ("workspace",)
    filter_horizontal = ("groups",)
    ordering = ("-id",)
    readonly_fields = (
        *("id", "password_page", "granted", "withheld", "suspended_at"),
        *("last_login", "created_at"),
    )
    readonly_after_add = ("workspace", "is_staff")
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
        (
            _("Belongs to"),
            {
                "fields": ("workspace", "role", "is_staff"),
                "description": _("A member has a workspace and a role; staff have neither."),
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        belongs = ("is_staff", "is_superuser", "groups") if obj.is_staff else ("workspace", "role")
        rights = () if obj.is_staff else ("granted", "withheld")
        return (
            (None, {"fields": ("email", "name", "phone", "language", "password_page")}),
            (_("Belongs to"), {"fields": (*belongs, *rights, "is_active", "suspended_at")}),
            (None, {"fields": ("id", "last_login", "created_at")}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = list(super().get_readonly_fields(request, obj))
        if not staff_user(request).is_superuser:
            fields += ["is_staff", "is_superuser", "groups"]
        if obj == request.user:
            fields += ["is_active", "is_superuser"]
        return fields

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only superusers change other staff users, or one could sign in with their password."""
        if obj and obj.is_staff and obj != request.user and not staff_user(request).is_superuser:
            return False
        return super().has_change_permission(request, obj)

    @admin.display(description=_("password"))
    def password_page(self, user: User) -> SafeString:
        page = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a href="{}">{}</a>', page, gettext("Set a new password"))

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool
    ) -> None:
        if obj.is_active:
            obj.suspended_at = None
        if change and "role" in form.changed_data:
            # As in `team.change_role`: single permissions do not outlive a role.
            obj.granted, obj.withheld = [], []
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            # allauth would still accept the old address for sign-in and password resets. The new
            # one is confirmed at the next sign-in.
            EmailAddress.objects.filter(user=obj).delete()
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Record password changes: Django's password page calls this, but not `save_model`."""
        match = request.resolver_match
        if match and match.url_name == "auth_user_password_change":
            self.record(request, "admin.password", obj)
        return super().log_change(request, obj, message)


@admin.register(KnownDevice)
class KnownDeviceAdmin(ReadOnlyAdmin[KnownDevice]):
    list_display = ("id", "user", "created_at", "last_seen_at")
    list_select_related = ("user",)
    search_fields = ("=user__email",)
    ordering = ("-id",)
    hidden = ("digest",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin[Invitation]):
    list_display = ("id", "workspace", "role", "expires_at", "accepted_at", "revoked_at")
    list_filter = ("role", ("accepted_at", admin.EmptyFieldListFilter))
    list_select_related = ("workspace",)
    search_fields = ("=email", "workspace__name")
    ordering = ("-id",)
    hidden = ("token_digest",)
    actions = ("withdraw",)

    @admin.action(description=_("Withdraw"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: Any) -> None:
        self.run_for_each(
            request,
            queryset.select_related("workspace"),
            lambda invitation: team.withdraw_invitation(
                invitation=invitation, by=staff_user(request)
            ),
            done=gettext("Invitation withdrawn."),
        )

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return staff_user(request).has_perm("workspaces.change_invitation")
