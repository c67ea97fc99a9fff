"""Deletes the records of what members were told."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from core import tenancy
from core.retention import KeepsData, RetentionRule
from workspaces.models import Notification

# Long enough to answer "why was I not told?". Nothing is told again after it: what members are told
# of is days old at most.
KEPT = timedelta(days=60)


def _outdated(workspace: KeepsData, now: datetime) -> QuerySet[Notification]:
    return Notification.objects.within(workspace.pk).filter(done_at__lt=now - KEPT)


def _count(workspace: KeepsData, now: datetime) -> int:
    return _outdated(workspace, now).count()


def _delete(workspace: KeepsData, now: datetime) -> int:
    with tenancy.within(workspace.pk):
        return _outdated(workspace, now).delete()[0]


NOTIFICATIONS = RetentionRule("records of what members were told", count=_count, delete=_delete)
