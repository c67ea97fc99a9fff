from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from insights.models import (
    DayTally,
    Desk,
    DeskRating,
    Digest,
    FailureTally,
    HourTally,
    MonthlyMail,
    Report,
    SavedView,
    StaleDay,
)
from workspaces.admin.base import CreatedSinceFilter, ReadOnlyAdmin


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin[Report]):
    list_display = ("created", "workspace", "practice", "views", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), CreatedSinceFilter)
    list_select_related = ("workspace", "practice")
    search_fields = ("workspace__name", "=token")
    ordering = ("-id",)


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin[SavedView]):
    """Without the filters, which may have words of patients."""

    hidden = ("query",)
    list_display = ("created", "workspace", "name", "user")
    list_select_related = ("workspace", "user")
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(Desk)
class DeskAdmin(ReadOnlyAdmin[Desk]):
    list_display = ("created", "workspace", "practice")
    list_select_related = ("workspace", "practice")
    search_fields = ("workspace__name", "=token")
    ordering = ("-id",)


@admin.register(DeskRating)
class DeskRatingAdmin(ReadOnlyAdmin[DeskRating]):
    list_display = ("created", "workspace", "desk_id", "rating")
    list_filter = ("rating", CreatedSinceFilter)
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin[Digest]):
    list_display = ("created", "workspace", "week")
    list_select_related = ("workspace",)
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(MonthlyMail)
class MonthlyMailAdmin(ReadOnlyAdmin[MonthlyMail]):
    list_display = ("created", "workspace", "user", "month", "done_at")
    list_filter = (("done_at", admin.EmptyFieldListFilter), CreatedSinceFilter)
    list_select_related = ("workspace", "user")
    search_fields = ("workspace__name", "user__email")
    ordering = ("-id",)


class TallyAdmin(ReadOnlyAdmin[Any]):
    """Tallies of a day of a campaign. `manage.py insights rebuild` counts them again."""

    list_display = ("day", "workspace", "campaign", "facet")
    labels: ClassVar[Any] = {
        "day": _("day"),
        "workspace": _("workspace"),
        "campaign": _("campaign"),
        "facet": _("split by"),
        "channel": _("channel"),
        "doctor": _("doctor"),
        "appointment_type": _("kind of appointment"),
        "asked": _("asked"),
        "delivered": _("delivered"),
        "answered": _("answered"),
        "failed": _("failed"),
        "clicked": _("opened the review link"),
        "credits": _("credits"),
        "weekday": _("weekday"),
        "hours": _("hours"),
        "error_code": _("error code"),
    }
    list_filter = ("facet",)
    list_select_related = ("workspace", "campaign")
    search_fields = ("workspace__name",)
    ordering = ("-id",)


@admin.register(DayTally)
class DayTallyAdmin(TallyAdmin):
    verbose_names: ClassVar[Any] = (_("figures of a day"), _("figures by day"))


@admin.register(HourTally)
class HourTallyAdmin(TallyAdmin):
    verbose_names: ClassVar[Any] = (_("answers of a weekday"), _("answers by hour"))


@admin.register(FailureTally)
class FailureTallyAdmin(TallyAdmin):
    verbose_names: ClassVar[Any] = (_("failures of a day"), _("failures by day"))


@admin.register(StaleDay)
class StaleDayAdmin(ReadOnlyAdmin[StaleDay]):
    verbose_names: ClassVar[Any] = (_("day to be counted anew"), _("days to be counted anew"))
    labels: ClassVar[Any] = {
        "day": _("day"),
        "workspace_id": _("workspace"),
        "campaign_id": _("campaign"),
        "created_at": _("created"),
    }
    list_display = ("day", "workspace_id", "campaign_id")
    search_fields = ("=workspace_id", "=campaign_id")
    ordering = ("-id",)
