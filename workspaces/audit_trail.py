"""The audit trail as people read it: acts, fields and values by the names that the pages use."""

from collections.abc import Iterator
from dataclasses import dataclass
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

# What is recorded with an act and is no field of a model.
LABELS: dict[str, str | Promise] = {"attempts_in_an_hour": _("Attempts in an hour")}


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
    """What was done to one thing, the newest first."""
    events = AuditEvent.objects.filter(
        workspace_id=entity.workspace_id,  # type: ignore[attr-defined]  # what is audited has one
        entity_type=entity._meta.model_name,
        entity_id=entity.pk,
    )
    return [trail_line(event) for event in events.order_by("-pk")[:last]]


def trail_people(workspace: Workspace) -> list[tuple[str, str]]:
    """Who may have done something: the team as it is, and who was removed from it."""
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


def filter_trail(workspace: Workspace, said: dict[str, Any], zone: tzinfo) -> QuerySet[AuditEvent]:
    """Days are those of the workspace's own clock, and the last one counts in full."""
    events = AuditEvent.objects.within(workspace)
    if said["person"]:
        events = events.filter(actor_id=said["person"])
    if said["action"]:
        events = events.filter(action=said["action"])
    if said["since"]:
        events = events.filter(at__gte=datetime.combine(said["since"], time(), zone))
    if said["until"]:
        end = said["until"] + timedelta(days=1)
        events = events.filter(at__lt=datetime.combine(end, time(), zone))
    return events


def _changes(event: AuditEvent) -> Iterator[TrailChange]:
    fields = _fields(event.entity_type)
    told = {*event.old, *event.new}
    for name in [*(name for name in fields if name in told), *sorted(told - fields.keys())]:
        field = fields.get(name)
        old, new = _said(field, event.old.get(name)), _said(field, event.new.get(name))
        if old or new:
            label = str(field.verbose_name if field else LABELS.get(name, name.replace("_", " ")))
            yield TrailChange(capfirst(label), old, new)


def _said(field: "Field[Any, Any] | None", value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return pgettext("a setting", "Yes") if value else pgettext("a setting", "No")
    if isinstance(field, ArrayField) and field.name == "scopes":
        return describe_scopes(value.split(", "))
    label = dict(field.flatchoices).get(value, value) if field else value
    return str(label)


@cache
def _fields(entity_type: str) -> "dict[str, Field[Any, Any]]":
    """By the model's name alone, for the trail speaks of floors that this one does not know."""
    models: list[type[Model]] = [
        model for model in apps.get_models() if model._meta.model_name == entity_type
    ]
    return {field.name: field for model in models[:1] for field in model._meta.local_fields}
