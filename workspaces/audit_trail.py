"""The audit trail as people read it: actions, fields and values with the labels of the pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import Field, Model, QuerySet
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from core import user_agents
from core.api.scopes import describe_scopes
from core.audit import audit_actions
from core.models import AuditEvent
from workspaces.models import User, Workspace
from workspaces.permission_labels import describe_permissions

# Labels of recorded values that are not model fields.
LABELS: dict[str, str | Promise] = {
    "attempts_in_an_hour": _("Attempts in an hour"),
    "in_charge": _("In charge"),
    "assigned_to": _("Assigned to"),
    "handed_over": _("Handed over"),
}


@dataclass(frozen=True)
class TrailChange:
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class TrailLine:
    at: datetime
    who: str
    act: str | Promise
    what: str
    changes: list[TrailChange]
    address: str | None
    device: str
    person: User | None = None  # who did it, if they are still of the team


def with_people(events: Sequence[AuditEvent]) -> list[TrailLine]:
    """Return the lines of these events with the members who acted, for their pictures."""
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    return [replace(trail_line(event), person=people.get(event.actor_id)) for event in events]


def trail_line(event: AuditEvent) -> TrailLine:
    return TrailLine(
        at=event.at,
        who=event.actor_name,
        act=audit_actions().get(event.action, event.action),
        what=event.entity_name,
        changes=list(_changes(event)),
        address=event.address,
        device=user_agents.describe_browser(event.user_agent),
    )


def trail_of(entity: Model, *, last: int = 20) -> list[TrailLine]:
    """Return the latest events about a model instance, newest first."""
    events = AuditEvent.objects.filter(
        workspace_id=entity.workspace_id,  # type: ignore[attr-defined]  # what is audited has one
        entity_type=entity._meta.model_name,
        entity_id=entity.pk,
    )
    return [trail_line(event) for event in events.order_by("-pk")[:last]]


def trail_people(workspace: Workspace) -> list[tuple[str, str]]:
    """Return the choices for a person filter: current members, then removed ones."""
    present = User.objects.within(workspace).order_by("name").values_list("pk", "name")
    removed = (
        AuditEvent.objects.within(workspace)
        .filter(entity_type="user", action="member.remove")
        .order_by("entity_name")
        .values_list("entity_id", "entity_name")
    )
    return [(str(pk), name) for pk, name in present] + [
        (str(pk), gettext("%(name)s (removed)") % {"name": name}) for pk, name in removed
    ]


def filter_trail(
    workspace: Workspace, filters: dict[str, Any], zone: tzinfo
) -> QuerySet[AuditEvent]:
    """Return the events that match `TrailForm`. Days begin at midnight in `zone`."""
    events = AuditEvent.objects.within(workspace)
    if filters["person"]:
        events = events.filter(actor_id=filters["person"])
    if filters["action"]:
        events = events.filter(action=filters["action"])
    if filters["since"]:
        events = events.filter(at__gte=datetime.combine(filters["since"], time(), zone))
    if filters["until"]:
        end = filters["until"] + timedelta(days=1)
        events = events.filter(at__lt=datetime.combine(end, time(), zone))
    return events


def _changes(event: AuditEvent) -> Iterator[TrailChange]:
    fields = _fields_of(event.entity_type)
    changed = {*event.old, *event.new}
    for name in [*(name for name in fields if name in changed), *sorted(changed - fields.keys())]:
        field = fields.get(name)
        old = _format_value(field, event.old.get(name))
        new = _format_value(field, event.new.get(name))
        if old or new:
            label = str(field.verbose_name if field else LABELS.get(name, name.replace("_", " ")))
            yield TrailChange(capfirst(label), old, new)


def _format_value(field: "Field[Any, Any] | None", value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return pgettext("a setting", "Yes") if value else pgettext("a setting", "No")
    if isinstance(field, ArrayField) and field.name == "scopes":
        return describe_scopes(value.split(", "))
    if isinstance(field, ArrayField) and field.name in ("granted", "withheld"):
        return describe_permissions(value.split(", "))
    label = dict(field.flatchoices).get(value, value) if field else value
    return str(label)


@cache
def _fields_of(entity_type: str) -> "dict[str, Field[Any, Any]]":
    """Return the fields of a model by its name, as the trail also records models of other apps."""
    models: list[type[Model]] = [
        model for model in apps.get_models() if model._meta.model_name == entity_type
    ]
    return {field.name: field for model in models[:1] for field in model._meta.local_fields}
