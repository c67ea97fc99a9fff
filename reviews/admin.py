from django.contrib import admin

from reviews.models import Attribution, GoogleConnection, GoogleLocation, Review, ReviewReply
from workspaces.admin.base import CreatedSinceFilter, ReadOnlyAdmin


@admin.register(GoogleConnection)
class GoogleConnectionAdmin(ReadOnlyAdmin[GoogleConnection]):
    list_display = ("created", "workspace", "status", "failure", "last_success_at", "last_error")
    list_filter = ("status", "failure", CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name", "email")
    ordering = ("-id",)
    hidden = ("refresh_token", "access_token")


@admin.register(GoogleLocation)
class GoogleLocationAdmin(ReadOnlyAdmin[GoogleLocation]):
    list_display = ("created", "workspace", "title", "practice", "failure", "changes_fetched_at")
    list_filter = ("failure", "is_verified", CreatedSinceFilter)
    list_select_related = ("workspace", "practice")
    search_fields = ("workspace__name", "title", "=place_id", "=name")
    ordering = ("-id",)


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin[Review]):
    list_display = (
        "created",
        "workspace",
        "location",
        "stars",
        "urgency",
        "posted_at",
        "vanished_at",
    )
    list_filter = (
        "stars",
        "urgency",
        ("vanished_at", admin.EmptyFieldListFilter),
        CreatedSinceFilter,
    )
    list_select_related = ("workspace", "location")
    search_fields = ("workspace__name", "=review_id")
    ordering = ("-id",)


@admin.register(ReviewReply)
class ReviewReplyAdmin(ReadOnlyAdmin[ReviewReply]):
    list_display = ("created", "workspace", "status", "attempts", "next_try_at", "last_error")
    list_filter = ("status", CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(Attribution)
class AttributionAdmin(ReadOnlyAdmin[Attribution]):
    list_display = ("created", "workspace", "grade", "minutes_after_click")
    hidden = ("patient",)
    list_filter = ("grade", CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    ordering = ("-id",)
