"""Whether there are public reviews to count, and where Google is connected."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from reviews.models import ConnectionStatus, GoogleConnection, GoogleLocation
from workspaces.access import Can, may
from workspaces.models import User, Workspace


class GoogleState(StrEnum):
    """How far the reviews of a workspace are. Only `READY` and `STOPPED` have any."""

    OFF = "off"
    FETCHING = "fetching"
    READY = "ready"
    STOPPED = "stopped"  # disconnected or without access: what was fetched before is shown


@dataclass(frozen=True)
class GoogleAccess:
    state: GoogleState
    url: str  # where an owner changes it, "" for the others

    @property
    def has_reviews(self) -> bool:
        return self.state in (GoogleState.READY, GoogleState.STOPPED)


def read_google_access(workspace: Workspace, user: User) -> GoogleAccess:
    fetched = GoogleLocation.objects.within(workspace).filter(
        Q(practice__isnull=False), first_fetched_at__isnull=False
    )
    connections = GoogleConnection.objects.within(workspace).values_list("status", flat=True)
    return GoogleAccess(
        _state(connections.first(), has_reviews=fetched.exists()), connection_url(user)
    )


def _state(status: str | None, *, has_reviews: bool) -> GoogleState:
    if status == ConnectionStatus.CONNECTED:
        return GoogleState.READY if has_reviews else GoogleState.FETCHING
    return GoogleState.STOPPED if has_reviews else GoogleState.OFF


def connection_url(user: User) -> str:
    """Return the address of the page that connects Google, if the user may open it."""
    if not may(user, Can.MANAGE_WORKSPACE):
        return ""
    try:
        return reverse("google_connection")
    except NoReverseMatch:  # an installation without this page
        return ""
