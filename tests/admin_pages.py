"""Use the pages of the admin in tests."""

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


def form_data(client: Client, row: models.Model, **values: Any) -> dict[str, Any]:
    """Return the form data that a browser would send after changing these values."""
    form = client.get(change_page(row)).context["adminform"].form
    fields = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data = {name: value for name, value in (fields | values).items() if value not in (None, False)}
    for name in ("current_period_end", "starts_at", "ends_at"):
        if moment := data.pop(name, None):
            local = timezone.localtime(moment)
            data |= {f"{name}_0": local.date().isoformat(), f"{name}_1": local.time().isoformat()}
    return data


def run_action(client: Client, action: str, *rows: models.Model, **answer: str) -> Any:
    """Run an admin action on the rows. `answer` fills in the form that the action asks for."""
    data = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return client.post(list_page(type(rows[0])), data | answer, follow=True)


def last_message_level(response: Any) -> str:
    """Return the level of the last message on the page, such as `error`."""
    *_, message = response.context["messages"]
    return str(message.level_tag)


def allowed_permissions(model: type[models.Model], request: HttpRequest) -> set[str]:
    """Return what the request's user may do with this model in the admin."""
    model_admin = admin.site._registry[model]
    return {
        name
        for name, is_allowed in {
            "view": model_admin.has_view_permission(request),
            "add": model_admin.has_add_permission(request),
            "change": model_admin.has_change_permission(request),
            "delete": model_admin.has_delete_permission(request),
        }.items()
        if is_allowed
    }


def audit_events(workspace: Workspace | None) -> list[AuditEvent]:
    """Return the audit events of the clinic, oldest first."""
    assert workspace
    with tenancy.within(workspace.pk):
        return list(AuditEvent.objects.order_by("id"))
