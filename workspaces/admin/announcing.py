from django.contrib import admin

from workspaces.admin.base import ReadOnlyAdmin, Since
from workspaces.models import Announcement, Attempt, Endpoint


@admin.register(Endpoint)
class EndpointAdmin(ReadOnlyAdmin[Endpoint]):
    list_display = ("url", "workspace", "failures", "failing_since", "disabled_because")
    list_filter = ("disabled_because",)
    list_select_related = ("workspace",)
    search_fields = ("url", "workspace__name")
    ordering = ("-id",)
    hidden = ("secret", "earlier_secret")


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnlyAdmin[Announcement]):
    """Without its data: a comment is between the patient and the clinic."""

    list_display = ("made", "event", "workspace", "endpoint", "status", "attempts_made")
    list_filter = (Since, "status", "event")
    list_select_related = ("workspace", "endpoint")
    ordering = ("-id",)
    hidden = ("data",)


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin[Attempt]):
    """Without the answer, which may repeat what was announced."""

    list_display = ("made", "workspace", "announcement", "status_code", "trouble", "took_ms")
    list_filter = (Since, "trouble")
    list_select_related = ("workspace", "announcement")
    ordering = ("-id",)
    hidden = ("answer",)
