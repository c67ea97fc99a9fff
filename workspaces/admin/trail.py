from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.models import AuditEvent
from workspaces.admin.base import CreatedSinceFilter, ReadOnlyAdmin, format_short
from workspaces.models import Workspace


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin[AuditEvent]):
    list_display = ("when", "workspace_name", "actor_name", "action", "entity", "address")
    list_filter = (CreatedSinceFilter,)
    search_fields = ("=action", "=actor_name", "=entity_type")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        """Annotate the workspace's name. Events have no foreign keys, as they outlive the rows."""
        name = Workspace.objects.filter(pk=OuterRef("workspace_id")).values("name")
        return super().get_queryset(request).annotate(workspace_name=Subquery(name))

    @admin.display(description=_("when"), ordering="pk")
    def when(self, event: AuditEvent) -> str:
        return format_short(event.at)

    @admin.display(description=_("workspace"))
    def workspace_name(self, event: AuditEvent) -> str:
        return event.workspace_name or str(event.workspace_id)  # type: ignore[attr-defined]  # annotated

    @admin.display(description=_("about"))
    def entity(self, event: AuditEvent) -> str:
        return f"{event.entity_type} {event.entity_name or event.entity_id}"
