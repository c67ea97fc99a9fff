from django.contrib import admin

from billing.models import CreditEntry, CreditLot
from workspaces.admin.base import CreatedSinceFilter, ReadOnlyAdmin


@admin.register(CreditEntry)
class CreditEntryAdmin(ReadOnlyAdmin[CreditEntry]):
    list_display = ("created", "workspace", "kind", "amount", "cause", "note", "by")
    list_filter = ("kind",)
    list_select_related = ("workspace",)
    search_fields = ("=cause", "note")
    # Not by id: a trigger writes the opening entry, and its id does not grow with time.
    ordering = ("-created_at", "-id")


@admin.register(CreditLot)
class CreditLotAdmin(ReadOnlyAdmin[CreditLot]):
    list_display = (
        "created",
        "workspace",
        "entry",
        "remaining",
        "amount",
        "withdrawn",
        "expires_at",
    )
    list_filter = (CreatedSinceFilter, ("expires_at", admin.EmptyFieldListFilter))
    list_select_related = ("workspace", "entry")
    search_fields = ("=entry__cause",)
    ordering = ("-id",)
