"""The hourly check of each connection, which notices withdrawn access where nothing is fetched."""

import time
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from core import tenancy
from reviews.connection import access_tokens, mails, oauth
from reviews.google_errors import AccessLost, GoogleError
from reviews.models import ConnectionStatus, GoogleConnection

# With a run every five minutes, withdrawn access is noticed within an hour.
CHECK_EVERY = timedelta(minutes=50)
RETRY_AFTER = timedelta(minutes=5)
# So many failures in a row mean that Google is away for everybody.
MOST_FAILURES = 3


def check_connections(*, seconds: float = 240.0) -> int:
    """Prove the access of each connection that is due. Return how many were asked about."""
    mails.send_missed_mails()
    if not oauth.is_configured():
        return 0
    checked = failures_in_a_row = 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and failures_in_a_row < MOST_FAILURES:
        connection_id = _claim(timezone.now())
        if connection_id is None:
            break
        checked += 1
        try:
            access_tokens.prove_access(connection_id)
            failures_in_a_row = 0
        except AccessLost:
            failures_in_a_row = 0  # It is marked as broken, and Google did answer.
        except GoogleError:
            failures_in_a_row += 1
            _check_again_soon(connection_id)
    return checked


def _claim(now: datetime) -> UUID | None:
    """Return a connection that is due, and move its next check on before it is asked about."""
    with tenancy.platform("checking access to Google"):
        due = GoogleConnection.objects.filter(status=ConnectionStatus.CONNECTED).filter(
            Q(check_due_at=None) | Q(check_due_at__lte=now)
        )
        connection = due.select_for_update(skip_locked=True, no_key=True).order_by("pk").first()
        if connection is None:
            return None
        connection.check_due_at = now + CHECK_EVERY
        connection.save(update_fields=["check_due_at", "updated_at"])
        return connection.pk


def _check_again_soon(connection_id: UUID) -> None:
    with tenancy.platform("checking access to Google"):
        GoogleConnection.objects.filter(pk=connection_id, status=ConnectionStatus.CONNECTED).update(
            check_due_at=timezone.now() + RETRY_AFTER
        )
