"""Delete what a workspace keeps too long, by the rules that the apps declare (`core.retention`)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from core import tenancy
from core.retention import retention_rules
from workspaces.models import Workspace


@dataclass(frozen=True)
class RetentionCounts:
    """How many rows of one workspace are kept too long, or were just deleted, by rule."""

    workspace: UUID
    name: str
    rows: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        return not any(self.rows.values())


def preview_retention(
    *, workspace_id: UUID | None = None, now: datetime | None = None
) -> Iterator[RetentionCounts]:
    """Yield what `run_retention` would do for each workspace. Nothing is changed."""
    now = now or timezone.now()
    for workspace in _find_workspaces(workspace_id):
        with tenancy.within(workspace.pk):
            yield count_over_time(workspace, now=now)


def count_over_time(workspace: Workspace, *, now: datetime) -> RetentionCounts:
    """Count by the days on this object, which need not be saved. Call this within its tenancy."""
    rules = retention_rules().items()
    rows = {name: rule.count(workspace, now) for name, rule in rules if rule.count}
    return RetentionCounts(workspace.pk, workspace.name, rows)


def run_retention(
    *, workspace_id: UUID | None = None, now: datetime | None = None
) -> Iterator[RetentionCounts]:
    """Delete what is kept too long, and yield the counts for each workspace."""
    now = now or timezone.now()
    for workspace in _find_workspaces(workspace_id):
        rules = retention_rules()
        deleted = {name: rule.delete(workspace, now) for name, rule in rules.items()}
        reported = {name: rows for name, rows in deleted.items() if rules[name].count}
        yield RetentionCounts(workspace.pk, workspace.name, reported)


def _find_workspaces(only: UUID | None) -> list[Workspace]:
    with tenancy.platform("retention"):
        chosen = Workspace.objects.filter(pk=only) if only else Workspace.objects.all()
        return list(chosen.order_by("pk"))
