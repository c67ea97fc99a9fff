"""What the rest of the product may not change while Google is connected."""

from django.utils.translation import gettext as _

from reviews.models import ConnectionStatus, GoogleConnection, GoogleLocation
from workspaces.models import Practice, ReviewInvites, Workspace


def object_to_happy_only(workspace: Workspace, review_invites: str) -> list[str]:
    """Object to inviting only happy patients: Google forbids it, and it knows us by our project."""
    if review_invites != ReviewInvites.HAPPY_ONLY:
        return []
    connected = GoogleConnection.objects.within(workspace)
    if not connected.exclude(status=ConnectionStatus.DISCONNECTED).exists():
        return []
    return [
        _(
            "Google forbids inviting only happy patients, so it is not possible while Google is"
            " connected. Keep “Everyone”, or disconnect Google first."
        )
    ]


def object_to_removal(practice: Practice) -> list[str]:
    """Object to removing a practice that a Google location belongs to."""
    locations = GoogleLocation.objects.within(practice.workspace_id).filter(practice=practice)
    location = locations.select_related("connection").first()
    if location is None:
        return []
    if location.connection.is_on:
        words = _(
            "The Google location “%(title)s” belongs to “%(name)s”, so it cannot be removed. In"
            " Settings, Google, choose another practice for the location, or none."
        )
    else:
        words = _(
            "“%(name)s” has reviews that were fetched from Google (“%(title)s”), so it cannot be"
            " removed. Delete them first, in Settings, Google."
        )
    return [words % {"title": location.title, "name": practice.name}]
