"""What the page of the connection says: whether it works, since when, and what to do if not."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from reviews.connection import explanations, owner_checks, pushes
from reviews.connection.pushes import PushState
from reviews.models import ConnectionStatus, GoogleConnection, GoogleLocation, LocationFailure


@dataclass(frozen=True)
class LocationState:
    """A followed location, with the number of its reviews that are stored."""

    location: GoogleLocation
    fetched: int

    @property
    def is_first_fetch(self) -> bool:
        return self.location.first_fetched_at is None and not self.location.failure

    @property
    def advice(self) -> str:
        """Return what to do about the failure, or an empty text."""
        match self.location.failure:
            case LocationFailure.GONE:
                return _(
                    "Perhaps another Google user manages it now. Ask for access to the listing, or"
                    " connect with that user."
                )
            case LocationFailure.FORBIDDEN:
                return _(
                    "On Google, open the listing’s “People and access”, and make the connected"
                    " user a manager."
                )
            case LocationFailure.UNVERIFIED:
                return _("Verify it on Google. Until then its reviews cannot be answered.")
        return ""

    @property
    def last_error(self) -> str:
        """Return the last error in plain words, if nothing succeeded after it."""
        at, fetched_at = self.location.last_error_at, self.location.changes_fetched_at
        if at is None or self.location.failure or (fetched_at and fetched_at > at):
            return ""
        return explanations.explain_stored(self.location.last_error)


@dataclass(frozen=True)
class Diagnosis:
    connection: GoogleConnection
    locations: list[LocationState]
    unfollowed: int
    pushes: list[pushes.AccountPushes]
    is_checking: bool

    @property
    def is_stopped(self) -> bool:
        return self.connection.status == ConnectionStatus.BROKEN

    @property
    def is_changing(self) -> bool:
        """Return whether the page should look again: a first fetch or a check is under way."""
        is_fetching = any(state.is_first_fetch for state in self.locations)
        return self.connection.status == ConnectionStatus.CONNECTED and (
            is_fetching or self.is_checking
        )

    @property
    def last_error(self) -> str:
        """Return the last error in plain words, if Google has not answered since."""
        at, answered_at = self.connection.last_error_at, self.connection.last_success_at
        if at is None or (answered_at and answered_at > at):
            return ""
        return explanations.explain_stored(self.connection.last_error)

    @property
    def last_fetch_at(self) -> datetime | None:
        times = [state.location.changes_fetched_at for state in self.locations]
        return max((at for at in times if at), default=None)

    @property
    def push_state(self) -> PushState:
        """Return the state of all accounts as one: the worst, because the page has one sentence."""
        states = {each.state for each in self.pushes}
        order = (PushState.OTHER_TOOL, PushState.NOT_SET_UP, PushState.UNKNOWN)
        return next((state for state in order if state in states), PushState.ON)


def diagnose(connection: GoogleConnection) -> Diagnosis:
    rows = (
        GoogleLocation.objects.within(connection.workspace_id)
        .select_related("practice")
        .annotate(fetched=Count("reviews", filter=Q(reviews__vanished_at=None)))
        .order_by("practice__name", "title", "pk")
    )
    followed = [row for row in rows if row.practice_id]
    return Diagnosis(
        connection=connection,
        locations=[LocationState(row, row.fetched) for row in followed],
        unfollowed=len(rows) - len(followed),
        pushes=pushes.known_states(connection, {row.account for row in followed}),
        is_checking=owner_checks.is_checking(connection),
    )
