from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from workspaces import keys
from workspaces.admin.base import ReadOnlyAdmin, staff
from workspaces.models import ApiKey, KeptAnswer
from workspaces.models.keys import scopes_in_words


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
        return [*super().get_fields(request, obj), "what_it_may_do"]

    @admin.display(description=pgettext_lazy("what an API key is allowed to do", "may"))
    def what_it_may_do(self, key: ApiKey) -> str:
        return scopes_in_words(key.scopes)

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        self.act(
            request,
            queryset.select_related("workspace"),
            lambda key: keys.revoke(key=key, by=staff(request)),
            done=gettext("API key revoked."),
        )

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return staff(request).has_perm("workspaces.change_apikey")


@admin.register(KeptAnswer)
class KeptAnswerAdmin(ReadOnlyAdmin[KeptAnswer]):
    """What it answered names people, and is nobody's to read here."""

    list_display = ("id", "workspace", "created_at", "status")
    list_select_related = ("workspace",)
    ordering = ("-id",)
    hidden = ("body", "headers", "key", "request_digest")
