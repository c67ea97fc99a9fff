"""A clinic that is connected with the double of Google, and what its database has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from core import encryption, tenancy
from reviews.models import GoogleConnection, GoogleLocation, Review
from reviews.sync import changes, sweep
from reviews.sync.running import RunResult
from tests.dev.doubles.google.stage import GoogleDouble
from tests.factories import GoogleConnectionFactory, GoogleLocationFactory


@dataclass
class ConnectedClinic:
    """One location of the double's world, followed by a workspace."""

    google: GoogleDouble
    connection: GoogleConnection
    location: GoogleLocation

    def sweep(self) -> RunResult:
        """Read everything, as if it were due."""
        self.set(sweep_due_at=timezone.now())
        return sweep.sweep_locations()

    def sync_changes(self) -> RunResult:
        """Look for changes, as if they were due."""
        self.set(changes_due_at=timezone.now())
        return changes.sync_changes()

    def set(self, **values: Any) -> None:
        with tenancy.platform("test"):
            GoogleLocation.objects.filter(pk=self.location.pk).update(**values)
            self.location.refresh_from_db()

    def look_back(self, pause: timedelta) -> None:
        """Make the last look for changes older."""
        at = self.reload().changes_fetched_at
        assert at
        self.set(changes_fetched_at=at - pause)

    def reload(self) -> GoogleLocation:
        with tenancy.platform("test"):
            self.location.refresh_from_db()
        return self.location

    def reviews(self) -> list[Review]:
        with tenancy.platform("test"):
            return list(Review.objects.filter(location=self.location).order_by("posted_at", "pk"))

    def review(self, name: str) -> Review:
        with tenancy.platform("test"):
            return Review.objects.get(location=self.location, review_id=name.rpartition("/")[2])


def connect(
    google: GoogleDouble, *, location: str = "", email: str = "", account: str = ""
) -> ConnectedClinic:
    """Connect a new workspace, which follows one location. Nothing is fetched yet."""
    tokens, now = google.grant(email), timezone.now()
    connection = GoogleConnectionFactory.create(
        refresh_token=encryption.seal(tokens["refresh_token"]),
        access_token=encryption.seal(tokens["access_token"]),
        access_expires_at=now + timedelta(hours=1),
    )
    followed = GoogleLocationFactory.create(
        workspace=connection.workspace,
        connection=connection,
        account=f"accounts/{account or google.account}",
        name=f"locations/{location or google.location}",
        changes_due_at=now,
        sweep_due_at=now,
    )
    return ConnectedClinic(google, connection, followed)


def ago(**parts: float) -> datetime:
    return timezone.now() - timedelta(**parts)
