"""Writes the audit trail: who did what to which object, and its values before and after."""

from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import Model, QuerySet

from core import origin, tenancy
from core.models import AuditEvent
from core.models.audit import HAS_ORIGIN
from core.registry import Label, declared_by_apps
from core.retention import KeepsData, RetentionRule

SYSTEM = "Reputation Manager"


class Actor(Protocol):
    """The person who acts: a user of the clinic or of the platform."""

    @property
    def pk(self) -> Any: ...

    @property
    def name(self) -> str: ...


def audit_actions() -> dict[str, Label]:
    """Return every action that is ever recorded, with its label. Each app declares its own."""
    return declared_by_apps("audit_actions")


def record(
    action: str,
    entity: Model,
    *,
    by: Actor | None,
    workspace_id: UUID | None = None,
    name: str = "",
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    came_from: origin.Origin | None = None,
) -> AuditEvent:
    """Store an audit event. Never pass the name of a patient: the trail is kept after an erasure.

    `came_from` is for a worker that records what a request did; a request knows its own origin.
    """
    came_from = came_from or origin.current_origin()
    return AuditEvent.objects.create(
        workspace_id=workspace_id or entity.workspace_id,  # type: ignore[attr-defined]
        actor_id=by.pk if by else None,
        actor_name=by.name if by else SYSTEM,
        action=action,
        entity_type=entity._meta.label_lower.partition(".")[2],
        entity_id=entity.pk,
        entity_name=name,
        old=old or {},
        new=new or {},
        address=came_from.address,
        user_agent=came_from.user_agent,
    )


def _old_origins(workspace: KeepsData, now: datetime) -> QuerySet[AuditEvent]:
    before = now - timedelta(days=settings.AUDIT_ORIGIN_DAYS)
    return AuditEvent.objects.within(workspace.pk).filter(HAS_ORIGIN, at__lt=before)


def _count_old_origins(workspace: KeepsData, now: datetime) -> int:
    return _old_origins(workspace, now).count()


def _delete_old_origins(workspace: KeepsData, now: datetime) -> int:
    with tenancy.within(workspace.pk):
        return _old_origins(workspace, now).update(address=None, user_agent="")


# The address and the browser of an event. Who did what and when stays.
ORIGINS = RetentionRule(
    "origins of acts in the audit trail", count=_count_old_origins, delete=_delete_old_origins
)


def save_changes(
    action: str,
    entity: Model,
    values: dict[str, Any],
    *,
    by: Actor,
    name: str,
    workspace_id: UUID | None = None,
) -> None:
    """Set these values, and save and record those that differ. Without a difference do nothing."""
    before = snapshot(entity, list(values))
    for field, value in values.items():
        setattr(entity, field, value)
    old, new = changed_values(entity, before)
    if new:
        entity.save(update_fields=[*new, "updated_at"])
        record(action, entity, by=by, workspace_id=workspace_id, name=name, old=old, new=new)


def changed_values(entity: Model, before: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the old and the new values of the fields that have changed since the snapshot."""
    now = {field: to_plain_value(getattr(entity, field)) for field in before}
    differing = [field for field, value in before.items() if value != now[field]]
    return {f: before[f] for f in differing}, {f: now[f] for f in differing}


def snapshot(entity: Model, fields: list[str]) -> dict[str, Any]:
    """Return the values of these fields as the trail stores them."""
    return {field: to_plain_value(getattr(entity, field)) for field in fields}


def to_plain_value(value: Any) -> Any:
    """Return a value as JSON can hold it. Objects become their names, which stay readable later."""
    return value if isinstance(value, bool | int | float | None) else str(value)
