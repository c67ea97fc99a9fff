"""Deliver what members are to be told, as the schedule does."""

from datetime import timedelta

from django.utils import timezone

from workspaces.notifications import delivery


def deliver_all() -> int:
    """Send all stored notifications, as if everybody's quiet hours were over."""
    return delivery.deliver_due(now=timezone.now() + timedelta(days=1))
