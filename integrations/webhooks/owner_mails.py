"""Mails the owners of a clinic when we have disabled one of its endpoints."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from core import tenancy
from integrations.models import DisableReason, WebhookEndpoint
from workspaces import mail
from workspaces.access import Can


def mail_disabled_endpoint(*, workspace_id: UUID, endpoint_id: UUID) -> None:
    """Send the mail, unless the endpoint has been enabled or removed meanwhile."""
    with tenancy.within(workspace_id):
        rows = WebhookEndpoint.objects.within(workspace_id).filter(pk=endpoint_id)
        endpoint = rows.select_related("workspace").exclude(disabled_at=None).first()
        if endpoint is None:
            return
        mail.send_to_people(
            mail.members_who_may(endpoint.workspace, Can.MANAGE_WEBHOOKS),
            "integrations/mail/endpoint",
            language=endpoint.workspace.language,
            endpoint=endpoint,
            is_gone=endpoint.disabled_because == DisableReason.GONE,
            link=settings.SITE_URL + reverse("endpoint", args=[endpoint.pk]),
        )
