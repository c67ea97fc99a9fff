"""Deletes the records of what members were told."""

from datetime import datetime, timedelta

from core import tenancy
from core.retention import KeepsData, RetentionRule
from workspaces.models import Notification

# Long enough to answer "why was I not told?". Nothing is told again after it: what members are told
# of is days old at most.
KEPT = timedelta(days=60)


def _delete(workspace: KeepsData, now: datetime) -> int:
    with tenancy.within(workspace.pk):
        done = Notification.objects.within(workspace.pk).filter(done_at__lt=now - KEPT)
        return done.delete()[0]


# No setting of a clinic decides about it, so a change of settings warns nobody of this.
NOTIFICATIONS = RetentionRule("records of what members were told", count=None, delete=_delete)
