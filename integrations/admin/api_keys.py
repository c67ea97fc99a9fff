from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.api.scopes import describe_scopes
from core.models import IdempotencyRecord
from integrations import api_keys
from integrations.models import ApiKey
from workspaces.admin.base import ReadOnlyAdmin, staff_user


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin[ApiKey]):
    list_display = ("prefix", "name", "workspace", "last_used_at", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("workspace",)
    search_fields = ("=prefix", "name", "workspace__name")
    ordering = ("-id",)
    hidden = ("digest", "scopes")
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        return [*super().get_fields(request, obj), "described_scopes"]

    @admin.display(description=pgettext_lazy("what an API key is allowed to do", "may"))
    def described_scopes(self, key: ApiKey) -> str:
        return describe_scopes(key.scopes)

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        self.run_for_each(
            request,
            queryset.select_related("workspace"),
            lambda key: api_keys.revoke_api_key(key=key, by=staff_user(request)),
            done=gettext("API key revoked."),
        )

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return staff_user(request).has_perm("integrations.change_apikey")


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(ReadOnlyAdmin[IdempotencyRecord]):
    """Without the response, which may name patients."""

    list_display = ("id", "workspace_id", "created_at", "status")
    ordering = ("-id",)
    hidden = ("body", "headers", "key", "request_digest")
