"""Whether there are public reviews to count, and where Google is connected."""

from dataclasses import dataclass
from enum import StrEnum

from django.urls import NoReverseMatch, reverse

from reviews.models import ConnectionStatus, GoogleConnection, GoogleLocation
from workspaces.access import Can, may
from workspaces.models import User, Workspace


class GoogleState(StrEnum):
    """How far the reviews of a workspace are. Only `READY` and `STOPPED` have any."""

    OFF = "off"
    UNCHOSEN = "unchosen"  # connected, but no location belongs to a practice
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
    chosen = GoogleLocation.objects.within(workspace).filter(practice__isnull=False)
    fetched_at = list(chosen.values_list("first_fetched_at", flat=True))
    connections = GoogleConnection.objects.within(workspace).values_list("status", flat=True)
    state = _state(connections.first(), is_chosen=bool(fetched_at), has_reviews=any(fetched_at))
    return GoogleAccess(state, connection_url(state, user))


def _state(status: str | None, *, is_chosen: bool, has_reviews: bool) -> GoogleState:
    if status == ConnectionStatus.CONNECTED:
        if not is_chosen:
            return GoogleState.UNCHOSEN
        return GoogleState.READY if has_reviews else GoogleState.FETCHING
    return GoogleState.STOPPED if has_reviews else GoogleState.OFF


def connection_url(state: GoogleState, user: User) -> str:
    """Return the address of the page that changes this state, if the user may open it."""
    if not may(user, Can.MANAGE_GOOGLE):
        return ""
    name = "google_locations" if state is GoogleState.UNCHOSEN else "google_connection"
    try:
        return reverse(name)
    except NoReverseMatch:  # an installation without this page
        return ""
