from datetime import timedelta

import pytest
from django.utils import timezone

from core import tenancy
from tests.factories import NotificationFactory, WorkspaceFactory
from workspaces.models import Notification, NotificationOutcome
from workspaces.notifications.retention import KEPT, NOTIFICATIONS

pytestmark = pytest.mark.django_db


def test_only_old_records_of_this_clinic_are_deleted() -> None:
    now = timezone.now()
    workspace = WorkspaceFactory.create()
    sent = {"outcome": NotificationOutcome.SENT, "done_at": now - KEPT - timedelta(hours=1)}
    NotificationFactory.create(workspace=workspace, **sent)
    kept = {
        NotificationFactory.create(workspace=workspace, **sent | {"done_at": now}).pk,
        NotificationFactory.create(workspace=workspace, due_at=now - 2 * KEPT).pk,
        NotificationFactory.create(**sent).pk,
    }

    assert NOTIFICATIONS.delete(workspace, now) == 1
    assert NOTIFICATIONS.delete(workspace, now) == 0
    with tenancy.platform("test"):
        assert set(Notification.objects.values_list("pk", flat=True)) == kept
