"""Send a member one push that they asked for, to see whether it arrives."""

from django.urls import reverse
from django.utils import timezone

from core.ids import uuid7
from workspaces.models import Notification, PushSubscription
from workspaces.notifications.notifying import queue_delivery


def queue_test(browser: PushSubscription) -> None:
    Notification.objects.create(
        workspace_id=browser.workspace_id,
        user_id=browser.user_id,
        kind="test",
        cause=str(uuid7()),
        subscription=browser,
        path=reverse("notifications"),
        due_at=timezone.now(),
    )
    queue_delivery()
