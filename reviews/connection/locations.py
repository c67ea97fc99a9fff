"""The locations that the connected Google user manages: their list, and which practice each is."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit, tenancy
from core.errors import ProblemError
from reviews.connection import pushes
from reviews.connection.calls import call_google
from reviews.google import GoogleClient
from reviews.google_errors import AccessDenied, GoogleError, NotFoundAtGoogle
from reviews.google_payloads import LocationData
from reviews.models import ConnectionStatus, GoogleConnection, GoogleLocation, LocationFailure
from workspaces.models import Practice, User

FIELDS = ("account", "title", "address", "place_id", "review_uri", "is_verified")


def refresh_locations(connection: GoogleConnection) -> int:
    """Read the list of locations from Google and store it. Return how many there are.

    Nothing is stored if the list cannot be read to its end: a short list would look as if the
    others were gone.
    """
    listed = call_google(connection, _list_locations)
    store_locations(connection, listed)
    return len(listed)


def list_locations(access_token: str) -> list[LocationData]:
    """Read the list before there is a connection, with the token of a grant. Raise GoogleError.

    So no row is locked while Google is asked.
    """

    async def call() -> list[LocationData]:
        async with GoogleClient(access_token) as google:
            return await _list_locations(google)

    return asyncio.run(call())


def store_locations(connection: GoogleConnection, listed: Sequence[LocationData]) -> None:
    """Store a list that Google has just given, unless Google was disconnected meanwhile."""
    now = timezone.now()
    with tenancy.within(connection.workspace_id):
        locked = lock_connection(connection)
        if locked.status == ConnectionStatus.CONNECTED:
            _store(locked, listed, now)
            _settle_missing(locked, {location.name for location in listed}, now)


@transaction.atomic
def assign_practices(
    *, connection: GoogleConnection, chosen: Mapping[GoogleLocation, Practice | None], by: User
) -> int:
    """Set which practice each location is. Return how many are followed now.

    Newly followed locations are due at once. For one that is no longer followed nothing more is
    fetched; its reviews stay.
    """
    connection = lock_connection(connection)
    if connection.status != ConnectionStatus.CONNECTED:
        raise ProblemError(_("Google is not connected any more. Connect it again first."))
    now = timezone.now()
    before = _names_of_practices(chosen)
    for location, practice in chosen.items():
        if location.practice != practice:
            _assign(location, practice, now)
    after = _names_of_practices(chosen)
    if changed := [title for title in after if after[title] != before[title]]:
        audit.record(
            "google.locations",
            connection,
            by=by,
            old={title: before[title] for title in changed},
            new={title: after[title] for title in changed},
        )
    pushes.listen_after_commit(connection)
    return sum(practice is not None for practice in chosen.values())


def fetch_again(connection: GoogleConnection, *, now: datetime) -> None:
    """Make all followed locations due for changes and a sweep, after nothing was fetched."""
    followed = GoogleLocation.objects.filter(connection=connection, practice__isnull=False)
    followed.update(changes_due_at=now, sweep_due_at=now, updated_at=now)


def look_for_changes(connection: GoogleConnection, *, now: datetime) -> None:
    """Make all followed locations due for changes, and those that failed for a sweep.

    A sweep of a healthy one would cost a request for each fifty reviews each time.
    """
    followed = GoogleLocation.objects.filter(connection=connection, practice__isnull=False)
    followed.update(changes_due_at=now, updated_at=now)
    followed.exclude(failure="").update(sweep_due_at=now)


def lock_connection(connection: GoogleConnection) -> GoogleConnection:
    rows = GoogleConnection.objects.within(connection.workspace_id)
    locked = rows.select_for_update(no_key=True).filter(pk=connection.pk).first()
    if locked is None:
        raise ProblemError(_("Google is not connected any more. Connect it again first."))
    return locked


async def _list_locations(google: GoogleClient) -> list[LocationData]:
    """Return every location once: a group of locations is an account beside their owner's.

    An account that may not be read is left out. If every account is refused, raise the refusal:
    otherwise all locations would look as if they were gone.
    """
    found: dict[str, LocationData] = {}
    refusal: GoogleError | None = None
    for account in await google.list_accounts():
        try:
            listed = await google.list_locations(account.name)
        except (AccessDenied, NotFoundAtGoogle) as error:
            if isinstance(error, AccessDenied) and error.is_scope_missing:
                raise
            refusal = error
            continue
        for location in listed:
            found.setdefault(location.name, location)
    if refusal and not found:
        raise refusal
    return list(found.values())


def _store(connection: GoogleConnection, listed: Iterable[LocationData], now: datetime) -> None:
    rows = [
        GoogleLocation(
            workspace_id=connection.workspace_id,
            connection=connection,
            name=location.name,
            **{field: getattr(location, field) for field in FIELDS},
        )
        for location in listed
    ]
    GoogleLocation.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["workspace", "name"],
        update_fields=["connection", *FIELDS, "updated_at"],
    )
    names = [row.name for row in rows]
    back = GoogleLocation.objects.filter(connection=connection, name__in=names)
    # Its reviews are fetched at once, because others may have been written meanwhile.
    back.filter(failure=LocationFailure.GONE, practice__isnull=False).update(
        changes_due_at=now, sweep_due_at=now
    )
    back.filter(failure=LocationFailure.GONE).update(failure="", failed_at=None, updated_at=now)


def _settle_missing(connection: GoogleConnection, names: set[str], now: datetime) -> None:
    """Forget locations that are gone and were never followed. Mark the others as gone."""
    missing = GoogleLocation.objects.filter(connection=connection).exclude(name__in=names)
    missing.filter(practice=None, reviews=None).delete()
    missing.filter(practice__isnull=False, failure="").update(
        failure=LocationFailure.GONE, failed_at=now, updated_at=now
    )


def _assign(location: GoogleLocation, practice: Practice | None, now: datetime) -> None:
    was_followed = location.practice_id is not None
    location.practice = practice
    if practice is None:
        location.changes_due_at = location.sweep_due_at = None
    elif not was_followed:
        location.changes_due_at = location.sweep_due_at = now
    location.save(update_fields=["practice", "changes_due_at", "sweep_due_at", "updated_at"])


def _names_of_practices(chosen: Mapping[GoogleLocation, Practice | None]) -> dict[str, str]:
    """Return the practice of each location as the audit trail keeps it. Titles may repeat."""
    return {
        f"{location.title} ({location.name})": location.practice.name if location.practice else ""
        for location in chosen
    }
