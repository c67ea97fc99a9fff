"""Mails to the owners about the connection."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from reviews.models import ConnectionStatus, GoogleConnection
from workspaces.access import Can
from workspaces.mail import members_who_may, send_to_people

# A mail that was not sent by then, because its task was lost, is sent by the hourly check.
MISSED_AFTER = timedelta(minutes=2)


def mail_lost_access(*, workspace_id: UUID, connection_id: UUID) -> bool:
    """Tell the owners that Google gives no access, once for each time. Return True if sent."""
    with tenancy.within(workspace_id):
        connection = (
            GoogleConnection.objects.within(workspace_id)
            .select_related("workspace")
            .select_for_update(no_key=True, of=("self",))
            .filter(pk=connection_id, status=ConnectionStatus.BROKEN, owner_told_at=None)
            .first()
        )
        if connection is None:
            return False
        connection.owner_told_at = timezone.now()
        connection.save(update_fields=["owner_told_at", "updated_at"])
        send_to_people(
            members_who_may(connection.workspace, Can.MANAGE_GOOGLE),
            "reviews/mail/lost_access",
            language=connection.workspace.language,
            connection=connection,
            link=settings.SITE_URL + reverse("google_connection"),
        )
        return True


def send_missed_mails() -> None:
    with tenancy.platform("mails about Google"):
        missed = list(
            GoogleConnection.objects.filter(
                status=ConnectionStatus.BROKEN,
                owner_told_at=None,
                broken_at__lt=timezone.now() - MISSED_AFTER,
            ).values_list("workspace_id", "pk")
        )
    for workspace_id, connection_id in missed:
        # One clinic's broken address must not stop the mails of the others.
        with suppress(OSError):
            mail_lost_access(workspace_id=workspace_id, connection_id=connection_id)
