"""What tests of the admin do on its pages."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from core.models import AuditEvent
from workspaces.models import Workspace


def list_page(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def change_page(row: models.Model) -> str:
    page = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(page, args=[row.pk])


def filled(client: Client, row: models.Model, **values: Any) -> dict[str, Any]:
    """What a browser would send: the page's own values, but for those that are changed."""
    form = client.get(change_page(row)).context["adminform"].form
    fields = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent = {name: value for name, value in (fields | values).items() if value not in (None, False)}
    for name in ("current_period_end", "starts_at", "ends_at"):
        if moment := sent.pop(name, None):
            local = timezone.localtime(moment)
            sent |= {f"{name}_0": local.date().isoformat(), f"{name}_1": local.time().isoformat()}
    return sent


def choose(client: Client, action: str, *rows: models.Model, **answer: str) -> Any:
    """Tick the rows, choose the action and, where it asks something, answer."""
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return client.post(list_page(type(rows[0])), chosen | answer, follow=True)


def last_message(response: Any) -> str:
    *_, message = response.context["messages"]
    return str(message.level_tag)


def allowed(model: type[models.Model], request: HttpRequest) -> set[str]:
    room = admin.site._registry[model]
    return {
        name
        for name, may in {
            "view": room.has_view_permission(request),
            "add": room.has_add_permission(request),
            "change": room.has_change_permission(request),
            "delete": room.has_delete_permission(request),
        }.items()
        if may
    }


def trail(workspace: Workspace | None) -> list[AuditEvent]:
    assert workspace
    with tenancy.within(workspace.pk):
        return list(AuditEvent.objects.order_by("id"))
